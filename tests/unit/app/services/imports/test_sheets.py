import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from app.domain.errors import UserError
from app.services.imports import limits
from app.services.imports.sheets import open_sheet

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
HEBREW = "שם;טלפון\nדוד לוי;052-1234567\nרחל כהן;03-5551234\n"
ITALIAN = "Nome;Città\nNiccolò;Forlì\nJosé;Pietà perché è così\n"


def read(path: Path, **options: str) -> list[tuple[int, list[str]]]:
    return list(open_sheet(path, **options).rows())


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (HEBREW, "utf-8", "utf-8-sig"),
        (HEBREW, "utf-8-sig", "utf-8-sig"),
        (HEBREW, "windows-1255", "windows-1255"),
        (ITALIAN, "utf-8", "utf-8-sig"),
        (ITALIAN, "windows-1252", "windows-1252"),
        ("Name;Price\nBolt;5 €\n", "windows-1252", "windows-1252"),
        ("Name;Town\nMüller;Überlingen\nWeiß;Ulm\n", "windows-1252", "windows-1252"),
        (HEBREW, "utf-16", "utf-16"),
        ("a;b\n" + "plain;text\n" * 100_000 + "perché;no\n", "utf-8", "utf-8-sig"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, text: str, encoding: str, found: str) -> None:
    path = tmp_path / "rows.txt"
    path.write_bytes(text.encode(encoding))
    sheet = open_sheet(path)
    assert sheet.encoding == found
    assert [";".join(sheet.headers), *(";".join(cells) for _line, cells in sheet.rows())] == text.splitlines()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_though_others_stand_in_the_cells(tmp_path: Path, delimiter: str) -> None:
    rows = [["name", "address", "note"], ["Rossi, Anna", "Via Roma; 1", "a\tb"], ["Levi", "Herzl 5 | 3", "x"]]
    path = tmp_path / "rows"
    path.write_text("\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows), encoding="utf-8")
    sheet = open_sheet(path)
    assert sheet.delimiter == delimiter
    assert [list(sheet.headers), *(cells for _line, cells in sheet.rows())] == rows


def test_a_line_that_names_the_delimiter_is_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("sep=;\nname;sum\nAnna;1,5,7,9\n", encoding="utf-8")
    sheet = open_sheet(path)
    assert sheet.headers == ("name", "sum")
    assert list(sheet.rows()) == [(3, ["Anna", "1,5,7,9"])]


def test_a_person_may_say_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("שם;עיר\nדן;חיפה\n".encode("windows-1255"))
    sheet = open_sheet(path, encoding="windows-1252", delimiter=",")
    assert (sheet.encoding, sheet.delimiter, len(sheet.headers)) == ("windows-1252", ",", 1)
    with pytest.raises(UserError):
        open_sheet(path, encoding="utf-8-sig")


def test_lines_are_numbered_as_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('name,note\n\nAnna,"two\nlines"\n,\nDan,\n"Eve"\n', encoding="utf-8")
    assert read(path) == [(3, ["Anna", "two\nlines"]), (6, ["Dan", ""]), (7, ["Eve", ""])]


def workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    hidden, sheet = book.add_worksheet("old"), book.add_worksheet("calls")
    hidden.write(0, 0, "nothing")
    hidden.hide()
    sheet.activate()
    sheet.set_first_sheet()
    day, moment = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "d mmm yyyy hh:mm"})
    sheet.write_row(0, 0, ["id", "name", "opened", "closed", "sum", "ok", "note"])
    sheet.write_row(2, 0, [1042, "דוד & <Levi>"])
    sheet.write_datetime(2, 2, date(2024, 5, 27), day)
    sheet.write_datetime(2, 3, datetime(2024, 5, 27, 14, 30, tzinfo=UTC).replace(tzinfo=None), moment)
    sheet.write_number(2, 4, 0.1)
    sheet.write_boolean(2, 5, True)
    sheet.write_formula(2, 6, '="a"&"b"', None, "ab")
    sheet.write_rich_string(3, 1, "An", book.add_format({"bold": True}), "na")
    book.close()
    return path


def test_a_workbook_is_read_as_it_shows_whatever_it_is_called(tmp_path: Path) -> None:
    sheet = open_sheet(workbook(tmp_path / "calls.csv"))
    assert sheet.is_workbook
    assert sheet.headers == ("id", "name", "opened", "closed", "sum", "ok", "note")
    assert list(sheet.rows()) == [
        (3, ["1042", "דוד & <Levi>", "2024-05-27", "2024-05-27T14:30:00", "0.1", "1", "ab"]),
        (4, ["", "Anna", "", "", "", "", ""]),
    ]


