"""x(t) and t(x) in both directions, at every zoom, with and without folded nights."""

from hypothesis import given
from hypothesis import strategies as st

from ui.planner.canvas.scale import TimeScale

DAY = 86_400


@st.composite
def scales(draw: st.DrawFn) -> TimeScale:
    start = draw(st.integers(0, 20_000)) * DAY
    opens, closes = draw(st.integers(0, 11)) * 3600, draw(st.integers(12, 24)) * 3600
    windows = [(start + n * DAY + opens, start + n * DAY + closes) for n in range(draw(st.integers(1, 28)))]
    scale = TimeScale(windows, draw(st.floats(0.03, 12)), mirrored=draw(st.booleans()))
    scale.width = draw(st.integers(100, 3000))
    scale.offset = draw(st.integers(0, max(scale.extent - scale.width, 0)))
    return scale


@given(scales(), st.integers(0, 2999))
def test_a_pixel_leads_back_to_itself(scale: TimeScale, pixel: int) -> None:
    pixel %= scale.width
    if 0 <= scale.along_at(pixel) < scale.extent:
        assert abs(scale.x(scale.t(pixel)) - pixel) <= 1 + scale.px_per_min / 60


@given(scales(), st.floats(0, 1), st.floats(0, 1))
def test_later_lies_further_along_and_scrolling_only_shifts(scale: TimeScale, first: float, second: float) -> None:
    span = scale.end - scale.start
    one, other = sorted((scale.start + int(first * span), scale.start + int(second * span)))
    assert scale.along(one) <= scale.along(other)
    left, right = scale.across(one, other)
    assert left <= right
    before = scale.x(one), scale.x(other)
    scale.offset += 17
    assert (scale.x(one) - before[0], scale.x(other) - before[1]) == (scale.shift(17), scale.shift(17))


@given(scales(), st.floats(0, 1), st.integers(60, 14_400))
def test_the_inlined_pieces_say_the_same(scale: TimeScale, share: float, length: int) -> None:
    for part in scale.parts(0, scale.width):
        start = part.start + int(share * (part.end - part.start - 1))
        end = min(start + length, part.end)
        first, last = int(part.base + part.slope * start), int(part.base + part.slope * end)
        left, right = scale.across(start, end)
        assert (part.origin + part.lead * first - part.tail * last, last - first) == (left, right - left)


@given(scales(), st.integers(0, 500), st.integers(1, 60), st.integers(0, 8))
def test_start_edge_is_where_time_begins(scale: TimeScale, left: int, size: int, margin: int) -> None:
    right = left + 100
    start, end = scale.leading(left, right, size, margin), scale.trailing(left, right, size, margin)
    near_left, near_right = left + margin, right - margin - size
    assert (start, end) == ((near_right, near_left) if scale.mirrored else (near_left, near_right))


def test_what_is_folded_away_lies_on_its_fold() -> None:
    scale = TimeScale([(0, 3600), (7200, 10_800)], 1)
    scale.width = 200
    assert [scale.x(second) for second in (0, 3600, 5000, 7200, 10_800)] == [0, 60, 60, 60, 120]
    assert [scale.is_shown(second) for second in (0, 3600, 7200)] == [True, False, True]
    assert scale.t(-50) == 0
    assert scale.t(500) == 10_800
