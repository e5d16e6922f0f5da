"""Tables written to files row by row: CSV for any program, XLSX with real dates and numbers; whole or not at all."""

import csv
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from inspect import unwrap
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from types import MethodType
from typing import Any, Protocol

from app.domain.errors import UserError
from app.domain.spreadsheet import defused
from app.domain.words import N_, message

ROWS = 1_048_576
"""What a sheet of a workbook holds; the rest goes to the next sheet."""

CSV_ENCODING = "utf-8-sig"
"""With the mark of UTF-8 in front, for Excel."""


class Format(StrEnum):
    """How a column's values are shown: as they are, or as one of these."""

    PLAIN = "plain"
    MOMENT = "moment"
    DAY = "day"
    TIME_SPAN = "time_span"
    PERCENT = "percent"
    POINTS = "points"


_SHOWN: Mapping[Format, str] = {
    Format.MOMENT: "dd/mm/yyyy hh:mm:ss",
    Format.DAY: "dd/mm/yyyy",
    Format.TIME_SPAN: "[h]:mm:ss",
    Format.PERCENT: "0.0",
}
_WIDTHS: Mapping[Format, int] = {Format.PLAIN: 22, Format.MOMENT: 19, Format.DAY: 12, Format.POINTS: 18}


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
    path: Path,
    title: str,
    headings: Sequence[Heading],
    *,
    right_to_left: bool = False,
    look: Callable[[], object] = lambda: None,
) -> Iterator[SheetWriter]:
    """A file to write rows to: XLSX by its ending, else CSV; there once the block has ended well, and whole.

    A long workbook is packed after its last row: `look` is called now and then, and what it raises leaves no file.
    """
    with whole_file(path) as spare:
        if path.suffix.lower() == ".xlsx":
            with _xlsx(spare, title, headings, right_to_left, look) as book:
                yield book
        else:
            with _csv(spare, headings) as file:
                yield file


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Where to write what shall be at `path`: it gets there when the block ends well, and is safe on the disk then;
    before, and when it does not, what was there stays as it is.
    """
    spare = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield spare
        with spare.open("rb+") as written:
            os.fsync(written.fileno())
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
        self._rows.writerow([defused(_clean(each.title)) for each in headings])

    def write(self, cells: Sequence[Any]) -> None:
        self._rows.writerow([_csv_text(cell) for cell in cells])


@contextmanager
def _csv(path: Path, headings: Sequence[Heading]) -> Iterator[SheetWriter]:
    with path.open("w", encoding=CSV_ENCODING, newline="") as file:
        yield _Csv(file, headings)


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
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return defused(_clean(cell)) if isinstance(cell, str) else str(cell)


def _clean(text: str) -> str:
    # Half of a pair has no place in UTF-8, and a zero byte none in a file of lines; neither can be shown.
    return text if text.isprintable() else text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


# --- XLSX

_LOOK_EVERY = 1 << 18
"""Bytes of a package."""

Write = Callable[[int, int, Any, Any], object]


class _Xlsx:
    """Goes on with another sheet where one is full."""

    def __init__(self, book: Any, title: str, headings: Sequence[Heading], *, right_to_left: bool) -> None:
        self._book, self._title, self._headings = book, title, headings
        self._right_to_left = right_to_left
        self._heading = book.add_format({"bold": True, "bottom": 1})
        looks = {shown: book.add_format({"num_format": shown}) for shown in _SHOWN.values()}
        self._columns = [(column, looks.get(_SHOWN.get(each.format, ""))) for column, each in enumerate(headings)]
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        sheet = self._book.add_worksheet(f"{self._title[:25]} {self._sheets}" if self._sheets > 1 else self._title)
        if self._right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(self._headings):
            sheet.set_column(column, column, _WIDTHS.get(heading.format, 12))
            sheet.write_string(0, column, _clean(heading.title), self._heading)
        self._kinds, self._row = _kinds(sheet), 0

    def write(self, cells: Sequence[Any]) -> None:
        if self._row + 1 >= ROWS:
            self._begin()
        self._row += 1
        row, kinds = self._row, self._kinds
        for cell, (column, shown) in zip(cells, self._columns, strict=True):
            kinds[type(cell)](row, column, cell, shown)


def _kinds(sheet: Any) -> Mapping[type, Write]:
    """How each kind of cell is written; of millions, none has to be asked again whether its place is called A1."""
    write_string, write_number, write_datetime = (
        MethodType(unwrap(each), sheet) for each in (sheet.write_string, sheet.write_number, sheet.write_datetime)
    )

    def text(row: int, column: int, cell: str, shown: Any) -> None:
        if cell:
            write_string(row, column, cell if cell.isprintable() and cell[0] != "<" else _fit(cell), shown)

    return {
        type(None): _nothing,
        str: text,
        **dict.fromkeys((int, float, Decimal), write_number),
        **dict.fromkeys((datetime, date, timedelta), write_datetime),
    }


def _fit(text: str) -> str:
    # What begins like rich text of the library's own goes into the file as it is, and breaks it.
    text = _clean(text)
    return f" {text}" if text.startswith("<r>") else text


def _nothing(_row: int, _column: int, _cell: None, _shown: Any) -> None:
    pass


class _Target(BufferedWriter):
    """Where a book is packed. Once closed it takes what comes and keeps nothing: a package that could not be ended is
    ended again by Python when it is forgotten, which is nobody's concern then.
    """

    def __init__(self, file: FileIO, look: Callable[[], object]) -> None:
        super().__init__(file)
        self._look, self._unseen, self._at = look, 0, 0

    def write(self, data: Any) -> int:
        if self.closed:
            self._at += len(data)
            return len(data)
        self._unseen += len(data)
        if self._unseen >= _LOOK_EVERY:
            self._unseen = 0
            self._look()
        return super().write(data)

    def seek(self, place: int, whence: int = 0) -> int:
        if self.closed:
            self._at = place
            return place
        return super().seek(place, whence)

    def tell(self) -> int:
        return self._at if self.closed else super().tell()

    def flush(self) -> None:
        if not self.closed:
            super().flush()


@contextmanager
def _xlsx(
    path: Path, title: str, headings: Sequence[Heading], right_to_left: bool, look: Callable[[], object]
) -> Iterator[SheetWriter]:
    # Needed by an export alone.
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxFileError

    with (
        _Target(path.open("wb", buffering=0), look) as target,
        tempfile.TemporaryDirectory(prefix="callboard-", ignore_cleanup_errors=True) as rows,
    ):
        # What was written stays on the disk: a million rows take no more memory than one.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": rows}
        book = xlsxwriter.Workbook(target, options)
        book.use_zip64()
        try:
            yield _Xlsx(book, _sheet_title(title), headings, right_to_left=right_to_left)
            book.close()
        except XlsxFileError as error:
            why = error.args[0] if error.args else error
            raise (why if isinstance(why, OSError) else OSError(str(why))) from error
        finally:
            # A book that was given up has its rows still open, and their folder is about to go.
            for sheet in book.worksheets():
                with suppress(OSError):
                    sheet.row_data_fh.close()


def _sheet_title(title: str) -> str:
    return "".join(" " if each in "[]:*?/\\'" else each for each in _clean(title))[:31].strip() or "1"
