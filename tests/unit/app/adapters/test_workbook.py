"""Workbooks: what goes in comes out, exactly, however strange the text and however many the rows."""

import re
import tracemalloc
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.adapters.sheets import Heading, sheet_file
from app.adapters.workbook import BookColumn, book_file, clean
from app.domain.errors import UserError

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def columns(*shown):
    return [BookColumn(f"Column {place}", each, 12) for place, each in enumerate(shown)]


def as_meant(text):
    """What a text of a sheet means: marks that XML has no place for are written as numbers."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@settings(max_examples=40)
@given(st.lists(st.text() | st.from_regex("(_x00[0-9A-F]{2}_?){1,3}", fullmatch=True), min_size=1, max_size=5))
def test_any_text_makes_a_file_that_means_the_same(tmp_path_factory, found):
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    with book_file(path, "Any", columns(*[None] * len(found)), 100) as book:
        book.write(found)
    with zipfile.ZipFile(path) as package:
        root = ET.fromstring(package.read("xl/worksheets/sheet1.xml"))
    read = [as_meant(each.text or "") for each in root.iter(f"{SPACE}t")]
    assert read == [text for text in map(clean, found) if text]
    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_every_kind_of_cell_and_its_look(tmp_path):
    path = tmp_path / "kinds.xlsx"
    with book_file(
        path, "Kinds", columns(None, None, "dd/mm/yyyy hh:mm:ss", "dd/mm/yyyy", "[h]:mm:ss", None), 9
    ) as book:
        book.write([
            7, Decimal("-999999999.9999"), datetime.fromisoformat("2026-11-23T14:05:09"), date(2024, 2, 29),
            timedelta(hours=30, seconds=5), None,
        ])  # fmt: skip
        book.write(["_x0041_", " a ", None, None, None, "x" * 40_000])
    first, second = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]
    assert first[0] == 7
    assert first[2:4] == [datetime.fromisoformat("2026-11-23T14:05:09"), date(2024, 2, 29)]
    assert first[4] in (timedelta(hours=30, seconds=5), pytest.approx(1.25 + 5 / 86400))
    assert second[1:5] == [" a ", "", "", ""]
    assert len(second[5]) == 32_767
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        inside = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>-999999999.9999</v>" in inside
    assert "_x005F_x0041_" in inside


def test_rows_cost_no_memory(tmp_path):
    row = ["Paolo Rossi", "Came in time", Decimal("12.5")]
    most = []
    for count in (1_000, 8_000):
        tracemalloc.start()
        with book_file(tmp_path / "long.xlsx", "Long", columns(None, None, None), 30_000) as book:
            for _number in range(count):
                book.write(row)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < most[0] + 200_000


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_disk_that_is_full_half_way_leaves_no_file(tmp_path, monkeypatch, ending):
    path = tmp_path / f"points.{ending}"

    def refuse(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)

    def write():
        with sheet_file(path, "Points", [Heading("A")]) as file:
            file.write(["a"])

    with pytest.raises(UserError, match="No space left"):
        write()
    assert list(tmp_path.iterdir()) == []
