"""The wall and the hours: who does what since when, and what came of today's calls."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, select

from app.backend import Backend
from app.domain.dialer.desk_states import STATES
from app.domain.errors import Refused
from app.models.company import Company
from app.models.dialer import DeskSign, DeskSpan, PauseReason
from app.services.dialer.asked import Asked, choices
from app.services.dialer.desk_hours import desk_day
from app.services.dialer.wall import first_touches, wall
from tests.kit.dial_factory import (
    add_attempt,
    add_campaign,
    add_entry,
    add_pool,
    add_sign,
    add_span,
)
from tests.kit.factory import add_group, add_user

HOME = ZoneInfo("Asia/Jerusalem")
NOON = datetime(2026, 11, 23, 12, 30, tzinfo=HOME).astimezone(UTC)
"""Monday, half past twelve in Jerusalem."""


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


@pytest.fixture
def office(database):
    """Dana and Avi call two pools of one campaign, Noa another; Sara runs them all."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        sara = add_user(session, "Sara", "manager")
        dana, avi, noa = (add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa"))
        autumn, winter = add_campaign(session, "Autumn", dana, avi), add_campaign(session, "Winter", noa)
        north, south, far = (
            add_pool(session, autumn, "North"),
            add_pool(session, autumn, "South"),
            add_pool(session, winter, "Far"),
        )
        group = add_group(session, "Haifa", dana, noa)
        return {
            "manager": Backend(database, actor=sara.id, clock=lambda: NOON),
            "database": database,
            "users": {"Dana": dana, "Avi": avi, "Noa": noa},
            "pools": {"North": north, "South": south, "Far": far},
            "autumn": autumn.id,
            "winter": winter.id,
            "group": group.id,
        }


def figures(part):
    return part.figures.calls, part.figures.contacts, part.figures.skips


def test_each_desk_is_shown_with_its_state_since_when_and_whether_it_lives(office):
    with office["database"].transaction() as session:
        dana, avi, noa = office["users"].values()
        entry = add_entry(session, office["pools"]["North"])
        lunch = session.scalars(select(PauseReason.id).where(PauseReason.code == "lunch")).one()
        add_span(session, dana, "reading", ago(9), ago(2), campaign_id=office["autumn"])
        add_span(session, dana, "talking", ago(2), campaign_id=office["autumn"], customer_id=entry.customer_id)
        add_span(session, avi, "paused", ago(20), campaign_id=office["autumn"], pause_reason_id=lunch)
        add_span(session, noa, "waiting", ago(30), campaign_id=office["winter"])
        add_sign(session, dana, ago(0.1))
        add_sign(session, avi, ago(0.5))
        add_sign(session, noa, ago(10))
        called = entry.customer_id
    shown = office["manager"].execute(wall)
    assert [(row.name, row.state, row.since, row.is_stale) for row in shown.agents] == [
        ("Avi", "paused", ago(20), False),
        ("Dana", "talking", ago(2), False),
        ("Noa", "waiting", ago(30), True),
    ]
    by_name = {row.name: row for row in shown.agents}
    assert by_name["Avi"].pause_code == "lunch"
    assert (by_name["Dana"].customer_id, by_name["Dana"].campaign) == (called, "Autumn")
    assert by_name["Dana"].customer is not None

    def names(**asked):
        return [row.name for row in office["manager"].execute(wall, Asked(**asked)).agents]

    assert names(campaign_id=office["winter"]) == ["Noa"]
    assert names(group_id=office["group"]) == ["Dana", "Noa"]
    assert names(pool_id=office["pools"]["South"].id) == []


@pytest.mark.row("F12")
def test_calls_of_today_are_counted_by_hour_agent_and_pool_with_skips_and_contact_rate(office):
    with office["database"].transaction() as session:
        dana, avi, noa = office["users"].values()
        north, south, far = (add_entry(session, pool) for pool in office["pools"].values())
        for minutes, user, entry, status in (
            (10, dana, north, "No answer"),
            (20, dana, north, "Interested"),
            (90, dana, south, "Not interested"),
            (100, avi, north, "No answer"),
            (110, noa, far, "Reached"),
            (13 * 60, avi, north, "Interested"),  # twenty to midnight, yesterday there
        ):
            # Where a call does not say its pool, its entry does.
            add_attempt(session, user, entry, status, ago(minutes), pool_id=None if user is noa else entry.pool_id)
        for minutes in (5, 6, 7):
            add_attempt(session, dana, north, None, ago(minutes), kind="skip")
        add_attempt(session, dana, north, None, ago(8), kind="inbound")
        pool_north = north.pool_id
    shown = office["manager"].execute(wall)
    assert (shown.total.calls, shown.total.contacts, shown.total.skips, shown.total.rate) == (5, 3, 3, 60.0)
    assert [(part.name, figures(part)) for part in shown.by_agent] == [
        ("Dana", (3, 2, 3)),
        ("Avi", (1, 0, 0)),
        ("Noa", (1, 1, 0)),
    ]
    assert {part.name: figures(part) for part in shown.by_pool} == {
        "North": (3, 1, 3),
        "South": (1, 1, 0),
        "Far": (1, 1, 0),
    }
    hours = {moment.astimezone(HOME).hour: counted.calls for moment, counted in shown.hours}
    assert len(shown.hours) == 13
    assert {hour: calls for hour, calls in hours.items() if calls} == {10: 2, 11: 1, 12: 2}
    one = office["manager"].execute(wall, Asked(pool_id=pool_north))
    assert (one.total.calls, one.total.outcomes) == (3, {"no_contact": 2, "success": 1})
    assert office["manager"].execute(wall, Asked(campaign_id=office["winter"])).total.calls == 1
    assert office["manager"].execute(wall, Asked(group_id=office["group"])).total.calls == 4
    assert office["manager"].execute(wall, Asked(office["autumn"], group_id=office["group"])).total.calls == 3
    assert office["manager"].execute(wall, Asked(pool_id=office["pools"]["Far"].id)).total.calls == 1


@pytest.mark.row("F12")
def test_the_time_to_first_touch_is_from_pool_entry_to_the_first_call(office):
    with office["database"].transaction() as session:
        dana, avi, _noa = office["users"].values()
        pool = office["pools"]["North"]
        slow, quick, known = (add_entry(session, pool, added_at=ago(minutes)) for minutes in (240, 100, 9000))
        add_attempt(session, dana, slow, None, ago(200), kind="skip")
        add_attempt(session, dana, slow, "No answer", ago(60))
        add_attempt(session, avi, slow, "Interested", ago(30))
        add_attempt(session, avi, quick, "Reached", ago(40))
        add_attempt(session, avi, known, "No answer", ago(3000))
        add_attempt(session, avi, known, "No answer", ago(20))
        names = {dana.id: "Dana", avi.id: "Avi"}
    told = office["manager"].execute(first_touches)
    assert (told.total.count, told.total.average_seconds, told.total.longest_seconds) == (2, 120 * 60, 180 * 60)
    assert {names[touch.id]: touch.average_seconds for touch in told.by_agent} == {"Dana": 10800, "Avi": 3600}
    assert [touch.count for touch in told.by_pool] == [2]


def test_a_day_is_read_through_indexes_however_many_calls_there_are(office):
    database = office["database"]
    asked = []

    def note(_connection, _cursor, statement, values, _context, _many):
        asked.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    for wanted in (Asked(), Asked(campaign_id=office["autumn"]), Asked(group_id=office["group"])):
        office["manager"].execute(wall, wanted)
        office["manager"].execute(first_touches, wanted)
        days(office, NOON.date(), campaign_id=wanted.campaign_id)
    event.remove(Engine, "before_cursor_execute", note)
    asked = [each for each in asked if "call_attempts" in each[0] or "desk_spans" in each[0]]
    assert len(asked) >= 12
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            # In tables of a few rows the planner would read them whole.
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
        for statement, values in asked:
            plan = [" ".join(map(str, row)) for row in connection.exec_driver_sql(explain + statement, values)]
            whole = [line for line in plan if _reads_all(line)]
            assert not whole, (whole, statement)


def _reads_all(line):
    if "USING" in line:
        return False
    large = ("call_attempts", "desk_spans")
    return any(f"{how}{table}" in line for how in ("SCAN ", "Seq Scan on ", "using pk_") for table in large)


def test_an_agent_sees_no_wall(office):
    agent = office["manager"].acting_as(office["users"]["Dana"].id)
    for service in (wall, first_touches, choices):
        with pytest.raises(Refused):
            agent.execute(service)
    offered = office["manager"].execute(choices)
    assert [each.name for each in offered.campaigns] == ["Autumn", "Winter"]
    assert [each.name for each in offered.pools] == ["Far", "North", "South"]


# --- Hours


def days(office, day, **asked):
    def ask(session):
        return desk_day(session, Asked(**asked), day)

    with office["database"].reading(**office["manager"].info()) as session:
        return {row.name: row for row in ask(session)}


def test_a_shift_over_midnight_belongs_to_both_days(office):
    midnight = datetime(2026, 11, 22, tzinfo=HOME).astimezone(UTC)
    with office["database"].transaction() as session:
        dana = office["users"]["Dana"]
        add_span(session, dana, "talking", midnight - timedelta(minutes=10), midnight + timedelta(minutes=5))
        add_span(session, dana, "writing", midnight + timedelta(minutes=5), midnight + timedelta(minutes=7))
    before, after = (days(office, date(2026, 11, day))["Dana"] for day in (21, 22))
    assert (before.seconds["talking"], before.present) == (600, 600)
    assert (after.seconds["talking"], after.seconds["writing"], after.present) == (300, 120, 420)
    assert days(office, date(2026, 11, 20)) == {}


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 27), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_the_clock_is_changed_has_its_own_length(office, day, hours):
    start = datetime(day.year, day.month, day.day, tzinfo=HOME).astimezone(UTC) - timedelta(hours=5)
    with office["database"].transaction() as session:
        add_span(session, office["users"]["Dana"], "waiting", start, start + timedelta(days=3))
    assert days(office, day)["Dana"].present == hours * 3600


