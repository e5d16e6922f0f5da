"""The reports on the screen: chosen, narrowed, scrolled through, and written to files."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from app.db.database import Database
from app.models.dialer import DoNotCall, PoolEntry
from app.services.dialer import reports
from tests.kit.wall_robot import NOON, busy_day, call, opened
from ui.kit.messages import Kind


@pytest.fixture
def desk(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as made:
        yield made


@pytest.fixture
def seat(sqlite_url, tmp_path, qtbot):
    """The same on a single seat, for what has nothing to do with the engine."""
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as made:
        yield made
    database.close()


def everything(desk, code="attempts"):
    page = desk.reports(code)
    page.period.set_value("all")
    page._turn()
    desk.settle()
    return page


def texts(page, code):
    model = page.models[code]
    return [
        [(model.index(row, column).data() or "").strip("\u2068\u2069") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


@pytest.mark.row("R-D3")
def test_attempts_are_listed_with_who_made_them(desk):
    call(desk.database, desk.office, ("Dana", "Reached", 10), ("Avi", None, 5))
    page = everything(desk)
    assert [row[1:8] for row in texts(page, "attempts")] == [
        ["Avi", "Autumn check-up", "South", "Levi", "+97250" + texts(page, "attempts")[0][5][6:], "Skipped", ""],
        [
            "Dana",
            "Autumn check-up",
            "North",
            "Rossi",
            "+97250" + texts(page, "attempts")[1][5][6:],
            "Outgoing call",
            "Reached",
        ],
    ]
    assert texts(page, "attempts")[1][0] == "23/11/2026 14:10"
    assert page.told.text() == "2 rows"


def test_a_long_report_comes_page_by_page_as_one_goes_down(seat, monkeypatch):
    monkeypatch.setattr(reports, "PAGE", 40)
    busy_day(seat.database, seat.office, 130)
    page = everything(seat)
    table, model = page.tables["attempts"], page.models["attempts"]
    assert model.rowCount() < 130
    table.setFocus()
    for _turn in range(6):
        seat.press(Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier)
        table.scrollToBottom()
        seat.settle()
    assert model.rowCount() == 130
    assert len({row.id for row in model.rows}) == 130


def test_filters_are_those_the_report_knows(seat):
    call(seat.database, seat.office, ("Dana", "Reached", 10), ("Avi", "Reached", 9), ("Avi", "Reached", 8))
    page = everything(seat)
    page.agent.set_value(seat.office.agents["Avi"])
    page.agent.changed.emit(None)
    seat.settle()
    assert len(texts(page, "attempts")) == 2
    page.choose("refusals")
    seat.settle()
    assert (page.period.isVisible(), page.agent.isVisible(), page.pool.isVisible()) == (False, False, True)
    page.choose("hours")
    seat.settle()
    assert (page.period.isVisible(), page.pool.isVisible(), page.only_wrong.isVisible()) == (True, False, False)
    assert [row[1] for row in texts(page, "hours")] == ["Avi"]
    page.period.set_value("own")
    page._turn()
    assert page.first.isVisible()


@pytest.mark.row("F8")
def test_violations_are_marked_and_can_be_had_alone(desk):
    call(desk.database, desk.office, ("Dana", "Do not call", 60), ("Avi", "Reached", 50), ("Avi", "Reached", 45),
         ("Noa", "Reached", 10))  # fmt: skip
    with desk.database.transaction() as session:
        person = session.get_one(PoolEntry, desk.office.entries[0]).person
        if session.scalar(select(func.count()).select_from(DoNotCall)) == 0:
            # On SQLite the trigger has written the wish of that call; on PostgreSQL it was put in past the triggers.
            session.add(DoNotCall(person=person, at=NOON - timedelta(minutes=60), source="call"))
    page = everything(desk, "inspector")
    assert [row[2] for row in texts(page, "inspector")] == ["Does not want to be called", "", "", ""]
    QTest.mouseClick(page.only_wrong, Qt.MouseButton.LeftButton, pos=page.only_wrong.rect().center())
    page.only_wrong.setChecked(True)
    desk.settle()
    assert [row[4] for row in texts(page, "inspector")] == ["Noa"]
    assert page.models["inspector"].index(0, 2).data(Qt.ItemDataRole.ForegroundRole) is not None


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_report_is_written_from_the_keyboard(seat, tmp_path, monkeypatch, ending):
    busy_day(seat.database, seat.office, 30)
    page = everything(seat)
    kind = "CSV (*.csv)" if ending == ".csv" else "Workbook (*.xlsx)"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "calls"), kind))
    page.tables["attempts"].setFocus()
    seat.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert not page.export_button.isEnabled()
    seat.settle()
    path = tmp_path / f"calls{ending}"
    assert len(lines(path)) == 31
    assert seat.said[-1].words() == f"Saved as calls{ending}: 30 rows."
    assert page.export_button.isEnabled()
    assert page.busy.isHidden()


def lines(path: Path):
    if path.suffix == ".xlsx":
        return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_an_export_can_be_stopped(seat, tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.dialer.exporting.STRETCH", 1)
    busy_day(seat.database, seat.office, 60)
    page = everything(seat)
    page.export_to(tmp_path / "calls.csv")
    page.busy.cancel()
    seat.settle()
    assert not (tmp_path / "calls.csv").exists()
    assert list(tmp_path.glob(".calls*")) == []
    assert seat.said[-1].words() == "The export was stopped. Nothing was saved."


def test_a_file_that_cannot_be_written_is_told_once(seat, tmp_path):
    call(seat.database, seat.office, ("Dana", "Reached", 10))
    page = everything(seat)
    page.export_to(tmp_path / "gone" / "calls.xlsx")
    seat.settle()
    (told,) = seat.said
    assert told.kind is Kind.ERROR
    assert told.words().startswith(
        "The file calls.xlsx cannot be written: No such file or directory Nothing was saved."
    )


def test_in_hebrew_the_same_rows_stand_mirrored(seat):
    call(seat.database, seat.office, ("רחל כהן", "Reached", 10))
    page = everything(seat)
    seat.preferences.speak("he")
    seat.settle()
    table = page.tables["attempts"]
    assert table.columnViewportPosition(0) > table.columnViewportPosition(1)
    assert texts(page, "attempts")[0][1] == "רחל כהן"
    assert page.models["attempts"].rowCount() == 1
