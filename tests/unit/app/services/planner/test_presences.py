"""Presence rules and what is generated from them, on both engines."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.domain.errors import Refused
from app.models.planner import Presence, PresenceRule
from app.services.planner.holidays import fill_holidays, holidays, remove_holiday
from app.services.planner.hours import DayHours, set_hours, working_hours
from app.services.planner.presences import Generated, generate
from app.services.planner.rules import RuleValues, add_rules, change_rule, preview, remove_rule, rules
from tests.unit.app.services.planner.conftest import Small

FIRST = date(2031, 12, 1)  # a Monday
NINE_TO_FIVE = RuleValues("FREQ=WEEKLY;BYDAY=MO,WE", FIRST, None, time(9), time(17))
ZONE = ZoneInfo("Asia/Jerusalem")


def made(small: Small, rule_id: int) -> list[tuple[date, int, datetime, datetime, bool]]:
    """A rule's presences: day, slot, instants, by hand or not."""
    with small.database.reading() as session:
        rows = session.execute(
            select(Presence.rule_day, Presence.slot, Presence.starts_at, Presence.ends_at, Presence.is_manual)
            .where(Presence.rule_id == rule_id)
            .order_by(Presence.rule_day, Presence.slot)
        )
        return [tuple(row) for row in rows]


def add(small: Small, values: RuleValues) -> int:
    return small.backend.execute(add_rules, [small.ana], values)[0]


@pytest.mark.row("R-T22", "R-T23")
def test_a_rule_makes_the_presences_of_its_days_at_its_site(small: Small) -> None:
    rule = add(small, RuleValues("FREQ=WEEKLY;BYDAY=MO,WE", FIRST, None, time(9), time(17), small.north))
    done = small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(13))
    assert done == Generated(4, 0, 0)
    rows = made(small, rule)
    assert [row[0].isoformat() for row in rows] == ["2031-12-01", "2031-12-03", "2031-12-08", "2031-12-10"]
    assert rows[0][2] == datetime(2031, 12, 1, 7, tzinfo=UTC)  # nine in Jerusalem
    with small.database.reading() as session:
        assert set(session.scalars(select(Presence.site_id).where(Presence.rule_id == rule))) == {small.north}


_RULES = st.builds(
    RuleValues,
    st.sampled_from(
        [
            "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,TU,TH", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU",
            "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
        ]
    ),
    st.dates(date(2031, 1, 1), date(2031, 12, 31)),
    st.none(),
    st.sampled_from([time(0), time(2, 30), time(8)]),
    st.sampled_from([time(9), time(16, 45), time(23, 59)]),
)  # fmt: skip


@pytest.mark.row("R-T23")
@settings(max_examples=12)
@given(values=st.lists(_RULES, min_size=1, max_size=3), start=st.integers(0, 300), length=st.integers(0, 90))
def test_generating_twice_is_generating_once(small: Small, values: list[RuleValues], start: int, length: int) -> None:
    first = date(2031, 1, 1) + timedelta(start)
    with small.database.transaction() as session:
        session.execute(delete(Presence))
        session.execute(delete(PresenceRule))
    for each in values:
        add(small, each)
    last = first + timedelta(length)
    small.backend.execute(generate, first=first, last=last)
    with small.database.reading() as session:
        once = session.execute(select(Presence.id, Presence.starts_at, Presence.ends_at)).all()
    assert small.backend.execute(generate, first=first, last=last) == Generated(0, 0, 0)
    with small.database.reading() as session:
        assert session.execute(select(Presence.id, Presence.starts_at, Presence.ends_at)).all() == once


@pytest.mark.row("R-T23")
def test_hours_are_those_of_the_wall_clock_on_either_side_of_the_night_that_is_an_hour_short(small: Small) -> None:
    # In Jerusalem the clocks go forward on Friday 28 March 2031 at two in the morning.
    rule = add(small, RuleValues("FREQ=DAILY", date(2031, 3, 27), None, time(1), time(9)))
    small.backend.execute(generate, first=date(2031, 3, 27), last=date(2031, 3, 29))
    rows = made(small, rule)
    assert [(end - start) for _, _, start, end, _ in rows] == [
        timedelta(hours=8),
        timedelta(hours=7),
        timedelta(hours=8),
    ]
    for _, _, start, end, _ in rows:
        assert (start.astimezone(ZONE).hour, end.astimezone(ZONE).hour) == (1, 9)


