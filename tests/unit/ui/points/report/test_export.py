"""One dialog for every kind of file: what is asked, what is told, and what the file is called."""

import csv
import zipfile
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.db.database import Database
from app.domain.people import Permission
from app.domain.points.asked import Asked, Slice
from app.services.points import export_rows
from tests.kit.points_office import PointsOffice
from tests.kit.robot import Desktop
from ui.kit.messages import Kind
from ui.kit.screen import Person
from ui.points.report.export import begin_export, export_to


@pytest.fixture
def desk(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    office = PointsOffice(database)
    for number in range(3):
        office.scored(office.dana, office.customers[0], office.sale["Won"], note=f"Note {number}")
    person = Person(office.manager.id, "Sara", frozenset({Permission.SEE_POINTS}))
    opened = Desktop(database, tmp_path / "desk", qtbot, person, ())
    yield opened
    opened.close()
    database.close()


def answer(monkeypatch, name, kind=""):
    """What the person names in the dialog; gives what the dialog was asked with."""
    asked = []

    def choose(*args):
        asked.append(args)
        return str(name), kind

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    return asked


@pytest.mark.row("R-P13")
def test_each_kind_is_offered_written_and_opened(desk, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or len(opened) < 3)
    for ending in (".xlsx", ".csv", ".pdf"):
        kind = {".xlsx": "Workbook (*.xlsx)", ".csv": "CSV (*.csv)", ".pdf": "PDF (*.pdf)"}[ending]
        asked = answer(monkeypatch, tmp_path / "points", kind)
        assert begin_export(desk.window.desk, desk.window, Asked()) is not None
        assert asked[0][3] == "Workbook (*.xlsx);;CSV (*.csv);;PDF (*.pdf)"
        desk.settle()
        assert desk.said_last() == f"Saved as points{ending}: 3 rows."
        desk.said[-1].offer.do()
    assert opened == [str(tmp_path / f"points{ending}") for ending in (".xlsx", ".csv", ".pdf")]
    assert desk.said_last() == "No program here shows points.pdf."
    assert zipfile.is_zipfile(tmp_path / "points.xlsx")
    assert (tmp_path / "points.pdf").read_bytes().startswith(b"%PDF")
    with (tmp_path / "points.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[7] for row in csv.reader(file)] == ["Note", "Note 0", "Note 1", "Note 2"]
    # The next one is suggested where the last one went.
    assert Path(asked[0][2]) == tmp_path / "Task points summary.xlsx"


def test_nothing_is_written_where_no_file_is_named(desk, tmp_path, monkeypatch):
    answer(monkeypatch, "")
    assert begin_export(desk.window.desk, desk.window, Asked()) is None
    desk.settle()
    assert desk.said == []


def test_a_stopped_export_says_so_and_leaves_the_old_file(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(export_rows, "STRETCH", 1)
    path = tmp_path / "points.csv"
    path.write_text("before")
    job = export_to(desk.window.desk, path, Asked())
    job.cancel()
    desk.settle()
    assert desk.said_last() == "The export was stopped. Nothing was saved."
    assert path.read_text() == "before"


@pytest.mark.row("R-P14")
def test_what_cannot_be_written_is_told_once(desk, tmp_path):
    for ending, by in ((".pdf", None), (".xlsx", Slice.MONTH)):
        export_to(desk.window.desk, tmp_path / "gone" / f"points{ending}", Asked(), by)
        desk.settle()
    assert [each.kind for each in desk.said] == [Kind.ERROR, Kind.ERROR]
    assert desk.said_last().startswith("The file points.xlsx cannot be written: No such file or directory")
