"""The company, its first start and its holidays, on both engines."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.models.planner import Holiday
from app.services.company import places
from app.services.company.profile import company, save_company, set_up
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.services.people.groups import list_groups
from app.services.people.logins import entry
from app.services.people.users import list_users
from app.services.planner.holidays import add_holiday

DANA = FirstAdministrator("Dana Levi", "Dana", "correct-horse-7")
ISRAEL = CompanyDraft("גשר", "IL", "Asia/Jerusalem", "he")


@pytest.fixture
def backend(database: Database) -> Backend:
    """In the summer of 2026."""
    return Backend(database, clock=lambda: datetime(2026, 7, 1, tzinfo=UTC))


def days(database: Database) -> dict[date, Holiday]:
    with database.reading() as session:
        return {row.day: row for row in session.scalars(select(Holiday))}


@pytest.mark.row("R-X6")
def test_the_first_start_makes_a_company_that_can_plan(backend: Backend, database: Database) -> None:
    user_id = backend.execute(set_up, ISRAEL, DANA)
    assert backend.execute(entry).is_set_up
    (dana,) = backend.execute(list_users)
    assert (dana.id, dana.login, dana.role_code, dana.language) == (user_id, "dana", "administrator", "he")
    assert [(row.is_back_office, row.member_ids) for row in backend.execute(list_groups)] == [(True, (user_id,))]
    kippur = days(database)[date(2026, 9, 21)]
    assert kippur.names == {"en": "Yom Kippur", "he": "יום כיפור"}
    assert kippur.starts_at == datetime(2026, 9, 20, 21, tzinfo=UTC)
    assert kippur.ends_at == datetime(2026, 9, 21, 21, tzinfo=UTC)


def test_it_happens_once(backend: Backend) -> None:
    backend.execute(set_up, ISRAEL, DANA)
    with pytest.raises(Refused) as refusal:
        backend.execute(set_up, ISRAEL, DANA)
    assert refusal.value.code == "TAKEN"


def test_a_weak_password_leaves_nothing_behind(backend: Backend, database: Database) -> None:
    with pytest.raises(Refused):
        backend.execute(set_up, ISRAEL, FirstAdministrator("Dana", "dana", "12345678"))
    assert backend.execute(entry).has_users is False
    assert backend.execute(company) is None
    assert days(database) == {}


@pytest.mark.row("R-X6")
def test_moving_the_company_fills_the_holidays_anew(backend: Backend, database: Database) -> None:
    backend.execute(set_up, ISRAEL, DANA)
    backend.execute(add_holiday, date(2026, 7, 6), "Our day", "en")
    row = backend.execute(company)
    assert row is not None
    backend.execute(save_company, CompanyDraft("Ponte", "IT", "Europe/Rome", "it"), row.version)
    held = days(database)
    assert date(2026, 9, 21) not in held
    assert held[date(2026, 7, 6)].starts_at == datetime(2026, 7, 5, 22, tzinfo=UTC)
    assert held[date(2026, 8, 15)].names["it"] == "Assunzione della Beata Vergine Maria"
    assert held[date(2026, 8, 15)].starts_at == datetime(2026, 8, 14, 22, tzinfo=UTC)
    assert {day.year for day in held} == {2025, 2026, 2027, 2028}
    with pytest.raises(Conflict):
        backend.execute(save_company, ISRAEL, row.version)


@pytest.mark.parametrize(
    "wrong",
    [
        CompanyDraft("  ", "IL", "Asia/Jerusalem", "he"),
        CompanyDraft("x", "IL", "Mars/Base", "he"),
        CompanyDraft("x", "", "Asia/Jerusalem", "he"),
        CompanyDraft("x", "IL", "Asia/Jerusalem", "tlh"),
    ],
)
def test_a_company_that_cannot_be_is_refused(backend: Backend, wrong: CompanyDraft) -> None:
    with pytest.raises(Refused):
        backend.execute(set_up, wrong, DANA)


def test_places_to_choose_from() -> None:
    assert [country.code for country in places.countries()[:2]] == ["IL", "IT"]
    assert places.zones_of("IL") == ("Asia/Jerusalem",)
    assert places.likely_zone("IT", "Asia/Jerusalem") == "Europe/Rome"
    assert places.likely_zone("US", "America/Chicago") == "America/Chicago"
    assert "TI" in places.subdivisions("CH")
    assert places.likely_country("US", "en", "Europe/Rome") == "US"
    assert places.likely_country("", "it", "Asia/Jerusalem") == "IT"
    assert places.likely_country("", "en", "Europe/Rome") == "IT"
    assert places.likely_country("", "en", "Etc/UTC") == "IL"
