"""Tables written to files row by row: CSV for any program, XLSX with real dates and numbers; whole or not at all."""

import csv
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Protocol

from app.adapters.workbook import BookColumn, book_file, clean
from app.domain.errors import UserError
from app.domain.words import N_, message

ROWS = 1_048_576
"""What a sheet of a workbook holds; the rest goes to the next sheet."""

CSV_ENCODING = "utf-8-sig"
"""With the mark of UTF-8 in front, for Excel."""

STARTS = "=+-@\t\r"
"""What a spreadsheet begins to calculate at, unless NUMBER is all there is."""

NUMBER = "[+-]?[0-9]+([.,][0-9]+)?"
_NUMBER = re.compile(NUMBER)


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
    path: Path, title: str, headings: Sequence[Heading], *, right_to_left: bool = False
) -> Iterator[SheetWriter]:
    """A file to write rows to: XLSX by its ending, else CSV; there once the block has ended well, and whole."""
    opened = _xlsx if path.suffix.lower() == ".xlsx" else _csv
    with whole_file(path) as spare, opened(spare, title, headings, right_to_left) as writer:
        yield writer


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
        self._rows.writerow([defused(clean(each.title)) for each in headings])

    def write(self, cells: Sequence[Any]) -> None:
        self._rows.writerow([_csv_text(cell) for cell in cells])


@contextmanager
def _csv(path: Path, _title: str, headings: Sequence[Heading], _right_to_left: object) -> Iterator[SheetWriter]:
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
    return defused(clean(cell)) if isinstance(cell, str) else str(cell)


def defused(text: str) -> str:
    """The text with a mark before what a spreadsheet would calculate: 03-555 after a minus is arithmetic already.

    Whoever writes CSV by other means keeps to STARTS and NUMBER.
    """
    return f"'{text}" if text and text[0] in STARTS and not _NUMBER.fullmatch(text) else text


# --- XLSX


@contextmanager
def _xlsx(path: Path, title: str, headings: Sequence[Heading], right_to_left: bool) -> Iterator[SheetWriter]:
    columns = [BookColumn(each.title, _SHOWN.get(each.format), _WIDTHS.get(each.format, 12)) for each in headings]
    with book_file(path, title, columns, ROWS, right_to_left=right_to_left) as book:
        yield book
