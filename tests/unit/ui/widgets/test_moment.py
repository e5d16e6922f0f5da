"""The row of a past moment, across the nights in which clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from ui.widgets.moment import MomentRow

BACK = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
"""02:30 in Rome for the second time."""


@pytest.fixture
def row(qtbot: QtBot) -> MomentRow:
    made = MomentRow()
    qtbot.addWidget(made)
    made.set_zone(ZoneInfo("Europe/Rome"))
    return made


def minute(row: MomentRow) -> datetime:
    return row.value().replace(second=0, microsecond=0)


@pytest.mark.row("R-X5", "F9")
def test_both_hours_of_the_night_that_has_one_twice_can_be_looked_at(row: MomentRow) -> None:
    row.set_value(BACK)
    assert minute(row) == BACK, "it is not shown as of an hour before"
    row.step(-60)
    assert minute(row) == BACK - timedelta(hours=1)
    for _each in range(2):
        row.step(60)
    assert minute(row) == BACK + timedelta(hours=1)
    for _each in range(90):
        row.step(-1)
    assert minute(row) == BACK - timedelta(minutes=30)


def test_no_step_goes_astray_where_an_hour_is_left_out_and_a_day_keeps_its_time(row: MomentRow) -> None:
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    row.set_value(before)
    row.step(60)
    assert minute(row) == before + timedelta(hours=1)
    row.step(-60)
    row.step(1440)
    assert row.field.value() == datetime.fromisoformat("2026-03-30T01:30")
    row.step(-1440)
    assert minute(row) == before


def test_what_is_typed_is_told_and_nothing_lies_in_the_future(row: MomentRow, qtbot: QtBot) -> None:
    row.set_value(BACK)
    with qtbot.waitSignal(row.wanted):
        row.field.set_value(datetime.fromisoformat("2026-10-25T02:31"))
    assert minute(row) == datetime(2026, 10, 25, 0, 31, tzinfo=UTC)
    row.go_to_now()
    row.step(1440)
    assert row.value() <= datetime.now(UTC)
