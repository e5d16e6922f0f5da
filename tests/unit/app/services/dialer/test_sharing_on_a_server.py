"""Whose calls, reminders and callbacks a log-in sees by plain SQL, held against what the program's own rules say."""

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from app.db.database import Database
from app.domain.dialer.sharing import sees_reminder
from app.models.dialer import CallAttempt, Campaign, PoolEntry, QueuedCall
from app.models.people import Role, RolePermission, User
from app.models.tickets import Reminder
from app.services.dialer.history import seen
from tests.kit.dial_factory import add_attempt, add_campaign, add_entry, add_pool
from tests.kit.factory import add_group, add_user
from tests.kit.servers import Server, make_ready, remove

PERMISSIONS = ("dial", "see_group", "run_campaigns", "work_tasks", "edit_customers", "import", "administer")
PEOPLE, GROUPS, CAMPAIGNS = 8, 4, 4
SEEDS = range(2)


@pytest.fixture(scope="module")
def server(postgres_server: str) -> Iterator[Server]:
    """A server whose people, groups and campaigns each test makes anew."""
    made = make_ready(postgres_server, "t_shared")
    yield made
    remove(postgres_server, made.name)


class House:
    """People of random roles in random groups, who called, were reminded and promised in random campaigns."""

    def __init__(self, session: Session, seed: int) -> None:
        self._random = random.Random(seed)
        self._session = session
        self._name = f"{seed}-"
        self.people = [self._person(number) for number in range(PEOPLE)]
        self.groups = [set(self._some(self.people)) for _ in range(GROUPS)]
        for number, members in enumerate(self.groups):
            add_group(session, f"{self._name}{number}", *members)
        self._calls()
        session.flush()

    def _some(self, of: list[Any]) -> list[Any]:
        return self._random.sample(of, self._random.randint(0, len(of) // 2))

    def _person(self, number: int) -> User:
        role = Role(code=f"r{self._name}{number}", name=f"{self._name}{number}")
        self._session.add(role)
        self._session.flush()
        # Who dials, more often than not; everything else by chance.
        held = {"dial", *self._random.sample(PERMISSIONS, self._random.randint(0, 3))}
        held.discard("administer" if number % 3 else "")
        self._session.add_all(RolePermission(role_id=role.id, permission=each) for each in held)
        self._session.flush()
        user = add_user(self._session, f"{self._name}{number}", "agent")
        user.role_id = role.id
        self._session.flush()
        return user

    def _calls(self) -> None:
        chance, at = self._random, datetime.now(UTC) - timedelta(days=1)
        for number in range(CAMPAIGNS):
            rules: dict[str, Any] = {
                "own_history_only": chance.random() < 0.5,
                "reminds_caller_only": chance.random() < 0.5,
            }
            campaign = add_campaign(self._session, f"{self._name}{number}", *self.people, **rules)
            pool = add_pool(self._session, campaign)
            for owner in (None, *self.people):
                promised: dict[str, Any] = {"is_callback": True, "state": "waiting", "due_at": at + timedelta(days=9)}
                entry = add_entry(self._session, pool, **promised, callback_user_id=owner and owner.id)
                if owner is not None:
                    self._of(owner, entry, campaign, at)

    def _of(self, owner: User, entry: PoolEntry, campaign: Campaign, at: datetime) -> None:
        add_attempt(self._session, owner, entry, at=at)
        for by in (None, self._random.choice(self.people)):
            for of in (campaign.id, None):
                self._session.add(
                    Reminder(user_id=owner.id, by_id=by and by.id, at=at, text="x", campaign_id=of, customer_id=None)
                )

    def groups_of(self, user_id: int | None) -> set[int]:
        """The groups somebody is in, by their place."""
        return {place for place, members in enumerate(self.groups) if any(each.id == user_id for each in members)}


def _by_sql(server: Server, session: Session, login: str, table: str) -> set[int]:
    """What the log-in sees; in one session, as `SET SESSION AUTHORIZATION` of the superuser makes him that log-in."""
    session.execute(text(f'SET LOCAL SESSION AUTHORIZATION "{login}"'))
    found = set(session.scalars(text(f"SELECT id FROM {table}")))
    session.execute(text("RESET SESSION AUTHORIZATION"))
    return found


@pytest.mark.row("R-D14", "R-D15", "R-D16", "F3")
@pytest.mark.parametrize("seed", SEEDS)
def test_plain_sql_shows_the_rows_that_the_programs_rules_show(server: Server, seed: int) -> None:
    with closing(Database(server.url)) as owner, owner.transaction() as session:
        house = House(session, seed)
        for each in house.people:
            login = f"{server.name}_u{each.id}"
            session.execute(text(f'CREATE ROLE "{login}" NOLOGIN'))
            session.execute(text("UPDATE users SET db_role = :login WHERE id = :id"), {"login": login, "id": each.id})
        for each in house.people:
            _compare(server, session, house, each)
        session.rollback()


def _compare(server: Server, session: Session, house: House, me: User) -> None:
    login = f"{server.name}_u{me.id}"
    asked = select(RolePermission.permission).where(RolePermission.role_id == me.role_id)
    held = set(session.scalars(asked))
    everything = bool(held & {"run_campaigns", "administer"})
    own_only = select(Campaign.own_history_only).where(Campaign.id == CallAttempt.campaign_id).scalar_subquery()
    # Who runs campaigns counts and exports every call; the history of a customer's card shows him his groups' only.
    calls = select(CallAttempt.id).where(or_(seen(CallAttempt.user_id, own_only), text(str(everything))))
    assert _by_sql(server, session, login, "call_attempts") == set(session.scalars(calls, {"actor": me.id})), held
    mine = house.groups_of(me.id)
    shared = {row.id: row.reminds_caller_only for row in session.scalars(select(Campaign))}

    def sees(owner: int, campaign_id: int | None) -> bool:
        of = None if campaign_id is None else shared[campaign_id]
        theirs = house.groups_of(owner)
        return sees_reminder(me.id, owner, reminds_caller_only=of, my_groups=mine, owners_groups=theirs)

    reminders = {
        row.id
        for row in session.scalars(select(Reminder))
        if everything or me.id in {row.user_id, row.by_id} or sees(row.user_id, row.campaign_id)
    }
    assert _by_sql(server, session, login, "reminders") == reminders, held
    queue = {
        row.id
        for row in session.scalars(select(QueuedCall))
        if everything or row.callback_user_id is None or sees(row.callback_user_id, row.campaign_id)
    }
    assert _by_sql(server, session, login, "call_queue") == queue, held
