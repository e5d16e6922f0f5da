"""Forty agents in processes that are killed, while wishes, hours and rules change: no person to two, no law broken."""

import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import (
    CallAttempt,
    CallStatus,
    Campaign,
    CampaignUser,
    Claim,
    DialRules,
    DoNotCall,
    Pool,
    PoolEntry,
    QueuedCall,
)
from app.models.people import User
from app.services.dialer import campaigns, entries, windows, wishes
from app.services.dialer.attempts import let_go
from app.services.dialer.claiming import next_customer
from tests.kit.dial_factory import ALWAYS, ZONE, add_campaign, add_pool
from tests.kit.factory import add_user
from tests.kit.final_state import Hold
from tests.kit.history_check import Ban, Dial, forbidden_dials

SECONDS = 120.0
AGENTS, PROCESSES, CUSTOMERS, LEASE = 40, 4, 3000, 5
ROOT = Path(__file__).resolve().parents[2]
LOCKS = {"One": 1, "Ten": 10, "Shared": 0}


@dataclass
class Office:
    """The manager in the storm: changes rules, closes hours and campaigns, writes wishes down and lifts them."""

    database: Database
    campaign_ids: dict[str, int]
    chance: random.Random
    bans: list[Ban] = field(default_factory=list)
    wishes: list[tuple[int, Ban]] = field(default_factory=list)
    agents: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        self.backend = Backend(self.database, actor=1)

    def clock(self) -> datetime:
        """The database's, now and not at the start of a transaction."""
        with self.database.reading() as session:
            moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
            return moment.astimezone(UTC)

    def look_on(self, seconds: float) -> None:
        """Let the agents work for so long, or until the first of them are through."""
        # What is shut only for an instant is met by no call: it has to stand while contacts are made.
        with suppress(subprocess.TimeoutExpired):
            self.agents[0].wait(seconds)

    def act(self) -> None:
        """One change; a wish that an agent has just written down himself is refused."""
        with suppress(Refused):
            self.chance.choice([self.wish, self.wish, self.lift, self.hours, self.close, self.rules])()

    def wish(self) -> None:
        """Somebody does not want to be called: everywhere, or by one campaign."""
        person = number(self.chance.randrange(CUSTOMERS))
        if any(ban.person == person for _wish_id, ban in self.wishes):
            return
        campaign_id = self.chance.choice([None, *self.campaign_ids.values()])
        with self.database.reading() as session:
            known = session.scalar(select(DoNotCall.id).where(DoNotCall.person == person).limit(1))
        if known is None:
            wish_id = self.backend.execute(wishes.add, person, campaign_id=campaign_id, reason="asked")
            self.wishes.append((wish_id, Ban(self.clock(), person, campaign_id)))
            self.bans.append(self.wishes[-1][1])

    def lift(self) -> None:
        """A wish is lifted."""
        if len(self.wishes) > 20:
            wish_id, ban = self.wishes.pop(0)
            ban.until = self.clock()
            self.backend.execute(wishes.lift, wish_id, "changed his mind")

    def hours(self) -> None:
        """Nobody is called in one campaign for a second."""
        campaign_id = self.campaign_ids["One"]
        self._put(campaign_id, hours={"days": {}, "eve": [], "holiday": []})
        self.backend.execute(windows.extend)
        ban = Ban(self.clock(), campaign_id=campaign_id)
        self.look_on(1.0)
        ban.until = self.clock()
        self.bans.append(ban)
        self._put(campaign_id, hours=dict(ALWAYS))
        self.backend.execute(windows.extend)

    def close(self) -> None:
        """A campaign is closed for a second, in the middle of its calls."""
        campaign_id = self.campaign_ids["Ten"]
        self.backend.execute(campaigns.close_campaign, campaign_id, self._version(campaign_id))
        ban = Ban(self.clock(), campaign_id=campaign_id)
        self.look_on(1.0)
        ban.until = self.clock()
        self.bans.append(ban)
        self.backend.execute(campaigns.reopen, campaign_id, self._version(campaign_id))

    def rules(self) -> None:
        """Other rules of order and pause."""
        self._put(
            self.chance.choice(list(self.campaign_ids.values())),
            skip_minutes=self.chance.choice([0, 1]),
            gap_minutes=self.chance.choice([0, 0, 1]),
            daily_cap=self.chance.choice([0, 0, 5]),
            no_status_first=self.chance.choice([True, False]),
            from_all_pools=self.chance.choice([True, False]),
        )

    def _put(self, campaign_id: int, **values: Any) -> None:
        with self.database.transaction() as session:
            session.execute(update(Campaign).where(Campaign.id == campaign_id).values(**values))

    def _version(self, campaign_id: int) -> int:
        return self.backend.execute(campaigns.campaign, campaign_id).version


