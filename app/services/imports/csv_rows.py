"""The rows of a delimited text, one at a time."""

import csv
from collections.abc import Iterator
from pathlib import Path

from app.domain.words import N_, message
from app.services.imports.detect import head_of, separator_line, wrong_encoding
from app.services.imports.limits import check_cells, long_cell, refuse


class CsvRows:
    """Iterates over `(line, cells)`; `fraction` tells how far it has come. Blank rows are passed over."""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self.fraction = 0.0
        self._path = path
        self._encoding = encoding
        self._delimiter = delimiter

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        has_separator_line = separator_line(head_of(self._path, self._encoding)) is not None
        size = max(1, self._path.stat().st_size)
        with (
            self._path.open("rb") as raw,
            open(raw.fileno(), encoding=self._encoding, newline="", closefd=False) as text,
        ):
            rows = csv.reader(text, delimiter=self._delimiter, strict=True)
            line = 1
            try:
                if has_separator_line:
                    next(rows)
                    line = 2
                for cells in rows:
                    if any(cells):
                        check_cells(line, cells)
                        yield line, cells
                        self.fraction = min(1.0, raw.tell() / size)
                    line = rows.line_num + 1
            except UnicodeError as error:
                raise wrong_encoding(self._encoding) from error
            except csv.Error as error:
                if "field limit" in str(error):
                    raise long_cell(line) from error
                raise refuse(
                    message(N_("From line {line} on the quotation marks of this file do not match."), line=line),
                    message(N_("Nothing was imported. Correct that line, or choose another delimiter.")),
                ) from error
