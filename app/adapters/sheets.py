"""Tables written to files row by row: CSV for any program, XLSX with real dates and numbers; whole or not at all."""

import csv
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Protocol

from app.domain.errors import UserError
from app.domain.words import N_, message

ROWS = 1_048_576
"""What a sheet of a workbook holds; the rest goes to the next sheet."""

_LONGEST = 32_767
_STARTS = "=+-@\t\r"
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


class Format(StrEnum):
    """How a column's values are shown: as they are, or as one of these."""

    PLAIN = "plain"
    MOMENT = "moment"
    DAY = "day"
    TIME_SPAN = "time_span"
    PERCENT = "percent"


_SHOWN: Mapping[Format, str] = {
    Format.MOMENT: "dd/mm/yyyy hh:mm:ss",
    Format.DAY: "dd/mm/yyyy",
    Format.TIME_SPAN: "[h]:mm:ss",
    Format.PERCENT: "0.0",
}
_WIDTHS: Mapping[Format, int] = {Format.PLAIN: 22, Format.MOMENT: 19, Format.DAY: 12}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a file."""

    title: str
    format: Format = Format.PLAIN


class SheetWriter(Protocol):
    """Takes the rows of a file one after the other: texts, numbers, naive local times, days, lengths of time."""

    def write(self, cells: Sequence[Any]) -> None:
        """Add a row."""
        ...


@contextmanager
def sheet_file(
    path: Path, title: str, headings: Sequence[Heading], *, right_to_left: bool = False
) -> Iterator[SheetWriter]:
    """A file to write rows to: XLSX by its ending, else CSV. It takes its name when the block ends well; before, and
    when it does not, what was there stays as it is.
    """
    spare = path.with_name(f".{path.name}.{os.getpid()}.part")
    opened = _xlsx if path.suffix.lower() == ".xlsx" else _csv
    try:
        with opened(spare, title, headings, right_to_left) as writer:
            yield writer
        spare.replace(path)
    except OSError as error:
        raise UserError(
            message(N_("The file {name} cannot be written: {why}"), name=path.name, why=_why(error)),
            message(N_("Nothing was saved. Close the file where it is open, or choose another place.")),
        ) from error
    finally:
        with suppress(OSError):
            spare.unlink(missing_ok=True)


def _why(error: OSError) -> str:
    return error.strerror or str(error.__cause__ or error)


# --- CSV


class _Csv:
    def __init__(self, file: TextIOWrapper, headings: Sequence[Heading]) -> None:
        self._rows = csv.writer(file)
        self._rows.writerow([_defused(_clean(each.title)) for each in headings])

    def write(self, cells: Sequence[Any]) -> None:
        self._rows.writerow([_csv_text(cell) for cell in cells])


@contextmanager
def _csv(path: Path, _title: str, headings: Sequence[Heading], _right_to_left: object) -> Iterator[SheetWriter]:
    # With the mark of UTF-8 in front, for Excel.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield _Csv(file, headings)
        file.flush()
        os.fsync(file.fileno())


def _csv_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, float):
        return f"{cell:.4f}".rstrip("0").rstrip(".")
    return _defused(_clean(cell)) if isinstance(cell, str) else str(cell)


def _defused(text: str) -> str:
    """The text with a mark before what a spreadsheet would calculate: 03-555 after a minus is arithmetic already."""
    return f"'{text}" if text and text[0] in _STARTS and not _NUMBER.fullmatch(text) else text


def _clean(text: str) -> str:
    # Half of a pair has no place in UTF-8, and a zero byte none in a file of lines.
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


# --- XLSX


class _Xlsx:
    """Goes on with another sheet where one is full."""

    def __init__(self, book: Any, title: str, headings: Sequence[Heading], *, right_to_left: bool) -> None:
        self._book, self._title, self._headings = book, title, headings
        self._right_to_left = right_to_left
        self._shown = [
            book.add_format({"num_format": _SHOWN[each.format]}) if each.format in _SHOWN else None for each in headings
        ]
        self._heading = book.add_format({"bold": True, "bottom": 1})
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(
            f"{self._title[:25]} {self._sheets}" if self._sheets > 1 else self._title
        )
        if self._right_to_left:
            self._sheet.right_to_left()
        self._sheet.freeze_panes(1, 0)
        for column, heading in enumerate(self._headings):
            self._sheet.set_column(column, column, _WIDTHS.get(heading.format, 12))
            self._sheet.write_string(0, column, _clean(heading.title), self._heading)
        self._row = 0

    def write(self, cells: Sequence[Any]) -> None:
        if self._row + 1 >= ROWS:
            self._begin()
        self._row += 1
        for column, (cell, shown) in enumerate(zip(cells, self._shown, strict=True)):
            _KINDS[type(cell)](self._sheet, self._row, column, cell, shown)


def _nothing(_sheet: Any, _row: int, _column: int, _cell: None, _shown: Any) -> None:
    pass


def _text(sheet: Any, row: int, column: int, cell: str, shown: Any) -> None:
    sheet.write_string(row, column, _clean(cell)[:_LONGEST], shown)


def _number(sheet: Any, row: int, column: int, cell: float, shown: Any) -> None:
    sheet.write_number(row, column, cell, shown)


def _moment(sheet: Any, row: int, column: int, cell: Any, shown: Any) -> None:
    sheet.write_datetime(row, column, cell, shown)


_KINDS: Mapping[type, Callable[[Any, int, int, Any, Any], None]] = {
    type(None): _nothing,
    str: _text,
    int: _number,
    float: _number,
    datetime: _moment,
    date: _moment,
    timedelta: _moment,
}


@contextmanager
def _xlsx(path: Path, title: str, headings: Sequence[Heading], right_to_left: bool) -> Iterator[SheetWriter]:
    # Needed by an export alone.
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        # What was written stays on the disk: a million rows take no more memory than one.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder}
        book = xlsxwriter.Workbook(str(path), options)
        book.use_zip64()
        try:
            yield _Xlsx(book, _sheet_title(title), headings, right_to_left=right_to_left)
            book.close()
        except XlsxFileError as error:
            raise (
                error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error))
            ) from error
        finally:
            # A book that was given up has its rows still open, and its folder is about to go.
            for sheet in book.worksheets():
                sheet.row_data_fh.close()


def _sheet_title(title: str) -> str:
    return "".join(" " if each in "[]:*?/\\'" else each for each in _clean(title))[:31].strip() or "1"
