"""The office of `callboard simulate office`: made ready as a company's server is, with a log-in for every desktop."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.adapters import throwaway
from app.backend import Backend
from app.cli.simulate.call_centre import add_campaign, fill_campaign
from app.db.database import Database
from app.db.server import initialise
from app.models import whole
from app.models.company import Company
from app.models.people import Group, GroupMember, Role, User
from app.models.planner import Presence
from app.models.processes import Process, Profile, Stage, StageLink, UserProfile
from app.services.people.rows import UserDraft
from app.services.people.users import save_user

assert whole.__all__, "every table is mapped before rows are written"

NAME = "callboard_office"
CUSTOMERS, TICKETS, TECHNICIANS, DAYS = 20_000, 5_000, 40, 10
KINDS = ("agent", "planner", "worker")
_ROLES = {"agent": "agent", "planner": "back_office", "worker": "agent"}


@dataclass(frozen=True, slots=True)
class Seat:
    """One desktop: its number, its person's own address, and what that person does all day."""

    number: int
    url: str
    user_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What the desktops work in; `url` is the superuser's, for looking at everything afterwards."""

    url: str
    seats: tuple[Seat, ...]
    campaign_id: int
    status_id: int
    stage_ids: tuple[int, int]
    group_id: int
    technician_ids: tuple[int, ...]
    morning: datetime
    customers: int
    tickets: int


@contextmanager
def setting(url: str | None, desktops: int, *, customers: int = CUSTOMERS, tickets: int = TICKETS) -> Iterator[Setting]:
    """An office on this server, or on one that is started for it; nothing of it stays."""
    run = None if url else throwaway.Run(durable=True, connections=5 * desktops + 100)
    try:
        server = make_url(url or (run.url if run else ""))
        address = server.render_as_string(hide_password=False)
        _remove(address)
        try:
            place = server.set(database=NAME)
            initialise(place)
            yield _furnish(place.render_as_string(hide_password=False), desktops, customers, tickets)
        finally:
            _remove(address)
    finally:
        if run is not None:
            run.close()


def _remove(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        roles = connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [f"{NAME}\\_%"]).fetchall()
        for (role,) in roles:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        for (role,) in sorted(roles, key=lambda found: found[0] == f"{NAME}_logins"):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _furnish(url: str, desktops: int, customers: int, tickets: int) -> Setting:
    database = Database(url)
    try:
        with database.transaction() as session:
            session.add(Company(id=1, name="Simulation", country="IL", time_zone="Asia/Jerusalem", language="en"))
            session.add(Profile(name="Service", main="worker"))
        seats = _seats(database, url, desktops)
        with database.transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 0"))
            everybody = tuple(seat.user_id for seat in seats)
            campaign_id, status_id = add_campaign(session, "Everybody", everybody, lock_minutes=10)
            fill_campaign(session, campaign_id, customers, twice=customers // 10, first=1)
            stages = _process(session, [seat.user_id for seat in seats if seat.kind == "worker"])
            technicians, group_id, morning = _technicians(session)
            workers = [seat.user_id for seat in seats if seat.kind == "worker"]
            _tickets(session, tickets, customers, stages[0], workers or list(everybody))
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))
        return Setting(url, seats, campaign_id, status_id, stages, group_id, technicians, morning, customers, tickets)
    finally:
        database.close()


def _seats(database: Database, url: str, desktops: int) -> tuple[Seat, ...]:
    """Log-ins made as an administrator makes them: half the office dials, a quarter plans, a quarter works on tasks."""
    owner = Backend(database)
    with database.reading() as session:
        roles = {code: role_id for role_id, code in session.execute(select(Role.id, Role.code))}
    password = secrets.token_urlsafe(12)
    seats = []
    for number in range(desktops):
        kind = ("agent", "planner", "agent", "worker")[number % 4]
        draft = UserDraft(f"desk{number}", f"Desk {number}", roles[_ROLES[kind]])
        user = owner.execute(save_user, draft, password=password)
        own = make_url(url).set(username=user.db_role, password=password)
        seats.append(Seat(number, own.render_as_string(hide_password=False), user.id, kind))
    return tuple(seats)


def _process(session: Session, workers: list[int]) -> tuple[int, int]:
    profile_id = session.scalars(select(Profile.id)).one()
    process = Process(name="Enquiry")
    session.add(process)
    session.flush()
    session.add_all(UserProfile(profile_id=profile_id, user_id=user_id) for user_id in workers)
    first, second = (
        Stage(process_id=process.id, name=name, position=place, profile_id=profile_id, is_intake=not place)
        for place, name in enumerate(("Intake", "Work"))
    )
    session.add_all([first, second])
    session.flush()
    for start, end in ((first, second), (second, first)):
        session.add(StageLink(process_id=process.id, from_stage_id=start.id, to_stage_id=end.id))
    return first.id, second.id


def _technicians(session: Session) -> tuple[tuple[int, ...], int, datetime]:
    """People who are planned for, present twelve hours on each of the next days."""
    role_id = session.scalars(select(Role.id).where(Role.code == "technician")).one()
    names = [f"tech{number}" for number in range(TECHNICIANS)]
    rows = [{"login": name, "name": name, "role_id": role_id} for name in names]
    ids = tuple(session.scalars(insert(User).returning(User.id), rows))
    group = Group(name="Technicians")
    session.add(group)
    session.flush()
    session.execute(insert(GroupMember), [{"user_id": user_id, "group_id": group.id} for user_id in ids])
    morning = datetime.now(UTC).replace(hour=5, minute=0, second=0, microsecond=0) + timedelta(days=1)
    days = [morning + timedelta(days=day) for day in range(DAYS)]
    session.execute(
        insert(Presence),
        [
            {"user_id": user_id, "starts_at": day, "ends_at": day + timedelta(hours=12), "is_manual": True}
            for user_id in ids
            for day in days
        ],
    )
    return ids, group.id, morning


def _tickets(session: Session, count: int, customers: int, stage_id: int, workers: list[int]) -> None:
    """Open tickets with their task in somebody's hands."""
    values = {"count": count, "customers": customers, "stage": stage_id, "workers": workers}
    session.execute(
        text(
            "INSERT INTO tickets (subject, customer_id, status_id, opened_at, search) "
            "SELECT 'Boiler leaks ' || n, 1 + n % :customers, 1, now() - n * interval '1 minute', 'boiler leaks ' || n "
            "FROM generate_series(1, :count) AS n"
        ),
        values,
    )
    session.execute(
        text(
            "INSERT INTO tasks (ticket_id, customer_id, stage_id, user_id, title, opened_at, due_at) "
            "SELECT t.id, t.customer_id, :stage, (CAST(:workers AS bigint[]))"
            "[1 + t.id % cardinality(CAST(:workers AS bigint[]))], 'Leak', t.opened_at, "
            "t.opened_at + interval '2 days' FROM tickets AS t"
        ),
        values,
    )
    session.execute(
        text(
            "INSERT INTO task_steps (task_id, at, to_stage_id, to_user_id, rule) "
            "SELECT id, opened_at, stage_id, user_id, 'by_hand' FROM tasks"
        )
    )
