"""A small office on a server, opened by everybody's own log-in and plain SQL; what a test writes is rolled back."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.models.dialer import Pool
from app.models.mail import OutboxMessage
from app.models.people import Role, RolePermission, User
from app.models.tickets import HoursEntry, Note, Numerator, Reminder
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.people.logins import set_password
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_group, add_process, add_ticket, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter
from tests.kit.servers import PASSWORD, make_ready, remove

NAME = "t_closed"
MONTH_AGO = datetime.now(UTC) - timedelta(days=30)
ROLES = {"root": "administrator", "mira": "manager", "dana": "agent", "noa": "agent", "teo": "technician"}
OWN_ROLES = {"cora": "dial, work_tasks", "clea": "edit_tickets"}
"""People of roles of the company's own, with the permissions of these."""


@dataclass
class Office:
    """The doors of everybody, and the keys of everything by name."""

    doors: dict[str, Database]
    ids: dict[str, int]

    @contextmanager
    def by(self, who: str) -> Iterator[Session]:
        """A session of this person's log-in, undone at the end."""
        with Session(self.doors[who].engine) as session:
            yield session
            session.rollback()

    def run(self, session: Session, statement: str, **values: Any) -> Any:
        """The first row of what a statement gives; keys stand in it by their names in braces."""
        found: Any = session.execute(text(statement.format(**self.ids)), values)
        return found.first() if found.returns_rows else found.rowcount

    def refused(
        self, who: str, *statements: str, codes: tuple[str, ...] = ("FORBIDDEN", "KEPT"), **values: Any
    ) -> None:
        """That the last of these statements is refused by name, by this log-in; those before it are not."""
        with self.by(who) as session:
            for statement in statements[:-1]:
                self.run(session, statement)
            with pytest.raises(Refused) as told, _explained(session):
                self.run(session, statements[-1], **values)
            assert told.value.code in codes, f"{who}: {told.value.code}"

    def refused_as_group(self, who: str, *statements: str) -> None:
        """The same with the role of one's group taken; from PostgreSQL 16 on the server refuses to let it be taken."""
        taking = "SET ROLE callboard_agent"
        with self.by(who) as session:
            if int(session.scalar(text("SHOW server_version_num")) or 0) >= 160000:
                self.refused(who, taking)
                return
        self.refused(who, taking, *statements)

    def backend(self, who: str) -> Backend:
        """The program as this person runs it."""
        return Backend(self.doors[who], actor=self.ids[who])


@contextmanager
def _explained(session: Session) -> Iterator[None]:
    from sqlalchemy.exc import DBAPIError

    from app.db.refusals import explain

    try:
        yield
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    except DBAPIError as error:
        told = explain(error)
        session.rollback()
        if told is None:
            raise
        raise told from error


@pytest.fixture(scope="package")
def office(postgres_server: str) -> Iterator[Office]:
    """Root, Mira the manager, Dana and Noa who dial, Teo the technician; Cora dials and works, Clea edits tickets."""
    server = make_ready(postgres_server, NAME)
    with ExitStack() as ending:
        ending.callback(remove, postgres_server, NAME)
        with server.as_administrator() as boss:
            boss.execute(set_up, CompanyDraft("Acqua", "IL", "Asia/Jerusalem", "en"))
            with closing(Database(server.url)) as owner, owner.transaction() as session:
                ids = _furnish(session)
            for who in (*ROLES, *OWN_ROLES):
                boss.execute(set_password, ids[who], PASSWORD)
        doors = {who: Database(server.url_of(f"{NAME}_u{ids[who]}")) for who in (*ROLES, *OWN_ROLES)}
        doors["owner"] = Database(server.url)
        for door in doors.values():
            ending.callback(door.close)
        yield Office(doors, ids)