def zipped(path: Path, **parts: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/"), text)


def changed(path: Path, part: str, text: str | bytes) -> None:
    """A good workbook with one part replaced."""
    source = workbook(path.with_name("good.xlsx"))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))


def far_cell(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "name")
    sheet.write(1_048_575, 16_383, "x")
    book.close()


def cut_short(path: Path) -> None:
    whole = workbook(path.with_name("good.xlsx")).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


SHEET = "xl/worksheets/sheet2.xml"
ENTITY = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    '<worksheet><sheetData><row r="1"><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
)
LONG = f'<worksheet><sheetData><row r="1"><c t="str"><v>{"x" * 40_000}</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: None, "cannot be opened", id="no file"),
        pytest.param(lambda path: path.write_bytes(b""), "is empty", id="empty"),
        pytest.param(lambda path: path.write_bytes(b"\n \n\n"), "is empty", id="blank"),
        pytest.param(lambda path: path.write_bytes(b"\xef\xbb\xbf"), "is empty", id="only a BOM"),
        pytest.param(lambda path: path.write_bytes(b"name,phone\n"), "is empty", id="only a header"),
        pytest.param(lambda path: path.write_bytes(PNG), "not a table", id="picture"),
        pytest.param(lambda path: path.write_bytes(b"%PDF-1.7\nname,phone\nA,1\n"), "not a table", id="document"),
        pytest.param(lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "old format", id="old workbook"),
        pytest.param(
            lambda path: path.write_bytes(b"<html><table><tr><td>a</td></tr></table>"), "not a table", id="web page"
        ),
        pytest.param(lambda path: path.write_bytes(b"name,phone\nAn\x00na,1\n"), "NUL", id="NUL"),
        pytest.param(lambda path: path.write_text("name\nAn\x00na\n", encoding="utf-16"), "NUL", id="NUL in UTF-16"),
        pytest.param(
            lambda path: path.write_text(f"name,note\nA,{'x' * 40_000}\n"), "cell of more than", id="huge cell"
        ),
        pytest.param(
            lambda path: path.write_text(f"name,note\nA,{'x' * 400_000}\n"),
            "cell of more than",
            id="cell beyond csv's own limit",
        ),
        pytest.param(
            lambda path: path.write_text('name,note\nA,"never closed\nB,x\n' * 3),
            "quotation marks",
            id="quote not closed",
        ),
        pytest.param(lambda path: path.write_text('name,note\n"A" b,x\n'), "quotation marks", id="text after a quote"),
        pytest.param(lambda path: path.write_text("name,phone,name\nA,1,B\n"), "both called", id="double header"),
        pytest.param(
            lambda path: path.write_text(",".join(f"c{n}" for n in range(201)) + "\na\n"),
            "201 columns",
            id="too many columns",
        ),
        pytest.param(lambda path: path.write_text(" , \na,b\n"), "does not name", id="no header"),
        pytest.param(lambda path: zipped(path, text="hello"), "not a table", id="a zip"),
        pytest.param(lambda path: zipped(path, word__document="x"), "not a table", id="another office file"),
        pytest.param(cut_short, "damaged", id="cut short"),
        pytest.param(far_cell, "16384 columns", id="a cell at the far corner"),
        pytest.param(lambda path: changed(path, SHEET, "<worksheet><sheetData><row>"), "damaged", id="broken XML"),
        pytest.param(lambda path: changed(path, SHEET, ENTITY), "damaged", id="entities"),
        pytest.param(lambda path: changed(path, SHEET, LONG), "cell of more than", id="huge cell in a workbook"),
        pytest.param(lambda path: changed(path, SHEET, b" " * (64 << 20)), "larger inside", id="zip bomb"),
    ],
)
def test_a_bad_file_is_one_clear_refusal(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    path = tmp_path / "rows.csv"
    make(path)
    with pytest.raises(UserError) as refusal:
        list(open_sheet(path).rows())
    assert words in str(refusal.value)
    assert refusal.value.hint is not None
    assert refusal.value.hint.text.startswith("Nothing was imported.")


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "calls.xlsx")
    monkeypatch.setattr("app.services.imports.xlsx_package.MOST_UNPACKED", 1000)
    with pytest.raises(UserError) as refusal:
        open_sheet(path)
    assert refusal.value.what == limits.too_big().what
