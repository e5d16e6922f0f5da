"""The demo company, on both engines: quick, about today, planned, and with work left to plan."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import func, select

from app.adapters import passwords
from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.models.dialer import CallAttempt, PoolEntry, QueuedCall
from app.models.mail import OutboxMessage
from app.models.people import Group, User
from app.models.planner import Visit
from app.models.processes import ActivityState, ActivityType, Profile
from app.models.tickets import Task, TaskStep, Ticket
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.services.demo.loading import Loaded, load_demo
from app.services.dialer.campaigns import mine
from app.services.dialer.claiming import dial, next_customer
from app.services.dialer.nobody import nobody
from app.services.dialer.wall import wall
from tests.kit.databases import Fill

NOW = datetime(2026, 7, 15, 8, 20, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 2, 10, tzinfo=UTC)
ISRAEL = CompanyDraft("גשר", "IL", "Asia/Jerusalem", "he")
ITALY = CompanyDraft("Ponte", "IT", "Europe/Rome", "it")
Furnished = Callable[[Fill], Database]
DANA = FirstAdministrator("Dana Levi", "dana", "correct-horse-7")


def company(database: Database, draft: CompanyDraft, now: datetime = NOW) -> Backend:
    """An empty company and its administrator's backend."""
    backend = Backend(database, clock=lambda: now)
    return backend.acting_as(backend.execute(set_up, draft, DANA))


def at_work(database: Database, draft: CompanyDraft, now: datetime = NOW) -> Loaded:
    """Fill it with the demo, and see that it says how far it is."""
    steps: list[int] = []
    loaded: Loaded = company(database, draft, now).execute(
        load_demo, draft.language, lambda done, _of: steps.append(done)
    )
    assert steps[-1] == 100
    assert steps == sorted(steps)
    assert (loaded.technicians, loaded.customers, loaded.calls) == (24, 400, 1162)
    assert loaded.visits >= 40
    return loaded


# What the tests of this module look at is made once.
FILLED = {
    "he": (ISRAEL, NOW, partial(at_work, draft=ISRAEL)),
    "it": (ITALY, NOW, partial(at_work, draft=ITALY)),
    "it at Christmas": (ITALY, CHRISTMAS, partial(at_work, draft=ITALY, now=CHRISTMAS)),
}


def filled(furnished: Furnished, name: str) -> tuple[Database, Backend]:
    """A company at work, and its administrator's backend."""
    _draft, now, fill = FILLED[name]
    database = furnished(fill)
    with database.reading() as session:
        administrator = session.scalars(select(User.id).where(User.login == DANA.login)).one()
    return database, Backend(database, actor=administrator, clock=lambda: now)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The administrator's hash is not what is tried here."""
    monkeypatch.setattr(passwords, "cost", passwords.Cost(1, 8, 1))


def count(database: Database, *where: object) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(*where)) or 0


@pytest.mark.parametrize("name", ["he", "it"])
def test_the_demo_is_a_company_at_work(furnished: Furnished, name: str) -> None:
    database, _backend = filled(furnished, name)
    waiting = count(database, Task.closed_at.is_(None), Task.group_id.is_not(None))
    assert waiting > 30
    with database.reading() as session:
        assert session.scalar(select(func.max(Ticket.opened_at))) <= NOW
        first, last = session.execute(select(func.min(Visit.starts_at), func.max(Visit.ends_at))).one()
        assert first.date() == NOW.date()
        assert (last - first).days < 10
        assert session.scalar(select(func.count()).select_from(Group).where(Group.is_back_office)) == 1
        assert session.scalar(select(func.count()).select_from(Group)) == 6
        assert session.scalar(select(func.count()).select_from(ActivityType)) == 22
        colours = session.scalars(select(ActivityState.colour)).all()
        assert len(set(colours)) == len(colours)
        planned = select(func.count(func.distinct(Visit.technician_id)))
        assert session.scalar(planned) >= 10
        assert session.scalar(select(User.language).where(User.external_key == "T01")) == "he"