def number(place: int) -> str:
    """Each two customers have one number."""
    return f"+97250{2_000_000 + place // 2 * 2}"


@pytest.fixture
def office(postgresql_url: str) -> Iterator[Office]:
    """Three campaigns over the same people, with different locks."""
    database = Database(postgresql_url)
    with database.transaction() as session:
        session.add(Company(id=1, name="Storm", country="IL", time_zone=ZONE, language="en"))
        add_user(session, "Mia", role="administrator")
        agents = [add_user(session, f"Agent {place}", role="agent") for place in range(AGENTS)]
        session.execute(update(DialRules).values(lease_seconds=LEASE))
        made = {}
        for name, lock in LOCKS.items():
            made[name] = add_campaign(session, name, *agents, lock_minutes=lock, allows_several_relations=True)
            for half in ("even", "odd"):
                add_pool(session, made[name], half)
        session.execute(update(CallStatus).where(~CallStatus.is_final).values(recycle_minutes=0))
        places = range(CUSTOMERS)
        named = [{"id": place + 1, "name": f"Customer {place}", "search": f"customer {place}"} for place in places]
        session.execute(insert(Customer), named)
        phones = [{"customer_id": place + 1, "raw": number(place), "e164": number(place)} for place in places]
        session.execute(insert(CustomerPhone), phones)
        pools = [(pool.id, pool.name) for pool in session.scalars(select(Pool))]
        ids = {name: campaign.id for name, campaign in made.items()}
    office = Office(database, ids, random.Random(4))
    for pool_id, name in pools:
        office.backend.execute(entries.add, pool_id, range(1 + (name == "even"), CUSTOMERS + 1, 2))
    office.backend.execute(windows.extend)
    yield office
    database.close()


def begin(office: Office, group: int, seed: int, seconds: float) -> "subprocess.Popen[bytes]":
    """One process of agents."""
    with office.database.reading() as session:
        user_ids = list(session.scalars(select(CampaignUser.user_id).distinct().order_by(CampaignUser.user_id)))
    mine = [str(each) for each in user_ids[group::PROCESSES]]
    url = office.database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kit.dial_storm", url, str(seed), str(seconds), *mine], cwd=ROOT
    )


def storm(office: Office) -> None:
    """Let them work; now and then a whole process dies and another takes its place."""
    end = time.monotonic() + SECONDS
    running = office.agents = [begin(office, group, group, SECONDS) for group in range(PROCESSES)]
    try:
        kill_at, seed = time.monotonic() + 10, PROCESSES
        while (left := end - time.monotonic()) > 0:
            office.act()
            office.look_on(0.2)
            if time.monotonic() > kill_at and left > 10:
                group = office.chance.randrange(PROCESSES)
                running[group].kill()
                running[group].wait()
                running[group] = begin(office, group, seed, left)
                kill_at, seed = time.monotonic() + 10, seed + 1
        assert [each.wait(timeout=60) for each in running] == [0] * PROCESSES
    finally:
        for each in running:
            each.kill()
            each.wait()


def settle(office: Office) -> None:
    """The holds nobody keeps end: their stamps are moved back, and whoever asks next sweeps them."""
    with office.database.transaction() as session:
        ended = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(Claim).where(Claim.status == "open").values(until_at=ended))
        agent_id = session.scalars(select(CampaignUser.user_id).limit(1)).one()
    agent = Backend(office.database, actor=agent_id)
    for campaign_id in office.campaign_ids.values():
        # The first look sweeps a few holds only; whoever finds nobody sweeps them all.
        for _ in range(100):
            if (claimed := agent.execute(next_customer, campaign_id)) is not None:
                agent.execute(let_go, claimed.request_id)
    with office.database.reading() as session:
        assert session.scalars(select(Claim.id).where(Claim.status == "open")).all() == []