@pytest.mark.row("R-T20")
def test_a_rule_without_hours_takes_the_working_hours_of_each_weekday(small: Small) -> None:
    week = (DayHours(0, time(8), time(12)), DayHours(0, time(13), time(17)), DayHours(2, time(10), time(14)))
    assert small.backend.execute(set_hours, [small.ana, small.levi], week) == 2
    assert {each.name: each.week for each in small.backend.execute(working_hours)}["Levi"] == week
    rule = add(small, RuleValues("FREQ=DAILY", FIRST))
    assert small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(6)).added == 3
    hours = [(day.weekday(), slot, start.astimezone(ZONE).hour) for day, slot, start, _, _ in made(small, rule)]
    assert hours == [(0, 0, 8), (0, 1, 13), (2, 0, 10)]
    small.backend.execute(set_hours, [small.ana], (DayHours(0, time(7), time(12)),))
    assert small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(6)) == Generated(0, 1, 2)


@pytest.mark.row("R-T20")
def test_hours_that_overlap_or_end_before_they_start_are_refused(small: Small) -> None:
    for week in (
        (DayHours(0, time(8), time(8)),),
        (DayHours(0, time(8), time(12)), DayHours(0, time(11), time(13))),
    ):
        with pytest.raises(Refused):
            small.backend.execute(set_hours, [small.ana], week)


@pytest.mark.row("R-T23")
def test_a_change_from_a_day_on_touches_no_earlier_day_and_no_day_changed_by_hand(small: Small) -> None:
    rule = add(small, NINE_TO_FIVE)
    small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(20))
    with small.database.transaction() as session:
        by_hand = {"ends_at": datetime(2031, 12, 15, 10, tzinfo=UTC), "is_manual": True}
        session.execute(update(Presence).where(Presence.rule_day == date(2031, 12, 15)).values(by_hand))
    before = made(small, rule)
    row = next(each for each in small.backend.execute(rules) if each.id == rule)
    changed = RuleValues("FREQ=WEEKLY;BYDAY=MO,WE", FIRST, None, time(6), time(14))
    saved = small.backend.execute(change_rule, rule, row.version, date(2031, 12, 10), changed)
    assert made(small, rule) == before[:3]
    later = made(small, saved.rule_id)
    assert [(each[0].day, each[2].astimezone(ZONE).hour, each[4]) for each in later] == [
        (10, 6, False), (15, 9, True), (17, 6, False),
    ]  # fmt: skip
    assert small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(20)) == Generated(0, 0, 0)


@pytest.mark.row("R-T23")
def test_every_second_week_stays_the_same_weeks_after_a_change_of_hours(small: Small) -> None:
    fortnightly = RuleValues("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", FIRST, None, time(9), time(17))
    rule = add(small, fortnightly)
    small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(60))
    days = [each[0] for each in made(small, rule)]
    # From the Wednesday of a week that is left out.
    shorter = RuleValues(fortnightly.rrule, FIRST, None, time(9), time(12))
    saved = small.backend.execute(change_rule, rule, 1, date(2031, 12, 10), shorter)
    assert days == [each[0] for each in (*made(small, rule), *made(small, saved.rule_id))]


@pytest.mark.row("R-T23")
def test_a_rule_that_ends_takes_its_later_presences_along(small: Small) -> None:
    rule = add(small, NINE_TO_FIVE)
    small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(20))
    assert small.backend.execute(remove_rule, rule, 1, date(2031, 12, 8)) == 4
    assert len(made(small, rule)) == 2
    assert small.backend.execute(generate, first=FIRST, last=FIRST + timedelta(20)) == Generated(0, 0, 0)


def test_a_preview_shows_the_next_days_and_a_wrong_rule_is_refused_in_words(small: Small) -> None:
    shown = small.backend.execute(preview, NINE_TO_FIVE, small.ana, FIRST, 3)
    assert [(day.day, hours) for day, hours in shown] == [(day, ((time(9), time(17)),)) for day in (1, 3, 8)]
    for text in ("", "FREQ=HOURLY", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;INTERVAL=0"):
        with pytest.raises(Refused):
            small.backend.execute(preview, RuleValues(text, FIRST), small.ana, FIRST)


@pytest.mark.row("R-T30", "R-T23")
def test_generating_beyond_the_known_holidays_fills_them_in_first(small: Small) -> None:
    add(small, NINE_TO_FIVE)
    small.backend.execute(generate, first=FIRST, last=FIRST)
    assert small.backend.execute(holidays, 2031) == ()  # nobody ever filled them in: that is the office's choice
    small.backend.execute(fill_holidays, 2031, 2031)
    small.backend.execute(remove_holiday, small.backend.execute(holidays, 2031)[0].id)
    before = small.backend.execute(holidays, 2031)
    for _ in range(2):
        small.backend.execute(generate, first=FIRST, last=date(2033, 2, 1))
        assert small.backend.execute(holidays, 2031) == before
        assert [len(small.backend.execute(holidays, year)) > 5 for year in (2032, 2033, 2034)] == [True, True, False]
