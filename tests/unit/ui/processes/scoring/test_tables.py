"""The tables beside the drawing: settings and what last month would have been, in words and bars."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.services.points.history import SettingRow
from app.services.points.what_if import WorkerShift
from tests.kit.processes_robot import cells
from ui.kit import theme
from ui.processes.scoring.history import SettingTable
from ui.processes.scoring.shifts import BARS, ShiftBars, ShiftTable, signed
from ui.widgets.table import NUMBERS, TableView


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


def shift(user_id: int, name: str, before: str, after: str) -> WorkerShift:
    """A worker before and after."""
    return WorkerShift(user_id, name, Decimal(before), Decimal(after))


def test_workers_stand_by_the_size_of_their_difference(qtmodeltester: ModelTester):
    table = ShiftTable()
    assert table.ends == (Decimal(0), Decimal(0))
    table.show_shifts([shift(1, "Dana", "2.5", "2.5"), shift(2, "Avi", "0", "-7.0001"), shift(3, "Noa", "1", "3")])
    assert cells(table) == [
        ["Avi", "0", "−7.0001", "−7.0001", ""],
        ["Noa", "1", "3", "+2", ""],
        ["Dana", "2.5", "2.5", "0", ""],
    ]
    assert table.ends == (Decimal("-7.0001"), Decimal(3))
    assert [signed(Decimal(number)) for number in ("0", "1250.5", "-3")] == ["0", "+1,250.5", "−3"]
    at_end = NUMBERS.value
    horizontal, where = Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole
    assert [bool((table.headerData(each, horizontal, where) or 0) & at_end) for each in range(5)] == [
        False, True, True, True, False,
    ]  # fmt: skip
    qtmodeltester.check(table)


@pytest.mark.row("R-P7", "U47")
def test_a_setting_is_told_with_its_values_and_the_one_in_force_stands_out(qtmodeltester: ModelTester):
    table, since = SettingTable(), datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    points = Decimal(-100), Decimal("0.0001")
    table.show_rows(
        [
            SettingRow(3, since, "Boss", *points, scores_every_time=True, is_redemption=True, may_go_below=True),
            SettingRow(2, since, "Boss", *points, scores_every_time=False, is_redemption=True, may_go_below=False),
            SettingRow(1, since, None, *points, scores_every_time=False, is_redemption=False, may_go_below=False),
        ]
    )
    assert cells(table)[0] == ["20/11/2026 09:00", "Boss", "−100", "0.0001", "Every time", "May go below zero"]
    assert [row[5] for row in cells(table)[1:]] == ["While the balance holds them", ""]
    assert cells(table)[2][1] == "The program"
    fonts = [table.index(row, 0).data(Qt.ItemDataRole.FontRole) for row in range(3)]
    assert fonts[0] is not None
    assert fonts[1:] == [None, None]
    qtmodeltester.check(table)


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_bars_below_nothing_go_the_other_way(qtbot: QtBot, direction: Qt.LayoutDirection) -> None:
    view, table = TableView(), ShiftTable()
    qtbot.addWidget(view)
    view.setLayoutDirection(direction)
    view.setModel(table)
    view.setItemDelegateForColumn(BARS, ShiftBars(view))
    table.show_shifts([shift(1, "Dana", "0", "-10"), shift(2, "Avi", "0", "10")])
    view.resize(700, 200)
    for column in range(BARS):
        view.setColumnWidth(column, 60)
    view.show()
    picture = view.viewport().grab().toImage()
    above, below = (_middle_of_bar(picture, view, table, row) for row in range(2))
    assert (below < above) == (direction == Qt.LayoutDirection.LeftToRight)


def _middle_of_bar(picture: QImage, view: TableView, table: ShiftTable, row: int) -> float:
    """Where the bar of what would be lies in its row."""
    area = view.visualRect(table.index(row, BARS))
    accent = theme.tokens().color("accent").rgb()
    ratio = picture.devicePixelRatio()
    found = [
        x
        for x in range(area.left(), min(area.right(), view.viewport().width() - 1))
        for y in range(area.top(), area.bottom())
        if picture.pixel(int(x * ratio), int(y * ratio)) == accent
    ]
    assert found
    return sum(found) / len(found)
