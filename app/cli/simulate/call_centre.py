"""The call centre of a simulation: a campaign with very many customers, one with very few, and their agents."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.adapters import throwaway
from app.db import schema
from app.db.database import Database
from app.models import whole
from app.models.company import Company
from app.models.dialer import CallStatus, CallWindow, Campaign, CampaignUser, DialRules, Lane, Pool
from app.models.people import Role, User

assert whole.__all__, "every table is mapped before rows are written"

ZONE = "Asia/Jerusalem"
FEW = 40
"""Customers of the campaign in which agents go empty."""

# Every person of the first 20,000 is in the queue twice, side by side: whoever claims two rows for one person is seen.
_TWICE = 20_000


@dataclass(frozen=True, slots=True)
class CallCentre:
    """Where it is, its campaigns, a result for each, and the agents, all of whom work in both."""

    url: str
    many_id: int
    few_id: int
    many_status_id: int
    few_status_id: int
    agent_ids: tuple[int, ...]
    is_postgresql: bool


@contextmanager
def call_centre(
    server: str | None, agents: int, customers: int, *, lease: int = 20, twice: int = _TWICE, embedded: bool = False
) -> Iterator[CallCentre]:
    """A call centre on this server, on one that is started for it, or (`embedded`) in a SQLite file of its own.

    Of the first `twice` customers each two have one number.
    """
    if embedded:
        with TemporaryDirectory(prefix="callboard-") as folder:
            yield _settle(f"sqlite:///{Path(folder) / 'simulation.sqlite'}", agents, customers, lease, twice)
        return
    run = None if server else throwaway.Run(durable=True, connections=agents + 100)
    name = "callboard_simulation"
    try:
        address = server or (run.url if run else "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            url = make_url(address).set(database=name).render_as_string(hide_password=False)
            yield _settle(url, agents, customers, lease, twice)
        finally:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
    finally:
        if run is not None:
            run.close()


def _settle(url: str, agents: int, customers: int, lease: int, twice: int) -> CallCentre:
    database = Database(url)
    try:
        schema.upgrade(database)
        with database.transaction() as session:
            session.add(Company(id=1, name="Simulation", country="IL", time_zone=ZONE, language="en"))
            session.execute(update(DialRules).values(lease_seconds=lease))
            role_id = session.scalars(select(Role.id).where(Role.code == "agent")).one()
            names = [f"a{number}" for number in range(1, agents + 1)]
            session.execute(insert(User), [{"login": name, "name": name, "role_id": role_id} for name in names])
            ids = tuple(session.scalars(select(User.id).order_by(User.id)))
            many_id, many_status = add_campaign(session, "Many", ids, lock_minutes=10)
            few_id, few_status = add_campaign(session, "Few", ids, lock_minutes=1)
            fill_campaign(session, many_id, customers, twice=min(twice, customers // 2), first=1)
            fill_campaign(session, few_id, FEW, twice=FEW // 2, first=customers + 1)
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM (ANALYZE)"))
            if not database.is_sqlite:
                # What was filled in is on the disk before anything is measured.
                connection.execute(text("CHECKPOINT"))
        return CallCentre(url, many_id, few_id, many_status, few_status, ids, not database.is_sqlite)
    finally:
        database.close()


def add_campaign(session: Session, name: str, agent_ids: tuple[int, ...], *, lock_minutes: int) -> tuple[int, int]:
    """A campaign with a pool, a result and calling hours around the clock; its id and the result's."""
    campaign = Campaign(
        name=name, lock_minutes=lock_minutes, gap_minutes=0, daily_cap=0, skip_minutes=0, needs_note=False,
        checks_register=False, opened_at=datetime.now(UTC),
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    session.execute(insert(CampaignUser), [{"campaign_id": campaign.id, "user_id": user_id} for user_id in agent_ids])
    status = CallStatus(campaign_id=campaign.id, name="No answer", key="1", outcome="no_contact", recycle_minutes=240)
    pool = Pool(campaign_id=campaign.id, name=name)
    session.add_all([status, pool])
    session.flush()
    session.add(Lane(campaign_id=campaign.id, pool_id=pool.id, zone=ZONE))
    opens = datetime.now(UTC) - timedelta(days=1)
    session.add(
        CallWindow(campaign_id=campaign.id, zone=ZONE, opens_at=opens, closes_at=opens + timedelta(days=30))
    )  # fmt: skip
    session.flush()
    return campaign.id, status.id


def fill_campaign(session: Session, campaign_id: int, count: int, *, twice: int, first: int) -> None:
    """So many customers in the campaign's pool; of the first `twice` each two have one number."""
    at = datetime.now(UTC)
    moment = at if session.get_bind().dialect.name != "sqlite" else at.replace(tzinfo=None).isoformat(" ")
    never = "1970-01-01 00:00:00.000000" if session.get_bind().dialect.name == "sqlite" else "1970-01-01T00:00:00Z"
    values = {"first": first, "last": first + count - 1, "campaign": campaign_id, "at": moment, "never": never}
    values |= {"twice": first + twice - 1}
    numbers = "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        numbers = "WITH n(i) AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)))"
        session.execute(text("SET LOCAL statement_timeout = 0"))
    where = "(SELECT id FROM pools WHERE campaign_id = :campaign)"
    key = "" if is_sqlite else "OVERRIDING SYSTEM VALUE"
    person = "'+9725' || CAST(10000000 + CASE WHEN i <= :twice THEN i / 2 * 2 ELSE i END AS text)"
    session.execute(
        text(
            f"INSERT INTO customers (id, name, search, version) {key} {numbers} "
            "SELECT i, 'Customer ' || i, 'customer ' || i, 1 FROM n"
        ),
        values,
    )
    session.execute(
        text(
            f"INSERT INTO pool_entries (id, campaign_id, pool_id, customer_id, person, added_at) {key} {numbers} "
            f"SELECT i, :campaign, {where}, i, {person}, CAST(:at AS {'text' if is_sqlite else 'timestamptz'}) FROM n"
        ),
        values,
    )
    session.execute(
        text(
            "INSERT INTO call_queue (id, campaign_id, lane_id, person, customer_id, tried_at, added_at) "
            "SELECT e.id, e.campaign_id, (SELECT id FROM lanes WHERE campaign_id = :campaign), e.person, "
            f"e.customer_id, CAST(:never AS {'text' if is_sqlite else 'timestamptz'}), e.added_at "
            "FROM pool_entries AS e WHERE e.campaign_id = :campaign"
        ),
        values,
    )
