"""A file as a table: what it is, its columns, its first rows, and all its rows one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.services.imports import detect
from app.services.imports.csv_rows import CsvRows
from app.services.imports.limits import check_headers, empty
from app.services.imports.xlsx_rows import XlsxRows

PREVIEW_ROWS = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was recognised: `encoding` and `delimiter` are None for a workbook."""

    path: Path
    encoding: str | None
    delimiter: str | None
    headers: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]

    @property
    def is_workbook(self) -> bool:
        """Whether it is XLSX."""
        return self.encoding is None

    def rows(self) -> "SheetRows":
        """A new reading of the rows under the header."""
        return SheetRows(_reading(self.path, self.encoding, self.delimiter), len(self.headers))


class SheetRows:
    """Iterates over `(line, cells)` below the header, rows as wide as the header; `fraction` is how far it has come.

    A row with more cells than the header keeps them, so that it can be refused with its reason.
    """

    def __init__(self, reading: CsvRows | XlsxRows, width: int) -> None:
        self._reading = reading
        self._width = width

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return self._reading.fraction

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = self._width
        for line, cells in islice(self._reading, 1, None):
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            elif len(cells) > width:
                while len(cells) > width and not cells[-1]:
                    cells.pop()
            yield line, cells


def open_sheet(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Recognise a file, with the person's own encoding or delimiter where given; refuses what is not a table."""
    if detect.is_workbook(path):
        encoding = delimiter = None
    else:
        encoding = encoding or detect.find_encoding(path)
        delimiter = delimiter or detect.find_delimiter(detect.head_of(path, encoding))
    rows = iter(_reading(path, encoding, delimiter))
    header = next(rows, None)
    if header is None:
        raise empty()
    headers = tuple(" ".join(cell.split()) for cell in header[1])
    while headers and not headers[-1]:
        headers = headers[:-1]
    check_headers(headers)
    first = list(islice(rows, PREVIEW_ROWS))
    if not first:
        raise empty()
    width = len(headers)
    return Sheet(
        path, encoding, delimiter, headers, tuple(tuple((cells + [""] * width)[:width]) for _line, cells in first)
    )


def _reading(path: Path, encoding: str | None, delimiter: str | None) -> CsvRows | XlsxRows:
    if encoding is None or delimiter is None:
        return XlsxRows(path)
    return CsvRows(path, encoding, delimiter)
