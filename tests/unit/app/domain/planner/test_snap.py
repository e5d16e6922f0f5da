"""Edges rest on the company's clock face; lengths survive everything, the change of the clocks too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.planner import Edge, Interval, Snap, moved, resized

START = datetime(2026, 3, 28, tzinfo=UTC)  # Italy's clocks go forward the next night, Israel's went the day before
ZONES = st.sampled_from([ZoneInfo("Asia/Jerusalem"), ZoneInfo("Europe/Rome"), ZoneInfo("Asia/Kolkata"), UTC])
moments = st.integers(0, 3 * 86_400).map(lambda s: START + timedelta(seconds=s))
steps = st.sampled_from([5, 10, 15, 30, 60])


@given(moments, steps, ZONES)
def test_grid_lies_on_local_wall_time(moment: datetime, minutes: int, zone: ZoneInfo) -> None:
    snap = Snap(zone, minutes)
    below, above = snap.floor(moment), snap.ceil(moment)
    assert below <= moment <= above
    assert above - below in (timedelta(0), timedelta(minutes=minutes))
    for line in (below, above):
        local = line.astimezone(zone)
        assert (local.hour * 60 + local.minute) % minutes == 0
        assert local.second == 0
    assert abs(snap.near(moment) - moment) * 2 <= timedelta(minutes=minutes)


@pytest.mark.row("R-T33", "U59")
@given(moments, st.integers(1, 3000), moments, moments, steps, ZONES)
def test_a_move_never_changes_the_length(
    start: datetime, length: int, grabbed: datetime, pointer: datetime, minutes: int, zone: ZoneInfo
) -> None:
    bar = Interval(start, start + timedelta(minutes=length))
    snap = Snap(zone, minutes)
    there = moved(bar, grabbed, pointer, snap)
    assert there.length == bar.length
    # The grab point stays under the pointer, but for what the grid takes.
    assert abs((pointer - there.start) - (grabbed - bar.start)) * 2 <= timedelta(minutes=minutes)


@pytest.mark.row("R-T33")
@given(moments, st.integers(1, 600), moments, steps, st.sampled_from(Edge))
def test_a_pulled_edge_leaves_the_other_and_a_shortest_length(
    start: datetime, length: int, pointer: datetime, minutes: int, edge: Edge
) -> None:
    bar = Interval(start, start + timedelta(minutes=length))
    there = resized(bar, edge, pointer, Snap(UTC, minutes))
    assert (there.end == bar.end) if edge is Edge.START else (there.start == bar.start)
    assert there.length >= min(bar.length, timedelta(minutes=minutes))


def test_bypass_leaves_whole_minutes() -> None:
    snap = Snap(UTC, 15).free()
    assert snap.near(START + timedelta(minutes=7, seconds=20)) == START + timedelta(minutes=7)


@pytest.mark.row("R-T33")
def test_dragging_over_the_change_of_the_clocks_keeps_length_and_wall_time() -> None:
    rome = ZoneInfo("Europe/Rome")
    bar = Interval(datetime(2026, 3, 28, 9, tzinfo=rome), datetime(2026, 3, 28, 10, 30, tzinfo=rome))
    there = moved(bar, bar.start, datetime(2026, 3, 29, 9, 4, tzinfo=rome), Snap(rome, 15))
    assert there.start.astimezone(rome).strftime("%d %H:%M") == "29 09:00"
    assert there.length == timedelta(minutes=90)
