"""Calling hours on the clock of a zone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dialer.windows import default_hours, is_open, stretches

WEEK = {"days": {str(day): [["09:00", "13:00"], ["16:00", "20:00"]] for day in range(7)}}


@pytest.mark.row("U29")
def test_the_hours_follow_daylight_saving() -> None:
    found = stretches(WEEK, "Europe/Rome", date(2026, 3, 28), 2, ())
    assert [opens.hour for opens, _closes in found] == [8, 15, 7, 14], "the clock goes forward in the night between"


def test_hours_that_touch_over_midnight_are_one_stretch() -> None:
    always = {"days": {str(day): [["00:00", "24:00"]] for day in range(7)}}
    assert len(stretches(always, "Asia/Jerusalem", date(2026, 3, 26), 4, ())) == 1


@pytest.mark.row("F8")
def test_holidays_are_closed_and_eves_are_short_but_open_no_closed_day() -> None:
    hours = default_hours("IT")
    christmas = date(2026, 12, 25)
    eve = stretches(hours, "Europe/Rome", christmas - timedelta(1), 2, {christmas})
    assert [(opens.hour, closes.hour) for opens, closes in eve] == [(9, 18)]
    monday = date(2026, 12, 28)
    assert stretches(hours, "Europe/Rome", monday - timedelta(1), 1, {monday}) == ()


def test_a_country_has_hours_of_its_own() -> None:
    friday, sunday = 4, 6
    assert default_hours("IL")["days"][str(friday)] == [["09:00", "13:00"]]
    assert default_hours("IL")["days"][str(sunday)]
    assert not default_hours("IT")["days"][str(sunday)]
    assert not default_hours(None)["days"][str(sunday)]


@given(
    st.sampled_from(["Asia/Jerusalem", "Europe/Rome", "America/New_York", "Asia/Kathmandu"]),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(0, 24 * 60),
)
def test_open_is_what_the_wall_clock_says(zone: str, day: date, minute: int) -> None:
    at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) + timedelta(minutes=minute)
    wall = at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    assert is_open(WEEK, zone, at, ()) == ("09:00" <= wall < "13:00" or "16:00" <= wall < "20:00")


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 40))
def test_stretches_are_in_order_and_apart(day: date, days: int) -> None:
    found = stretches(WEEK, "Asia/Jerusalem", day, days, ())
    assert all(opens < closes for opens, closes in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))
