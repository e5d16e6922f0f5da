"""Calling hours as instants: every zone of the customers, the weeks to come, the holidays as they change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select, update

from app.adapters.credentials import Keyring
from app.backend import Backend
from app.db.database import Database
from app.domain.dialer.windows import default_hours, stretches
from app.domain.errors import Refused
from app.models.company import Company
from app.models.dialer import CallWindow, Campaign, Lane
from app.models.planner import Holiday
from app.services.dialer.entries import add
from app.services.dialer.windows import extend, is_behind
from app.services.mail import rounds
from app.services.planner.holidays import add_holiday, holidays, remove_holiday
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_user

HOME = "Europe/Rome"
NOON = {"days": {str(day): [["12:00", "13:00"]] for day in range(7)}, "eve": [["12:00", "13:00"]], "holiday": []}


@pytest.fixture
def campaign_id(database: Database) -> int:
    """A campaign of a company in Italy; user 1 runs it, user 2 is an agent in it."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Test", country="IT", time_zone=HOME, language="en"))
        add_user(session, "Mia", role="manager")
        agent = add_user(session, "Anna", role="agent")
        campaign = add_campaign(session, "Spring", agent, zones=(), hours=NOON)
        add_entry(session, add_pool(session, campaign), zone="Asia/Jerusalem")
        return campaign.id


def clocks(database: Database, campaign_id: int) -> dict[str, list[datetime]]:
    """When each zone opens."""
    with database.reading() as session:
        asked = select(CallWindow.zone, CallWindow.opens_at).where(CallWindow.campaign_id == campaign_id)
        found: dict[str, list[datetime]] = {}
        for zone, opens_at in session.execute(asked.order_by(CallWindow.opens_at)):
            found.setdefault(zone, []).append(opens_at)
        return found


@pytest.mark.row("U29", "F8")
def test_hours_are_laid_out_for_every_zone_of_the_customers_and_for_the_company(
    database: Database, campaign_id: int
) -> None:
    def of(at: datetime) -> dict[str, set[int]]:
        backend = Backend(database, actor=1, clock=lambda: at)
        assert backend.execute(is_behind)
        assert backend.execute(extend) > 100
        assert not backend.execute(is_behind)
        return {zone: {each.hour for each in found} for zone, found in clocks(database, campaign_id).items()}

    # Noon there and here, in whatever time of the year.
    assert of(datetime(2031, 6, 15, 3, tzinfo=UTC)) == {"Asia/Jerusalem": {9}, HOME: {10}}
    assert of(datetime(2031, 12, 1, 3, tzinfo=UTC)) == {"Asia/Jerusalem": {10}, HOME: {11}}


def test_hours_are_behind_when_less_than_a_month_is_left_and_nobody_lays_out_twice(
    database: Database, campaign_id: int
) -> None:
    at = datetime(2031, 6, 15, 3, tzinfo=UTC)
    moments = [at]
    backend = Backend(database, actor=1, clock=lambda: moments[-1])
    backend.execute(extend)
    moments.append(at + timedelta(days=29))
    assert not backend.execute(is_behind)
    moments.append(at + timedelta(days=40))
    assert backend.execute(is_behind)
    backend.execute(extend)
    assert min(clocks(database, campaign_id)[HOME]) > at + timedelta(days=39), "what is past is gone"
    assert not backend.execute(is_behind)


def test_no_hours_of_its_own_means_those_of_the_country(database: Database, campaign_id: int) -> None:
    at = datetime(2031, 6, 15, 3, tzinfo=UTC)
    with database.transaction() as session:
        session.execute(update(Campaign).values(hours={}))
    backend = Backend(database, actor=1, clock=lambda: at)
    backend.execute(extend)
    with database.reading() as session:
        asked = select(CallWindow.opens_at, CallWindow.closes_at).where(CallWindow.zone == HOME)
        found = [tuple(row) for row in session.execute(asked.order_by(CallWindow.opens_at))]
    expected = [each for each in stretches(default_hours("IT"), HOME, date(2031, 6, 14), 62, ()) if each[1] > at]
    assert found == expected
    assert not any(opens.weekday() == 6 for opens, _closes in found), "nobody is called on a Sunday in Italy"