def test_a_company_at_work_is_not_filled_with_a_demo(furnished: Furnished) -> None:
    _database, backend = filled(furnished, "he")
    with pytest.raises(Refused) as refusal:
        backend.execute(load_demo, "en")
    assert refusal.value.code == "USED"


class Stopped(Exception):
    """Somebody pressed Cancel."""


def test_stopped_half_way_it_leaves_nothing(database: Database) -> None:
    def stop(done: int, _of: int) -> None:
        if done > 40:
            raise Stopped

    backend = company(database, ISRAEL)
    with pytest.raises(Stopped):
        backend.execute(load_demo, "en", stop)
    assert count(database, Ticket.id.is_not(None)) == 0
    assert count(database, User.id.is_not(None)) == 1


@pytest.mark.parametrize("now", [datetime(2026, 9, 21, 9, tzinfo=UTC), datetime(2028, 2, 29, 20, tzinfo=UTC)])
def test_loaded_on_a_holiday_or_at_night_it_plans_the_next_days(sqlite_url: str, now: datetime) -> None:
    database = Database(sqlite_url)
    backend = company(database, ISRAEL, now)
    assert backend.execute(load_demo, "en").visits >= 40
    database.close()


@pytest.mark.row("R-F3")
def test_its_enquiries_found_their_way_by_every_rule_and_nobody_got_mail(furnished: Furnished) -> None:
    database, _backend = filled(furnished, "it")
    with database.reading() as session:
        rules = set(session.scalars(select(TaskStep.rule)))
        assert {"fewest", "earlier_handler", "last_served", "closed"} <= rules
        names = set(session.scalars(select(Profile.name).where(Profile.main == "worker")))
        assert names == {"Venditore", "Telemeeting", "Servizio clienti"}
        assert session.scalars(select(OutboxMessage.id)).all() == []
        numbers = session.scalars(select(Ticket.number).where(Ticket.number.is_not(None))).all()
        assert all(number and number.startswith("ENQ-") for number in numbers)


@pytest.mark.row("R-D1")
@pytest.mark.parametrize("name", ["he", "it at Christmas"])
def test_its_campaign_is_at_work_whenever_one_looks(furnished: Furnished, name: str) -> None:
    database, backend = filled(furnished, name)
    now = FILLED[name][1]
    (campaign,) = backend.execute(mine)
    stands = backend.execute(nobody, campaign.id)
    assert stands.total == count(database, PoolEntry.id.is_not(None)) == 128
    assert stands.callable > 30
    assert {"NO_NUMBER", "DO_NOT_CALL", "REGISTER_OLD", "REGISTERED", "LATER", "GAP", "FINAL", "TRIES"} <= {
        code for code, _count in stands.blocked
    }
    seen = backend.execute(wall)
    assert {agent.state for agent in seen.agents if not agent.is_stale} == {"talking", "writing", "waiting", "paused"}
    assert seen.total.calls > 30
    assert len(seen.by_pool) == 2
    with database.reading() as session:
        calls = session.scalars(select(CallAttempt).order_by(CallAttempt.finished_at)).all()
        assert (now - calls[0].finished_at).days >= 15
        assert calls[-1].finished_at < now
        assert {each.kind for each in calls} == {"call", "skip"}


@pytest.mark.row("R-D2")
@pytest.mark.parametrize("furnished", ["sqlite"], indirect=True)
def test_a_call_promised_by_its_person_comes_first_and_may_be_made(furnished: Furnished) -> None:
    database, backend = filled(furnished, "he")
    (campaign,) = backend.execute(mine)
    claimed = backend.execute(next_customer, campaign.id)
    assert claimed is not None
    assert claimed.rule == "CALLBACK_MINE"
    assert backend.execute(dial, claimed.request_id).number == claimed.person
    with database.reading() as session:
        promised = select(QueuedCall).where(QueuedCall.callback_user_id == backend.actor, QueuedCall.state == "waiting")
        assert session.scalars(promised).one().due_at > NOW
