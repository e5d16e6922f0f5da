"""A whole report to a file: read a stretch at a time, written as it comes, so that its length costs no memory."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo

from app.adapters.sheets import Format, Heading, sheet_file
from app.domain.words import Message
from app.i18n import _, is_rtl, say
from app.services.dialer import reports
from app.services.dialer.asked import Asked
from app.services.dialer.report_rows import Cell, Extent
from app.services.dialer.reports import REPORTS

R = TypeVar("R")
P = ParamSpec("P")

STRETCH = 2000
"""Rows read at a time."""

Tell = Callable[[int, int], object]

_FORMATS: Mapping[Cell, Format] = {
    Cell.TEXT: Format.PLAIN,
    Cell.NUMBER: Format.PLAIN,
    Cell.MOMENT: Format.MOMENT,
    Cell.DAY: Format.DAY,
    Cell.SECONDS: Format.TIME_SPAN,
    Cell.PERCENT: Format.PERCENT,
}


class Reader(Protocol):
    """What runs one reading as one call: the backend."""

    def execute(self, service: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the service and give back its answer."""
        ...


def export(
    tell: Tell, reader: Reader, code: str, asked: Asked, path: Path, *, only_wrong: bool = False
) -> tuple[Path, int]:
    """Write a report to a file and give its path and how many rows it has; what `tell` raises leaves no file."""
    report = REPORTS[code]
    within, zone = reader.execute(reports.extent, code, asked)
    headings = [Heading(_(column.title), _FORMATS[column.cell]) for column in report.columns]
    cells = [column.cell for column in report.columns]
    count, after = 0, None

    def look() -> None:
        tell(1, 1)

    with sheet_file(path, _(report.title), headings, right_to_left=is_rtl(), look=look) as file:
        clock = ZoneInfo(zone)
        while True:
            tell(_done(within, count, after, code), max(1, within.count))
            page = reader.execute(reports.stretch, code, asked, within, after, STRETCH, only_wrong=only_wrong)
            for row in page.rows:
                file.write([_value(cell, value, clock) for cell, value in zip(cells, row.cells, strict=True)])
            count += len(page.rows)
            after = page.rows[-1].key if page.rows else after
            if not page.has_after:
                break
        # Who cancels now is told that nothing was saved.
        look()
    return path, count


def _done(within: Extent, count: int, after: int | None, code: str) -> int:
    if code != "hours":
        return min(count, within.count)
    return 0 if after is None else after - within.first + 1


def _value(cell: Cell, value: Any, clock: ZoneInfo) -> Any:
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, datetime):
        return value.astimezone(clock).replace(tzinfo=None)
    if cell is Cell.SECONDS and value is not None:
        return timedelta(seconds=value)
    return value


__all__: Sequence[str] = ("export",)
