"""Which hours of which days are shown."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.unit.ui.planner.canvas.conftest import AVI, DAY, ZONE, at, bar, small_model
from ui.planner.canvas.grid import Grid
from ui.planner.canvas.periods import Period, presence_hours, visits_outside
from ui.planner.canvas.rows import seconds
from ui.planner.canvas.scale import TimeScale


def clocks(windows: tuple[tuple[int, int], ...]) -> list[tuple[str, str]]:
    return [
        (f"{datetime.fromtimestamp(start, ZONE):%d %H:%M}", f"{datetime.fromtimestamp(end, ZONE):%d %H:%M}")
        for start, end in windows
    ]


def test_nights_are_folded_unless_somebody_is_there() -> None:
    period = Period(DAY, 2, ZONE, (7 * 60, 19 * 60))
    assert clocks(period.windows()) == [("24 07:00", "24 19:00"), ("25 07:00", "25 19:00")]
    late = [(seconds(at(22, 30)), seconds(at(1, 15, day=1)))]
    assert clocks(period.windows(late)) == [("24 07:00", "25 00:00"), ("25 00:00", "25 19:00")]


def test_hours_follow_the_presences_and_the_visits_outside_them() -> None:
    model = small_model()
    assert presence_hours(model, ZONE) == (8 * 60, 17 * 60)
    period = Period(DAY, 1, ZONE, presence_hours(model, ZONE))
    assert visits_outside(model, period) == []
    model.replace_visits([bar(13, AVI, at(18), at(19))])
    assert visits_outside(model, period) == [(seconds(at(18)), seconds(at(19)))]


@pytest.mark.row("R-X6")
def test_days_and_hours_are_those_of_the_company_when_the_clocks_change() -> None:
    rome = ZoneInfo("Europe/Rome")
    period = Period(date(2026, 3, 29), 1, rome, None)  # 23 hours long
    (window,) = period.windows()
    assert window[1] - window[0] == 23 * 3600
    scale = TimeScale(period.windows(), 1.0)
    labels = [mark.label for mark in Grid(period, scale).marks_between(*window)]
    assert labels[:5] == ["00", "01", "03", "04", "05"]
    assert datetime.fromtimestamp(window[0], UTC).hour == 23
