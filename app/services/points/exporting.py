"""The summary to a file, its rows or its sums by one thing: CSV and workbooks, and whatever else takes rows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from app.adapters.sheets import Format, Heading, sheet_file, whole_file
from app.domain.points.asked import Asked, Slice
from app.domain.points.slice_words import NAMES, NOBODY
from app.domain.words import N_
from app.i18n import _, is_rtl
from app.services.points import export_rows
from app.services.points.export_rows import Take, Tell
from app.services.points.report import COLUMNS, SliceRow, Totals

__all__ = ["TITLE", "Format", "Heading", "Reader", "export", "export_by", "headings"]

R = TypeVar("R")
P = ParamSpec("P")

TITLE = N_("Task points summary")

_DAY, _POINTS, _TEXT = Format.DAY, Format.POINTS, Format.PLAIN
_FORMATS = (*(_TEXT,) * 5, _DAY, _TEXT, _TEXT, _POINTS, _POINTS)

Opened = Callable[[Totals], AbstractContextManager[Take]]


class Reader(Protocol):
    """What runs one reading as one call: the backend."""

    def execute(self, service: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the service and give back its answer."""
        ...


def export(tell: Tell, reader: Reader, asked: Asked, path: Path, by: Slice | None = None) -> tuple[Path, int]:
    """Write the rows asked for, or their sums by one thing, to a file: a workbook or CSV, by its ending.

    Gives its path and how many rows it has; what `tell` raises leaves no file, and the one before as it was.
    """
    if by is None and path.suffix.lower() != ".xlsx":
        with whole_file(path) as spare:
            titles = [each.title for each in headings()]
            return path, reader.execute(export_rows.write_csv, asked, tell, spare, titles)

    @contextmanager
    def opened(whole: Totals) -> Iterator[Take]:
        def look() -> None:
            tell(whole.rows, whole.rows)

        with sheet_file(path, _(TITLE), headings(by), right_to_left=is_rtl(), look=look) as file:

            def take(rows: Sequence[Sequence[Any]]) -> None:
                for row in rows:
                    file.write(row if by is None else [_sortable(cell) for cell in row])

            yield take

    return path, _pour(tell, reader, asked, opened, by)


def export_by(
    opened: Callable[[Path, Totals], AbstractContextManager[Take]],
    tell: Tell,
    reader: Reader,
    asked: Asked,
    path: Path,
    by: Slice | None = None,
) -> tuple[Path, int]:
    """The same into a file of another kind: `opened`, for a place to write to and the totals, takes the rows."""
    with whole_file(path) as spare:
        return path, _pour(tell, reader, asked, lambda whole: opened(spare, whole), by)


def _pour(tell: Tell, reader: Reader, asked: Asked, opened: Opened, by: Slice | None) -> int:
    if by is None:
        return reader.execute(export_rows.pour, asked, tell, opened)
    whole, sums = reader.execute(export_rows.sums, asked, by)
    with opened(whole) as take:
        tell(0, 1)
        take([_cells(each, by) for each in sums])
        tell(1, 1)
    return len(sums)


def headings(by: Slice | None = None) -> list[Heading]:
    """The columns of the rows, or of their sums by one thing, in the language in use."""
    if by is None:
        return [Heading(_(title), format_) for title, format_ in zip(COLUMNS, _FORMATS, strict=True)]
    under = [Heading(_("Process"))] if by is Slice.STAGE else []
    sums = [Heading(_(each), _POINTS) for each in (N_("Rows"), *COLUMNS[-2:])]
    return [*under, Heading(_(NAMES[by])), *sums]


def _cells(row: SliceRow, by: Slice) -> list[Any]:
    nobody = _(NOBODY[by]) if by in NOBODY else ""
    name = row.key if isinstance(row.key, date) else row.label or nobody
    under = [row.under or ""] if by is Slice.STAGE else []
    return [*under, name, row.rows, row.customer_points, row.worker_points]


def _sortable(cell: Any) -> Any:
    """A month as spreadsheets put it in order."""
    return f"{cell:%Y-%m}" if isinstance(cell, date) else cell