def test_an_open_span_lasts_until_now_and_that_of_a_dead_desk_until_its_last_sign(office):
    with office["database"].transaction() as session:
        dana, avi, noa = office["users"].values()
        for user in (dana, avi, noa):
            add_span(session, user, "talking", ago(30))
        add_sign(session, dana, ago(0.2))
        add_sign(session, avi, ago(12))
    today = days(office, NOON.astimezone(HOME).date())
    assert (today["Dana"].present, today["Avi"].present) == (30 * 60, 18 * 60)
    # Without any sign nothing is known of it but its beginning.
    assert "Noa" not in today
    assert days(office, NOON.astimezone(HOME).date() + timedelta(days=1)) == {}


def test_hours_of_one_campaign_and_its_calls(office):
    with office["database"].transaction() as session:
        dana = office["users"]["Dana"]
        add_span(session, dana, "talking", ago(30), ago(20), campaign_id=office["autumn"])
        add_span(session, dana, "talking", ago(20), ago(15), campaign_id=office["winter"])
        add_attempt(session, dana, add_entry(session, office["pools"]["North"]), "Reached", ago(21))
    row = days(office, NOON.astimezone(HOME).date(), campaign_id=office["autumn"])["Dana"]
    assert (row.present, row.calls) == (600, 1)