@pytest.mark.soak
@pytest.mark.row("U39", "U22", "F1", "F8")
def test_no_storm_gives_one_person_to_two_or_gets_past_the_law(office: Office) -> None:
    storm(office)
    with office.database.reading() as session:
        held = set(session.scalars(select(QueuedCall.id).where(QueuedCall.state == "held")))
        kept = set(session.scalars(select(Claim.entry_id).where(Claim.status == "open", Claim.is_exclusive)))
        assert held <= kept, "a held customer is somebody's"
    settle(office)
    with office.database.reading() as session:
        attempts = list(session.scalars(select(CallAttempt)))
        kinds = {kind: sum(each.kind == kind for each in attempts) for kind in ("call", "skip", "lost")}
        assert min(kinds.values()) > 20, f"a storm in which little happens shows little: {kinds}"
        assert len(office.bans) > 30
        one_with_two(office, attempts)
        called = [each for each in attempts if each.dialled_at]
        dials = [Dial(each.dialled_at, each.person, each.campaign_id, each.op_id) for each in called]
        assert forbidden_dials(office.bans, dials) == []
        promises(office, attempts)
        queue = {each.id: each for each in session.scalars(select(QueuedCall))}
        assert set(queue) == set(session.scalars(select(PoolEntry.id))), "nobody is lost"
        assert len(queue) == CUSTOMERS * len(LOCKS)
        for each in queue.values():
            assert each.state in ("ready", "callback", "waiting", "blocked", "done"), each.state
            assert (each.state == "blocked") <= (each.blocked is not None), each.id
            assert (each.state == "waiting") <= (each.due_at is not None), each.id
            assert (each.state == "callback") <= each.is_callback, each.id
        refused = set(
            session.scalars(
                select(DoNotCall.person).where(DoNotCall.lifted_at.is_(None), DoNotCall.campaign_id.is_(None))
            )
        )
        assert {each.person for each in queue.values() if each.state in ("ready", "callback")} & refused == set()
        assert session.scalar(select(func.count()).select_from(User)) == AGENTS + 1


def hold_of(attempt: CallAttempt, lock: int) -> Hold:
    """What an attempt tells of its hold; one that was lost ended a lease after the last sign, whenever it was found."""
    assert attempt.claimed_at is not None
    end = attempt.finished_at + timedelta(minutes=lock if attempt.kind == "call" else 0)
    if attempt.kind == "lost":
        end = min(end, (attempt.dialled_at or attempt.claimed_at) + timedelta(seconds=LEASE))
    return Hold(attempt.claimed_at, end, lock > 0, attempt.user_id, str(attempt.id))


def one_with_two(office: Office, attempts: list[CallAttempt]) -> None:
    """I1: no two agents hold one person at once, locks included, but where the campaign locks nobody."""
    locks = {campaign_id: LOCKS[name] for name, campaign_id in office.campaign_ids.items()}
    holds: dict[str, list[Hold]] = defaultdict(list)
    for each in attempts:
        if each.was_held and each.person and each.campaign_id and each.kind != "inbound":
            holds[each.person].append(hold_of(each, locks[each.campaign_id]))
    found = [pair for every in holds.values() for pair in combinations(sorted(every), 2) if pair[0].disturbs(pair[1])]
    assert found == []


def promises(office: Office, attempts: list[CallAttempt]) -> None:
    """U39: a promised call is made once, but where the campaign lets several have one customer at once."""
    made: dict[int, int] = defaultdict(int)
    for each in sorted(attempts, key=lambda one: one.finished_at):
        if each.kind != "call" or each.entry_id is None or not each.was_held:
            continue
        if each.campaign_id == office.campaign_ids["Shared"]:
            continue
        if each.rule in ("CALLBACK_MINE", "CALLBACK_ANYONE"):
            assert made[each.entry_id] > 0, each.id
        made[each.entry_id] = int(each.callback_at is not None)
