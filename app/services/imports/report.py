"""What an import did: the counts, and the refused rows as a file to correct and import again."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from app.domain.words import N_, Message, message
from app.i18n import _, say
from app.services.imports.limits import refuse

_PLAIN = re.compile(r"[+-][\d\s().,/-]*")


@dataclass(frozen=True, slots=True)
class Pooled:
    """How many customers of a file went into a pool, were there already, have no number, or belong to another pool."""

    count: int
    folded: int
    without_number: int
    refused: int


@dataclass(frozen=True, slots=True)
class Report:
    """How many rows were read, and what became of them; `pooled` what became of them in the pool they went into."""

    read: int
    added: int
    updated: int
    unchanged: int
    refused: int
    pooled: Pooled | None = None


@dataclass(slots=True)
class Outcome:
    """What became of the rows of one batch; `refused` by their place in it, `ids` the customers they are."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: dict[int, Message] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)

    def count(self, *, is_changed: bool) -> None:
        """Enter a row that was there before."""
        if is_changed:
            self.updated += 1
        else:
            self.unchanged += 1


class RefusedRows:
    """Writes the refused rows to a CSV file (UTF-8): line number, reason, and the row as it was.

    The file appears when the import has ended well; without a path nothing is written.
    """

    def __init__(self, path: Path | None, headers: Sequence[str]) -> None:
        self._path = path
        self._headers = headers
        self._file: IO[str] | None = None
        self._rows: Any = None

    def __enter__(self) -> Self:
        if self._path is not None:
            self._fresh = self._path.with_name(self._path.name + ".new")
            try:
                self._file = self._fresh.open("w", encoding="utf-8-sig", newline="")
            except OSError as error:
                raise refuse(message(N_("The file {name} cannot be written."), name=self._path.name)) from error
            self._rows = csv.writer(self._file)
            self._rows.writerow([_("Line"), _("Reason"), *self._headers])
        return self

    def add(self, line: int, reasons: Iterable[Message], cells: Sequence[str]) -> None:
        """One refused row."""
        if self._rows is not None:
            self._rows.writerow([line, " ".join(map(say, reasons)), *map(_as_text, cells)])

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if self._file is not None and self._path is not None:
            self._file.close()
            if kind is None:
                self._fresh.replace(self._path)
            else:
                self._fresh.unlink()


def _as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if cell and cell[0] in "=+-@\t\r" and not _PLAIN.fullmatch(cell):
        return "'" + cell
    return cell


NOT_ACCEPTED = N_("The database did not accept this row.")
