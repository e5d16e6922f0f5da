"""The summary on paper: every row once, headings on each page, what it comes to at the end, in either direction."""

import re
import threading

import pytest
from PySide6.QtCore import QFile

from app import i18n
from app.db.database import Database
from app.domain.errors import UserError
from app.domain.points.asked import Asked, Slice
from app.services.points import export_rows
from tests.kit.points_office import PointsOffice
from ui.kit import theme
from ui.kit.tasks import Cancelled
from ui.points.report import pdf
from ui.points.report.pdf import export_pdf


@pytest.fixture
def office(sqlite_url, qapp):
    made = PointsOffice(Database(sqlite_url))
    yield made
    made.database.close()


@pytest.fixture
def painted(monkeypatch):
    """What is painted where: the text, the left edge of its place, and the page."""
    found = []
    paint = pdf._Pages._paint_cell

    def listen(self, told, span, *rest):
        found.append((told, span.left(), self._page))
        paint(self, told, span, *rest)

    monkeypatch.setattr(pdf._Pages, "_paint_cell", listen)
    return found


def told(_done, _total):
    """Progress nobody looks at."""


def fill(office, count):
    for number in range(count):
        office.scored(office.dana, office.customers[0], office.sale["Won"], note=f"Note {number}", worker_points="-0.5")


def in_background(work, *args):
    """Run away from the GUI thread, as a job does."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(work(*args)))
    thread.start()
    thread.join()
    return answers[0]


def pages(path):
    return len(re.findall(rb"/Type /Page\n", path.read_bytes()))


@pytest.mark.row("R-P13")
def test_pages_have_headings_numbers_and_the_totals_at_the_end(office, tmp_path, painted, monkeypatch):
    monkeypatch.setattr(export_rows, "STRETCH", 7)
    fill(office, 60)
    path, count = in_background(export_pdf, told, office.sees, Asked(), tmp_path / "points.pdf", theme.font())
    assert count == 60
    assert pages(path) == 2
    texts = [text for text, _left, _page in painted]
    assert [text for text in texts if text.startswith("Note ")] == [f"Note {number}" for number in range(60)]
    assert [page for text, _left, page in painted if text == "First name"] == [1, 2]
    assert texts[-3:] == ["Total: 60 rows", "60", "−30"]
    assert painted[-1][1] > painted[-2][1] > painted[-3][1]


def test_what_the_rows_are_narrowed_to_stands_under_the_title(office, tmp_path, painted):
    fill(office, 1)
    about = "Worker: Dana"
    in_background(export_pdf, told, office.sees, Asked(), tmp_path / "a.pdf", theme.font(), None, about)
    assert painted[0][0] == about


def test_in_hebrew_the_first_column_is_on_the_right(office, tmp_path, painted):
    fill(office, 2)
    i18n.use("he")
    in_background(export_pdf, told, office.sees, Asked(), tmp_path / "points.pdf", theme.font())
    lefts = [left for _text, left, _page in painted[:10]]
    assert lefts == sorted(lefts, reverse=True)
    assert painted[5][0] == "תאריך"


@pytest.mark.row("R-P14")
def test_sums_on_paper(office, tmp_path, painted):
    fill(office, 3)
    in_background(export_pdf, told, office.sees, Asked(), tmp_path / "points.pdf", theme.font(), Slice.MONTH)
    assert [text for text, _left, _page in painted] == [
        "Month", "Rows", "Customer's points", "Worker's points", "November 2026", "3", "3", "−1.5", "Total: 3 rows",
        "3", "−1.5",
    ]  # fmt: skip
    in_background(export_pdf, told, office.sees, Asked(), tmp_path / "points.pdf", theme.font(), Slice.GROUP)
    # Dana is in two groups.
    assert [text for text, _left, _page in painted if text.startswith("A worker counts")] == [painted[-1][0]]
    assert painted[-4][0] == "Total: 3 rows"


def test_a_text_longer_than_a_page_is_cut(office, tmp_path, painted):
    notes = ("word " * 5000, "x" * 300 + "\n" * 300)
    for note in notes:
        office.scored(office.dana, office.customers[0], office.sale["Won"], note=note)
    path, _count = in_background(export_pdf, told, office.sees, Asked(), tmp_path / "points.pdf", theme.font())
    assert pages(path) == 1
    cut = [text for text, _left, _page in painted if text.endswith("…")]
    assert len(cut) == 2
    assert all(200 < len(text) < 1000 and note.startswith(text[:-1]) for note, text in zip(notes, cut, strict=True))


def test_stopped_or_refused_it_leaves_what_was_there(office, tmp_path, monkeypatch):
    monkeypatch.setattr(export_rows, "STRETCH", 2)
    fill(office, 5)
    path = tmp_path / "points.pdf"
    path.write_text("before")

    def stop(done, _total):
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        export_pdf(stop, office.sees, Asked(), path, theme.font())
    with pytest.raises(UserError, match=r"gone|No such file|cannot be written"):
        export_pdf(told, office.sees, Asked(), tmp_path / "gone" / "points.pdf", theme.font())
    monkeypatch.setattr(QFile, "error", lambda _self: QFile.FileError.ResourceError)
    with pytest.raises(UserError):
        export_pdf(told, office.sees, Asked(), path, theme.font())
    assert path.read_text() == "before"
    assert list(tmp_path.glob(".*")) == []
