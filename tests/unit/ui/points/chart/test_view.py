"""The legend, the table of the same numbers, and the picture."""

import xml.etree.ElementTree as ET
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.unit.ui.points.chart.conftest import board_of, months
from ui.kit import translate
from ui.kit.bidi import bare
from ui.points.chart.picture import Picture, image

OCTOBER, NOVEMBER = months(2)


def cells(model) -> list[list[str]]:
    """What a table shows, without marks of direction."""
    return [
        [bare(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def headers(model) -> list[str]:
    return [bare(model.headerData(column, Qt.Orientation.Horizontal)) for column in range(model.columnCount())]


@pytest.mark.row("R-P17")
@pytest.mark.row("R-P18")
@pytest.mark.row("U52")
def test_the_legend_has_every_month_with_its_total_the_newest_first(chart):
    assert cells(chart.legend.model) == [["November 2026", "1,230.5679"], ["October 2026", "17.5"]]
    assert chart.legend.total.text() == "Total: 1,248.0679"


@pytest.mark.row("R-P17")
def test_months_are_hidden_by_mouse_and_by_keys_and_stay_hidden(chart):
    bars, legend = chart.bars, chart.legend
    index = legend.model.index(0, 1)
    QTest.mouseClick(legend.view.viewport(), Qt.MouseButton.LeftButton, pos=legend.view.visualRect(index).center())
    assert legend.hidden == {NOVEMBER}
    assert bars.marks.months == (OCTOBER,)
    assert legend.total.text() == "Total: 17.5"
    assert index.siblingAtColumn(0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    # Newer numbers do not bring it back.
    chart.show_board(board_of(("1", "2")))
    assert len(bars.marks) == 1
    legend.view.selectRow(1)
    QTest.keyClick(legend.view, Qt.Key.Key_Space)
    assert bars.plot.message == "All months are hidden."
    QTest.keyClick(legend.view, Qt.Key.Key_Return)
    assert bars.marks.months == (OCTOBER,)
    legend.show_only(NOVEMBER)
    assert bars.marks.months == (NOVEMBER,)
    legend.show_all()
    assert bars.marks.months == (OCTOBER, NOVEMBER)


@pytest.mark.row("R-P18")
@pytest.mark.row("U50")
def test_the_table_has_the_same_exact_numbers_one_key_away(chart, picked):
    QTest.keyClick(chart.bars, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert chart.is_table
    table = chart.table
    assert table.hasFocus()
    assert headers(table.numbers) == ["Place", "Worker", "Last 30 days", "Total", "Nov 2026", "Oct 2026"]
    assert cells(table.numbers)[:2] == [
        ["1", "Dana Levi", "1", "6.5", "\u22124", "10.5"],
        ["2", "Avi Cohen", "2", "0.0001", "0.0001", "0"],
    ]
    table.setCurrentIndex(table.numbers.index(1, 5))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert picked == [(2, OCTOBER)]
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "1\tDana Levi\t1\t6.5\t\u22124\t10.5"
    chart.legend.toggle(OCTOBER)
    assert cells(table.numbers)[0] == ["1", "Dana Levi", "1", "\u22124", "\u22124"]
    chart.show_board(chart.board, "month")
    assert cells(table.numbers) == [["November 2026", "1,230.5679"]]
    chart.turn()
    assert chart.bars.hasFocus()
    assert chart.bars.marks.by == "month"


def test_the_table_is_sorted_by_numbers_and_keeps_the_order_among_equals(chart):
    chart.show_board(board_of(("0", "-4"), ("0", "30"), ("0", "7")))
    chart.show_table(True)
    table, header = chart.table, chart.table.horizontalHeader()
    table.selectRow(1)

    def click(column: int) -> list[str]:
        place = QPoint(header.sectionViewportPosition(column) + 12, 8)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        return [row[column] for row in cells(table.numbers)]

    assert click(4) == ["\u22124", "7", "30"]
    assert click(4) == ["30", "7", "\u22124"]
    # Who was chosen stays chosen.
    assert bare(table.currentIndex().siblingAtColumn(1).data()) == "Avi Cohen"
    click(5)
    assert [row[0] for row in cells(table.numbers)] == ["1", "2", "3"]
    # Newer numbers come in the order that was chosen.
    click(4)
    chart.show_board(board_of(("0", "50"), ("0", "30"), ("0", "-7")))
    assert [row[4] for row in cells(table.numbers)] == ["\u22127", "30", "50"]


def test_numbers_and_months_follow_the_language(chart, qapp):
    chart.show_table(True)
    translate.apply_language(qapp, "it")
    assert cells(chart.legend.model)[0] == ["novembre 2026", "1.230,5679"]
    assert headers(chart.table.numbers)[4] == "nov 2026"
    assert cells(chart.table.numbers)[2][4] == "1.234,5678"


@pytest.mark.row("R-P17")
def test_the_picture_is_kept_in_three_kinds_and_copied(chart, said, tmp_path):
    for ending in ("png", "svg", "pdf"):
        chart.save_picture(tmp_path / f"Points.{ending}")
    design = image(chart.picture()).size() / 2
    assert QImage(str(tmp_path / "Points.png")).size() == design * 2
    drawn = ET.parse(tmp_path / "Points.svg").getroot()
    assert drawn.get("viewBox") == f"0 0 {design.width()} {design.height()}"
    assert [each.text for each in drawn if each.tag.endswith("title")] == ["Points by worker"]
    # Letters are outlines: whoever opens it need not have the fonts.
    assert not [each for each in drawn.iter() if each.tag.endswith("text")]
    assert (tmp_path / "Points.pdf").read_bytes().startswith(b"%PDF")
    assert len(said) == 3
    QTest.keyClick(chart.bars, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().image().size() == design * 2


def test_a_picture_without_an_ending_is_a_png_where_no_kind_was_chosen(chart, said, tmp_path, monkeypatch):
    for name, kind in (("Bars", ""), ("Lines", "SVG (*.svg)")):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, told=(str(tmp_path / name), kind): told)
        chart.ask_file()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["Bars.png", "Lines.svg"]


def test_a_picture_that_cannot_be_written_is_told_and_leaves_nothing(chart, said, tmp_path):
    (tmp_path / "taken.svg").mkdir()
    chart.save_picture(tmp_path / "taken.svg")
    chart.save_picture(tmp_path / "nowhere" / "Points.png")
    assert [notice.kind.name for notice in said] == ["ERROR", "ERROR"]
    assert [each.name for each in tmp_path.iterdir()] == ["taken.svg"]


def test_a_picture_has_whole_groups_and_says_which(chart):
    board = board_of(*[("3",) * 24] * 500, count=24)
    whole = image(Picture(board, "month", "Points", date(2026, 11, 23)))
    part = image(Picture(board, "worker", "Points", date(2026, 11, 23), first=490))
    assert whole.width() < part.width() <= 4800
    # The last ones fill the width, from edge to edge.
    surface = part.pixelColor(0, 0)
    row = [part.pixelColor(x, 800) != surface for x in range(part.width())]
    assert any(row[-400:])
    assert not any(row[-40:])
