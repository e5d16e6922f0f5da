"""The rows of an XLSX workbook, one at a time, in little memory.

Read here rather than by a library: the quick one holds the whole sheet and aborts the process on a five-kilobyte file
with one cell at the far corner; the careful one holds every shared text as an object, which alone is the memory an
import may take. What an import needs of the format is small: shared texts, date styles, the rows of the first sheet.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from app.domain.words import N_, message
from app.services.imports.limits import LONGEST_CELL, MOST_COLUMNS, check_cells, damaged, long_cell, refuse
from app.services.imports.xlsx_package import CHUNK, DAMAGE, Attributes, Package, parser

_COLUMN = re.compile(r"([A-Z]{1,3})\d+")
_PLAIN_INT = re.compile(r"-?\d{1,15}")


class XlsxRows:
    """Iterates over `(line, cells)`; `fraction` tells how far it has come. Blank rows are passed over."""

    def __init__(self, path: Path) -> None:
        self.fraction = 0.0
        self._path = path

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        try:
            package = Package(self._path)
        except DAMAGE as error:
            raise damaged() from error
        with package.zip:
            sheet = _Sheet(package)
            read = 0
            rows = self._chunks(package, sheet)
            for size in rows:
                read += size
                for line, cells in sheet.rows:
                    if any(cells):
                        check_cells(line, cells)
                        yield line, cells
                sheet.rows.clear()
                self.fraction = min(1.0, read / max(1, package.zip.getinfo(package.sheet).file_size))

    def _chunks(self, package: Package, sheet: "_Sheet") -> Iterator[int]:
        """Feed the sheet to its parser piece by piece; whatever is wrong with it is one error."""
        reading = parser(sheet.start, sheet.end, sheet.text)
        try:
            with package.open(package.sheet) as stream:
                while chunk := stream.read(CHUNK):
                    reading.Parse(chunk, False)
                    yield len(chunk)
            reading.Parse(b"", True)
        except DAMAGE as error:
            raise damaged() from error
        yield 0


class _Sheet:
    """Gathers the cells of rows from the parser's events."""

    def __init__(self, package: Package) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._texts = package.texts
        self._date_styles = package.date_styles
        self._epoch = package.epoch
        self._line = 0
        self._cells: list[str] = []
        self._column = 0
        self._kind = "n"
        self._style = ""
        self._pieces: list[str] = []
        self._length = 0
        self._is_value = False
        self._columns: dict[str, int] = {}

    def start(self, tag: str, attributes: Attributes) -> None:
        """A row, a cell or its value begins."""
        if tag == "c":
            self._column = self._column_of(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._pieces = []
            self._length = 0
        elif tag in {"v", "t"}:
            self._is_value = True
        elif tag == "row":
            self._line = int(attributes.get("r", self._line + 1))
            self._cells = []

    def text(self, data: str) -> None:
        """A piece of a value."""
        if self._is_value:
            self._length += len(data)
            if self._length > LONGEST_CELL:
                raise long_cell(self._line)
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        """A value, a cell or a row is whole."""
        if tag in {"v", "t"}:
            self._is_value = False
        elif tag == "c":
            if value := self._value():
                self._put(value)
        elif tag == "row":
            self.rows.append((self._line, self._cells))

    def _column_of(self, reference: str | None) -> int:
        if reference is None:
            return len(self._cells)
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _COLUMN.fullmatch(reference):
                raise ValueError(reference)
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            column -= 1
            self._columns[letters] = column
        return column

    def _put(self, value: str) -> None:
        if self._column >= MOST_COLUMNS:
            raise refuse(
                message(
                    N_("This file has {count} columns; at most {limit} are read."),
                    count=self._column + 1,
                    limit=MOST_COLUMNS,
                )
            )
        missing = self._column - len(self._cells)
        if missing > 0:
            self._cells.extend([""] * missing)
        if self._column < len(self._cells):
            self._cells[self._column] = value
        else:
            self._cells.append(value)

    def _value(self) -> str:
        raw = "".join(self._pieces)
        if self._kind == "s":
            return self._texts[int(raw)] if raw else ""
        if self._kind in {"inlineStr", "str", "d"}:
            return raw
        if self._kind == "e":
            return ""
        if self._kind == "b" or not raw:
            return raw
        return self._moment(raw) if self._style in self._date_styles else _number(raw)

    def _moment(self, raw: str) -> str:
        days = float(raw)
        moment = self._epoch + timedelta(seconds=round(days * 86_400))
        if 0 <= days < 1:
            return moment.strftime("%H:%M")
        return moment.strftime("%Y-%m-%d" if days.is_integer() else "%Y-%m-%dT%H:%M:%S")


def _number(raw: str) -> str:
    """A number as a person would type it: `1042`, not `1042.0`."""
    if _PLAIN_INT.fullmatch(raw):
        return raw
    number = float(raw)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
