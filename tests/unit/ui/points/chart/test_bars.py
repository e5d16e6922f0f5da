"""Bars as one sees, points at and walks over them."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from tests.unit.ui.points.chart.conftest import board_of, months
from ui.kit import theme, translate
from ui.kit.bidi import bare
from ui.points.chart.bars import Bars
from ui.points.chart.marks import steps
from ui.points.chart.naming import month_labels, wrapped
from ui.points.chart.palette import look_of

OCTOBER, NOVEMBER = months(2)


def middle(bars: Bars, place: int) -> QPoint:
    """A point in the slot of a bar, high above it."""
    area, slot = bars.plot.area(), bars.plot.slot_rect(place)
    return QPoint(round(area.left() + slot.center().x()), round(area.top() + 5))


def press(bars: Bars, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(bars, key)


@pytest.mark.row("U50")
def test_negatives_hang_below_zero_and_nothing_is_clamped(chart):
    plot = chart.bars.plot
    above, below, nothing, least, _some, most = (plot.bar_rect(place) for place in range(6))
    zero = nothing.top()
    assert nothing.height() == 0
    assert above.bottom() == zero == below.top()
    assert below.height() > 0
    # The smallest number there is can be seen, on its side.
    assert least.bottom() == zero
    assert least.height() == 2
    assert most.height() > 100 * above.height()
    assert most.height() / above.height() == pytest.approx(1234.5678 / 10.5, rel=0.5)


@pytest.mark.row("U50")
def test_a_zero_has_its_mark_on_the_line(chart):
    plot = chart.bars.plot
    place = plot.area().topLeft() + plot.bar_rect(2).center()
    painted = chart.bars.grab().toImage().pixelColor((place + QPointF(0, -1)).toPoint())
    assert painted.name() == QColor(look_of(OCTOBER).fill).name()


def test_the_axis_has_round_steps_and_zero():
    assert steps(Decimal(-7), Decimal(1234), 5) == (0, 500, 1000)
    assert steps(Decimal(-900), Decimal(0), 4) == (-500, 0)
    assert steps(Decimal(0), Decimal("0.0003"), 9) == tuple(Decimal(n) / 10000 for n in range(4))
    assert steps(Decimal(0), Decimal(0), 5) == (0,)


def hover(bars, at):
    """The mouse comes there. Off the screen one mouse serves all windows, and tells nothing where it stood already."""
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(bars.mapToGlobal(at)), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(bars, event)


@pytest.mark.row("R-P17")
def test_hovering_tells_worker_month_and_points(chart):
    bars = chart.bars
    assert bars.hint_at(QPointF(middle(bars, 1))) == "Dana Levi, November 2026: \u22124 points"
    # The surface lets the mouse through to the widget that answers it.
    assert bars.childAt(middle(bars, 1)) is None
    hover(bars, middle(bars, 1))
    assert bars.plot.pointed == 1
    assert bare(QToolTip.text()) == "Dana Levi, November 2026: \u22124 points"
    hover(bars, QPoint(1, 1))
    assert bars.plot.pointed is None
    # A name cut short is told in full beneath its bars.
    beneath = QPointF(middle(bars, 4).x(), bars.plot.area().bottom() + 8)
    assert bars.hint_at(beneath) == "Maria Giovanna Bianchi-Ferrari della Torre"
    metrics = QFontMetricsF(theme.font(9))
    assert "\u2026" not in "".join(text for _at, text in bars.plot._beneath)
    first, second = wrapped("Maria Giovanna Bianchi-Ferrari della Torre", 84, metrics).split("\n")
    assert max(metrics.horizontalAdvance(first), metrics.horizontalAdvance(second)) <= 84
    assert "\u2026" in second


def test_a_click_and_enter_pick_a_bar(chart, picked):
    bars = chart.bars
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=middle(bars, 3))
    assert picked == [(2, NOVEMBER)]
    press(bars, Qt.Key.Key_Right, Qt.Key.Key_Return)
    assert picked[1:] == [(3, OCTOBER)]
    # Where the button goes up elsewhere nothing was meant.
    QTest.mousePress(bars, Qt.MouseButton.LeftButton, pos=middle(bars, 3))
    QTest.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=middle(bars, 0))
    assert len(picked) == 2


def test_the_keyboard_walks_and_tells(chart):
    bars = chart.bars
    assert bars.accessibleName() == "Points, 6 bars"
    heard = []
    for keys in (
        [Qt.Key.Key_Home],
        [Qt.Key.Key_Right],
        [Qt.Key.Key_Down],
        [Qt.Key.Key_Down, Qt.Key.Key_Down],
        [Qt.Key.Key_Up],
        [Qt.Key.Key_End, Qt.Key.Key_Right],
        [Qt.Key.Key_Left],
        [Qt.Key.Key_PageUp],
    ):
        press(bars, *keys)
        heard.append(bars.accessibleDescription())
    assert [each.split(":")[1] for each in heard] == [
        " 10.5 points", " \u22124 points", " 0.0001 points", " 1,234.5678 points",
        " 0.0001 points", " 1,234.5678 points", " 7 points", " 10.5 points",
    ]  # fmt: skip


def test_in_hebrew_the_chart_is_read_from_the_right(chart, qapp):
    bars = chart.bars
    translate.apply_language(qapp, "he")
    plot = bars.plot
    assert plot.slot_rect(0).left() > plot.slot_rect(1).left() > plot.slot_rect(5).left()
    assert plot.area().left() < 5
    press(bars, Qt.Key.Key_Home, Qt.Key.Key_Left)
    assert bars.cursor_mark.month == NOVEMBER
    assert bars.plot.place_at(QPointF(middle(bars, 4))) == 4
    translate.apply_language(qapp, "en")
    assert plot.slot_rect(0).left() < plot.slot_rect(1).left()
    assert bars.cursor_mark.month == NOVEMBER


@pytest.mark.row("R-P17")
def test_a_month_is_one_bar_of_all_or_of_the_one_there_is(chart, picked):
    bars = chart.bars
    chart.show_board(chart.board, "month")
    press(bars, Qt.Key.Key_Home, Qt.Key.Key_Return)
    assert bars.accessibleDescription() == "October 2026: 17.5 points"
    chart.show_board(board_of(("10.5", "-4")), "month")
    press(bars, Qt.Key.Key_End, Qt.Key.Key_Return)
    assert bars.accessibleDescription() == "Dana Levi, November 2026: \u22124 points"
    assert picked == [(None, OCTOBER), (1, NOVEMBER)]


@pytest.mark.row("U52")
def test_the_newest_month_is_seen_first_and_nobody_is_blamed(chart):
    bars = chart.bars
    chart.show_board(board_of(("1",) * 60, count=60), "month")
    chart.resize(500, 300)
    assert bars.plot.farthest > 0
    chart.show_board(board_of(("1",) * 59, count=59), "month")
    assert bars.plot.seen().stop == 59
    chart.show_board(board_of(), "month")
    assert bars.plot.message == "No points yet."


def test_only_what_is_in_view_is_painted_by_items_that_stay(chart):
    bars = chart.bars
    rows = [tuple(str(place % 97 - 5) for place in range(number, number + 24)) for number in range(500)]
    items = len(bars.plot.canvas.scene().items())
    chart.show_board(board_of(*rows, count=24))
    assert len(bars.marks) == 12_000
    assert len(bars.plot.seen()) < 240
    assert len(bars.plot.canvas.scene().items()) == items
    press(bars, Qt.Key.Key_End)
    assert bars.plot.seen().stop == 12_000
    assert bars.bar.value() == bars.plot.farthest > 50_000
    press(bars, Qt.Key.Key_PageUp)
    seen = bars.plot.slot_rect(bars.plot.cursor_place)
    assert 0 <= seen.left() < seen.right() <= bars.plot.room
    # New numbers leave the eye and the keyboard where they were.
    value, here = bars.bar.value(), bars.cursor_mark
    chart.show_board(board_of(*rows[1:], rows[0], count=24))
    assert bars.bar.value() == value
    assert (bars.cursor_mark.worker_id, bars.cursor_mark.month) == (here.worker_id, here.month)
    assert bars.cursor_mark.points != here.points


def test_the_wheel_scrolls_only_where_there_is_more(chart, qtbot):
    bars = chart.bars
    assert bars.plot.farthest == 0
    QTest.wheelEvent(chart.window().windowHandle(), middle(bars, 0), QPoint(0, -120))
    assert bars.bar.value() == 0
    chart.show_board(board_of(*[("1",) * 12] * 40, count=12))
    QTest.wheelEvent(chart.window().windowHandle(), bars.mapTo(chart.window(), QPoint(200, 100)), QPoint(0, -120))
    assert bars.bar.value() > 0


def test_the_colours_follow_the_theme(chart, monkeypatch):
    plot = chart.bars.plot
    monkeypatch.setattr(theme._Look, "tokens", theme.DARK)
    theme.news.changed.emit()
    place = (plot.area().topLeft() + plot.bar_rect(5).center()).toPoint()
    painted, look = chart.bars.grab().toImage(), look_of(NOVEMBER, theme.DARK)
    assert painted.pixelColor(2, 2).name().upper() == theme.DARK.surface
    assert painted.pixelColor(place).name().upper() in {look.fill, look.ink}


def test_months_are_named_as_often_as_there_is_room_and_years_where_they_begin(chart):
    metrics = QFontMetricsF(theme.font(9))

    def named(room: float, seen: range) -> list[str]:
        return [bare(text).replace("\n", " ").strip() for _at, text in month_labels(months(60), seen, room, metrics)]

    # From December 2021 on.
    assert named(60, range(4)) == ["Dec 2021", "Jan 2022", "Feb", "Mar"]
    assert named(14, range(3, 15)) == ["Apr 2022", "Jul", "Oct", "Jan 2023"]
    assert named(4, range(60)) == [f"Jan {year}" for year in range(2022, 2027)]


def test_values_stand_at_bars_that_have_room(chart):
    layer = chart.bars.plot._layer
    assert {text for _area, text in layer._values} >= {"10.5", "0"}
    chart.show_board(board_of(*[("1234.5",) * 24] * 3, count=24))
    assert layer._values == []
    assert date(2026, 11, 1) in layer._months


def test_a_number_wider_than_its_bar_stands_where_nothing_is_beside_it(chart):
    layer = chart.bars.plot._layer
    chart.show_board(board_of(*[("12.5", "100.5", "90.5", "12.5") * 2] * 5, count=8))
    areas = [area for area, _text in layer._values]
    assert min(area.width() for area in areas) > chart.bars.plot.slots.bar
    assert [text for _area, text in layer._values].count("100.5") == 10
    bars = [bar for bars in layer._months.values() for bar in bars]
    assert not any(area.intersects(other) for at, area in enumerate(areas) for other in (*areas[:at], *bars))
