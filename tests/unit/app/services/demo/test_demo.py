"""The demo company, on both engines: quick, about today, planned, and with work left to plan."""

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.adapters import passwords
from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.models.mail import OutboxMessage
from app.models.people import Group, User
from app.models.planner import Visit
from app.models.processes import ActivityState, ActivityType, Profile
from app.models.tickets import Task, TaskStep, Ticket
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.services.demo.loading import load_demo

NOW = datetime(2026, 7, 15, 8, 20, tzinfo=UTC)
ISRAEL = CompanyDraft("גשר", "IL", "Asia/Jerusalem", "he")
ITALY = CompanyDraft("Ponte", "IT", "Europe/Rome", "it")
DANA = FirstAdministrator("Dana Levi", "dana", "correct-horse-7")


def company(database: Database, draft: CompanyDraft, now: datetime = NOW) -> Backend:
    """An empty company and its administrator's backend."""
    backend = Backend(database, clock=lambda: now)
    return backend.acting_as(backend.execute(set_up, draft, DANA))


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The administrator's hash is not what is tried here."""
    monkeypatch.setattr(passwords, "cost", passwords.Cost(1, 8, 1))


def count(database: Database, *where: object) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(*where)) or 0


@pytest.mark.parametrize("draft", [ISRAEL, ITALY], ids=["he", "it"])
def test_the_demo_is_a_company_at_work(database: Database, draft: CompanyDraft) -> None:
    backend = company(database, draft)
    began = time.monotonic()
    steps: list[int] = []
    loaded = backend.execute(load_demo, draft.language, lambda done, _of: steps.append(done))
    assert time.monotonic() - began < 20
    assert steps[-1] == 100
    assert steps == sorted(steps)
    assert (loaded.technicians, loaded.customers, loaded.calls) == (24, 400, 1162)
    assert loaded.visits >= 40
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


def test_a_company_at_work_is_not_filled_with_a_demo(database: Database) -> None:
    backend = company(database, ISRAEL)
    backend.execute(load_demo, "en")
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
def test_its_enquiries_found_their_way_by_every_rule_and_nobody_got_mail(database: Database) -> None:
    company(database, ITALY).execute(load_demo, "it")
    with database.reading() as session:
        rules = set(session.scalars(select(TaskStep.rule)))
        assert {"fewest", "earlier_handler", "last_served", "closed"} <= rules
        names = set(session.scalars(select(Profile.name).where(Profile.main == "worker")))
        assert names == {"Venditore", "Telemeeting", "Servizio clienti"}
        assert session.scalars(select(OutboxMessage.id)).all() == []
        numbers = session.scalars(select(Ticket.number).where(Ticket.number.is_not(None))).all()
        assert all(number and number.startswith("ENQ-") for number in numbers)