_LENGTHS = st.lists(st.tuples(st.sampled_from(list(STATES)), st.integers(1, 40_000)), min_size=1, max_size=12)


@settings(max_examples=15)
@given(spans=_LENGTHS, begins=st.integers(0, 86_400), is_open=st.booleans())
def test_the_states_of_the_days_together_are_the_presence(office, spans, begins, is_open):
    """Whatever way a stay at the desk is cut into states and by midnights, no second is lost or counted twice."""
    first = date(2026, 11, 10)
    start = datetime(2026, 11, 10, tzinfo=HOME).astimezone(UTC) + timedelta(seconds=begins)
    end = start
    with office["database"].transaction() as session:
        session.execute(delete(DeskSpan))
        session.execute(delete(DeskSign))
        for number, (state, seconds) in enumerate(spans):
            begun, end = end, end + timedelta(seconds=seconds)
            is_last = is_open and number == len(spans) - 1
            add_span(session, office["users"]["Dana"], state, begun, None if is_last else end)
        # A desk that died: its open span ends at this sign.
        add_sign(session, office["users"]["Dana"], end)
    rows = [days(office, first + timedelta(days=day)).get("Dana") for day in range(8)]
    spent = {state: sum(row.seconds[state] for row in rows if row) for state in STATES}
    assert spent == {state: sum(took for each, took in spans if each == state) for state in STATES}
    assert sum(row.present for row in rows if row) == (end - start).total_seconds()