def _furnish(session: Session) -> dict[str, int]:
    users = {who: add_user(session, who.title(), role) for who, role in ROLES.items()}
    for who, permissions in OWN_ROLES.items():
        role = Role(code=f"own_{who}", name=who)
        session.add(role)
        session.flush()
        session.add_all(RolePermission(role_id=role.id, permission=each) for each in permissions.split(", "))
        users[who] = User(name=who.title(), login=who, role_id=role.id)
        session.add(users[who])
    session.flush()
    add_group(session, "North", users["dana"], users["noa"])
    ids = {who: user.id for who, user in users.items()}
    for add in (_dial, _work, _hang):
        ids |= add(session, users)
    return ids


def _dial(session: Session, users: dict[str, User]) -> dict[str, int]:
    dana, noa = users["dana"], users["noa"]
    spring = add_campaign(session, "Spring", dana, noa, users["clea"])
    autumn = add_campaign(session, "Autumn", noa)
    pools: dict[str, Pool] = {
        "common": add_pool(session, spring, "Common"),
        "chosen": add_pool(session, spring, "Chosen", noa),
        "hers": add_pool(session, spring, "Noa's", owner=noa),
        "own": add_pool(session, spring, "Dana's", owner=dana),
    }
    rossi, bianchi, verdi = (add_customer(session, name) for name in ("Rossi", "Bianchi", "Verdi"))
    due = datetime.now(UTC) + timedelta(days=1)
    promised: dict[str, Any] = {"is_callback": True, "callback_user_id": noa.id, "due_at": due, "state": "waiting"}
    entries = {
        "first": add_entry(session, pools["common"], rossi),
        "promised": add_entry(session, pools["common"], bianchi, **promised),
    }
    rows: dict[str, Any] = {
        "spring": spring,
        "autumn": autumn,
        "rossi": rossi,
        "bianchi": bianchi,
        "verdi": verdi,
        **pools,
        **entries,
    }
    return {name: row.id for name, row in rows.items()}


def _work(session: Session, users: dict[str, User]) -> dict[str, int]:
    dana, noa = users["dana"], users["noa"]
    rossi = add_customer(session, "Member")
    stages = add_process(session, "Sale", Called=None, Met=None)
    add_setting(session, stages["Met"], 10, "2.5")
    tasks = {"visit": add_scored_task(session, dana, rossi), "hers_to_do": add_scored_task(session, noa, rossi)}
    for task, by in zip(tasks.values(), (dana, noa), strict=True):
        task.stage_id = stages["Met"].id
        session.flush()
        enter(session, task, stages["Met"], by, MONTH_AGO)
    return {"member": rossi.id, "called": stages["Called"].id, "met": stages["Met"].id} | {
        name: task.id for name, task in tasks.items()
    }


def _hang(session: Session, users: dict[str, User]) -> dict[str, int]:
    noa = users["noa"]
    tickets = {name: add_ticket(session, name, handler_id=noa.id) for name in ("leak", "other")}
    at = MONTH_AGO
    mail: dict[str, Any] = {
        "event": "stage", "to_address": "a@b.example", "language": "en", "subject": "S", "body": "B", "created_at": at,
        "next_at": at + timedelta(days=60),
    }  # fmt: skip
    rows: dict[str, Any] = {
        "alert": Note(text="Dog", ticket_id=tickets["leak"].id, is_alert=True, by_id=noa.id, at=at),
        "note": Note(text="Rang", ticket_id=tickets["leak"].id, by_id=noa.id, at=at),
        "hours": HoursEntry(user_id=noa.id, day=at.date(), minutes=60, kind="general"),
        "reminder": Reminder(user_id=noa.id, at=at, text="Ring", by_id=noa.id),
        "waiting": OutboxMessage(event_key="1", message_id="<1@x>", ticket_id=tickets["leak"].id, **mail),
        "sent": OutboxMessage(event_key="2", message_id="<2@x>", state="sent", attempts=1, sent_at=at, **mail),
        "numerator": Numerator(name="Calls", prefix="C-", digits=4, next_number=7),
    }
    session.add_all(rows.values())
    session.flush()
    return {name: row.id for name, row in (tickets | rows).items()}
