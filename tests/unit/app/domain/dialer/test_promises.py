"""Promises to call back, against the calling hours."""

from datetime import UTC, datetime, timedelta

from app.domain.dialer.promises import outside_hours
from app.i18n import say

NINE = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
HOURS = [(NINE + timedelta(days=day), NINE + timedelta(days=day, hours=11)) for day in range(3)]


def test_a_moment_outside_the_hours_is_told_when_they_open_again():
    assert outside_hours(HOURS, "Asia/Jerusalem", NINE) is None
    told = outside_hours(HOURS, "Asia/Jerusalem", NINE + timedelta(hours=11))
    assert told is not None
    assert "24/11/2026 09:00" in say(told)


def test_what_is_not_laid_out_is_not_judged():
    assert outside_hours([], "UTC", NINE) is None
    assert outside_hours(HOURS, "UTC", NINE + timedelta(days=30)) is None
