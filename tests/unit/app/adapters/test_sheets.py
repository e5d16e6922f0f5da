"""Files of tables: what goes in comes out, however strange the text, however many the rows, whatever goes wrong."""

import gc
import re
import tempfile
import tracemalloc
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.adapters import sheets
from app.adapters.sheets import Format, Heading, sheet_file
from app.domain.errors import UserError
from ui.kit.tasks import Cancelled

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def headings(*formats):
    return [Heading(f"Column {place}", each) for place, each in enumerate(formats)]


def inside(path):
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return package.read("xl/worksheets/sheet1.xml").decode()


def as_meant(text):
    """What a text of a sheet means: marks that XML has no place for are written as numbers."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def as_kept(text):
    """What no file can hold is left out, and what the library would take for its own moves by a blank."""
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    return f" {text}" if text.startswith("<r>") else text


@settings(max_examples=40)
@given(st.lists(st.text() | st.sampled_from(["_x0041_", " a ", "\0", "\x0b\ufffe"]), min_size=1, max_size=5))
@example(["<r>no such thing</r>", "<r><t>x</t></r>", "\0<r>&</r>", "<", "a\ud800b", "=1+1", "http://a.b"])
def test_any_text_makes_a_file_that_means_the_same(tmp_path_factory, found):
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    with sheet_file(path, "Any", headings(*[Format.PLAIN] * len(found))) as book:
        book.write(found)
    root = ET.fromstring(inside(path))
    cells = {each.get("r"): as_meant(each.findtext(f".//{SPACE}t") or "") for each in root.iter(f"{SPACE}c")}
    assert [cells.get(f"{chr(65 + place)}2", "") for place in range(len(found))] == [as_kept(text) for text in found]
    assert not list(root.iter(f"{SPACE}f"))
    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_every_kind_of_cell_and_its_look(tmp_path):
    path = tmp_path / "kinds.xlsx"
    formats = (Format.PLAIN, Format.POINTS, Format.MOMENT, Format.DAY, Format.TIME_SPAN, Format.PERCENT, Format.PLAIN)
    with sheet_file(path, "Kinds", headings(*formats), right_to_left=True) as book:
        book.write([
            7, Decimal("-999999999.9999"), datetime.fromisoformat("2026-11-23T14:05:09"), date(2024, 2, 29),
            timedelta(hours=30, seconds=5), 12.5, None,
        ])  # fmt: skip
        book.write(["_x0041_", Decimal("12.5000"), None, None, None, None, "🎈" * 40_000])
    first, second = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]
    assert first[:2] == [7, -999999999.9999]
    assert first[2:4] == [datetime.fromisoformat("2026-11-23T14:05:09"), date(2024, 2, 29)]
    assert first[4] in (timedelta(hours=30, seconds=5), pytest.approx(1.25 + 5 / 86400))
    assert first[5:] == [12.5, ""]
    assert second[1:6] == [12.5, "", "", "", ""]
    # As many as a cell holds, none of them half.
    assert second[6] == "🎈" * (32_767 // 2)
    written = inside(path)
    assert "<v>-999999999.9999</v>" in written
    assert "_x005F_x0041_" in written
    assert 'rightToLeft="1"' in written
    assert 'state="frozen"' in written


def test_a_full_sheet_goes_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "ROWS", 4)
    path = tmp_path / "long.xlsx"
    with sheet_file(path, "Calls [1/2]", [Heading("Number"), Heading("Day", Format.DAY)]) as file:
        for number in range(1, 8):
            file.write([number, date(2026, 11, number)])
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Calls  1 2", "Calls  1 2 2", "Calls  1 2 3"]
    read = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [rows[0] for rows in read] == [["Number", "Day"]] * 3
    assert [row for rows in read for row in rows[1:]] == [[each, date(2026, 11, each)] for each in range(1, 8)]


def test_rows_cost_no_memory(tmp_path):
    row = ["Paolo Rossi", "Came in time", Decimal("12.5")]
    most = []
    for count in (1_000, 4_000):
        tracemalloc.start()
        with sheet_file(tmp_path / "long.xlsx", "Long", headings(*[Format.PLAIN] * 3)) as book:
            for _number in range(count):
                book.write(row)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < most[0] + 200_000


# --- What goes wrong: no file, and nothing left behind


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where rows wait for their book."""
    found = tmp_path / "waiting"
    found.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(found))
    yield found
    assert list(found.iterdir()) == []


def write(path, **options):
    with sheet_file(path, "Points", [Heading("A")], **options) as file:
        file.write(["a"])


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_disk_that_is_full_at_the_end_leaves_no_file(tmp_path, folder, monkeypatch, ending):
    def refuse(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(UserError, match="No space left"):
        write(tmp_path / f"points.{ending}")
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize(("failure", "heard"), [(OSError, UserError), (Cancelled, Cancelled)])
def test_a_book_that_cannot_be_packed_or_is_not_wanted_leaves_no_file(tmp_path, folder, monkeypatch, failure, heard):
    monkeypatch.setattr(sheets, "_LOOK_EVERY", 2000)
    looks = []

    def look():
        looks.append(1)
        if len(looks) == 2:
            raise failure(28, "No space left on device")

    path = tmp_path / "points.xlsx"
    path.write_text("before")
    with pytest.raises(heard):
        write(path, look=look)
    # What is forgotten complains of nothing, such as an unfinished package.
    gc.collect()
    assert path.read_text() == "before"
    assert sorted(tmp_path.iterdir()) == [path, folder]


def test_rows_that_cannot_be_made_leave_no_file(tmp_path, folder):
    def write_half():
        with sheet_file(tmp_path / "points.xlsx", "Points", [Heading("A")]) as file:
            file.write(["a" * 100_000])
            raise Cancelled

    with pytest.raises(Cancelled):
        write_half()
    assert list(tmp_path.iterdir()) == [folder]