def test_a_customer_of_a_new_zone_brings_its_hours(database: Database, campaign_id: int) -> None:
    with database.transaction() as session:
        pool = add_pool(session, session.get_one(Campaign, campaign_id))
        guest = add_customer(session, "Ada", "+442071838750")
        pool_id, customer_id = pool.id, guest.id
    Backend(database, actor=1).execute(add, pool_id, [customer_id])
    assert set(clocks(database, campaign_id)) == {"Asia/Jerusalem", "Europe/London", HOME}
    assert not Backend(database, actor=1).execute(is_behind)


def test_a_zone_an_agents_own_log_in_brought_is_caught_up_with(database: Database, campaign_id: int) -> None:
    backend = Backend(database, actor=1)
    backend.execute(extend)
    with database.transaction() as session:
        pool_id = session.scalars(select(Lane.pool_id)).one()
        session.add(Lane(campaign_id=campaign_id, pool_id=pool_id, zone="America/New_York"))
    assert backend.execute(is_behind)
    backend.execute(extend)
    assert "America/New_York" in clocks(database, campaign_id)


def test_a_holiday_that_is_entered_or_removed_moves_the_hours(database: Database, campaign_id: int) -> None:
    at = datetime(2031, 6, 15, 3, tzinfo=UTC)
    backend = Backend(database, actor=1, clock=lambda: at)
    backend.execute(extend)
    day = date(2031, 6, 20)

    def is_called() -> bool:
        return day in {each.date() for each in clocks(database, campaign_id)[HOME]}

    assert is_called()
    backend.execute(add_holiday, day, "Patron's day", "en")
    assert not is_called()
    (row,) = backend.execute(holidays, 2031)
    backend.execute(remove_holiday, row.id)
    assert is_called()
    with database.transaction() as session:
        start = datetime(2031, 6, 20, tzinfo=UTC)
        session.add(Holiday(day=day, names={"en": "x"}, starts_at=start, ends_at=start + timedelta(1)))
    assert backend.execute(is_behind), "a holiday that came by another way is caught up with too"


def test_a_closed_campaign_and_one_that_never_calls_are_not_behind(database: Database, campaign_id: int) -> None:
    backend = Backend(database, actor=1)
    with database.transaction() as session:
        session.execute(update(Campaign).values(hours={"days": {}, "holiday": []}))
    assert backend.execute(extend) == 0
    assert not backend.execute(is_behind)
    with database.transaction() as session:
        session.execute(update(Campaign).values(hours=NOON, closed_at=datetime(2030, 1, 1, tzinfo=UTC)))
    assert not backend.execute(is_behind)


def test_only_who_runs_campaigns_lays_their_hours_out(database: Database, campaign_id: int) -> None:
    with pytest.raises(Refused):
        Backend(database, actor=2).execute(extend)
    assert clocks(database, campaign_id) == {}


def test_the_rounds_of_an_office_lay_the_hours_out_once_a_day(database: Database, campaign_id: int) -> None:
    (duty,) = (each for each in rounds.DUTIES if each.name == "laid_out")
    assert duty.seconds == 86_400
    assert duty.work(Backend(database), Keyring(), Event()) > 100
    assert set(clocks(database, campaign_id)) == {"Asia/Jerusalem", HOME}
    assert duty.work(Backend(database), Keyring(), Event()) == 0, "nothing is behind any more"


def test_two_who_lay_out_at_once_wait_for_each_other(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.transaction() as session:
        session.add(Company(id=1, name="Test", country="IT", time_zone=HOME, language="en"))
        campaign_id = add_campaign(session, "Spring", zones=(), hours=NOON).id
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _number: Backend(database).execute(extend), range(12)))
    assert len(set(counts)) == 1
    assert len(clocks(database, campaign_id)[HOME]) == counts[0]
    database.close()
