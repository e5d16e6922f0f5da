"""The rows of the summary on their way into a file: all of one moment, in the memory of a stretch of them."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, String, and_, case, func, literal_column, not_, select
from sqlalchemy.orm import Session

from app.adapters.sheets import CSV_ENCODING
from app.db.copying import copying, one_moment
from app.domain.points.asked import Asked, Slice
from app.domain.spreadsheet import NUMBER, STARTS, defused
from app.services.context import is_postgresql, reads
from app.services.points.report import SliceRow, Totals, report_statement, slices, totals

STRETCH = 2000
"""Rows that are read and written at a time."""

Tell = Callable[[int, int], object]
Take = Callable[[Sequence[Sequence[Any]]], object]

# Among the ten: all are texts but the day and, at the end, the points.
_DAY, _POINTS = 5, 8


@reads
def pour(session: Session, asked: Asked, tell: Tell, opened: Callable[[Totals], AbstractContextManager[Take]]) -> int:
    """Give the ten columns of all rows, a stretch at a time, to what is opened for their totals; how many they were.

    What `opened` makes is there from the first row on, once more where the question has to be asked again.
    """
    with one_moment(session):
        whole = totals(session, asked)
        statement = report_statement(asked, is_postgresql=is_postgresql(session))
        count = 0
        with opened(whole) as take, session.execute(statement, execution_options={"yield_per": STRETCH}) as rows:
            tell(0, max(1, whole.rows))
            for part in rows.partitions():
                take(part)
                count += len(part)
                tell(count, whole.rows)
    return count


@reads
def write_csv(session: Session, asked: Asked, tell: Tell, path: Path, titles: Sequence[str]) -> int:
    """Write all rows to a file as CSV, and how many they were.

    Cells are what `app.adapters.sheets` would write, made by PostgreSQL itself where there is one.
    """
    is_server = is_postgresql(session)
    with one_moment(session), path.open("w", encoding=CSV_ENCODING, newline="") as file:
        expected = totals(session, asked).rows
        tell(0, max(1, expected))
        # Lines end as those of the server do; the module itself would not put a bare CR into quotes then.
        rows = csv.writer(file, lineterminator="\n" if is_server else "\r\n")
        rows.writerow([defused(title) for title in titles])
        file.flush()
        count = 0
        if is_server:
            with copying(session, _csv_statement(asked)) as lines:
                for part in _stretches(lines):
                    file.buffer.write(b"".join(part))
                    count += len(part)
                    tell(count, expected)
        else:
            for part in _stretches(_bare_rows(session, asked)):
                rows.writerows(map(_line, part))
                count += len(part)
                tell(count, expected)
    return count


@reads
def sums(session: Session, asked: Asked, by: Slice) -> tuple[Totals, tuple[SliceRow, ...]]:
    """What all rows come to, and what they come to by one thing, of one moment."""
    with one_moment(session):
        return totals(session, asked), slices(session, asked, by)


def _stretches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while part := list(islice(left, STRETCH)):
        yield part


# --- On SQLite


def _bare_rows(session: Session, asked: Asked) -> Iterable[Sequence[Any]]:
    """The rows as the driver has them: days are texts there, and points whole ten-thousandths."""
    connection = session.connection()
    statement = report_statement(asked, is_postgresql=False)
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    values = [_bound(compiled.params[name]) for name in compiled.positiontup or ()]
    driver: Any = connection.connection.driver_connection
    found: Iterable[Sequence[Any]] = driver.execute(str(compiled), values)
    return found


def _bound(value: Any) -> Any:
    return str(value) if value is not None and not isinstance(value, int) else value


def _line(row: Sequence[Any]) -> tuple[Any, ...]:
    first, last, mobile, process, stage, day, worker, note, customer, own = row
    return (
        defused(first), defused(last), defused(mobile), defused(process), defused(stage), day, defused(worker),
        defused(note), _points(customer), _points(own),
    )  # fmt: skip


def _points(ten_thousandths: int) -> str:
    whole, part = divmod(abs(ten_thousandths), 10_000)
    sign = "-" if ten_thousandths < 0 else ""
    return f"{sign}{whole}.{part:04}".rstrip("0") if part else f"{sign}{whole}"


# --- On PostgreSQL


def _csv_statement(asked: Asked) -> "Select[*tuple[Any, ...]]":
    """The report's rows as they stand in the file; each cell is made once, below, and looked at above."""
    found = report_statement(asked, is_postgresql=True)
    named = [column.label(f"c{place}") for place, column in enumerate(found.selected_columns)]
    made = found.with_only_columns(*named).subquery().c
    return select(*(_cell(place, made[f"c{place}"]) for place in range(len(named))))


def _cell(place: int, made: ColumnElement[Any]) -> ColumnElement[Any]:
    if place == _DAY:
        # Not as the server is set to show days.
        return func.to_char(made, literal_column("'YYYY-MM-DD'"), type_=String())
    if place >= _POINTS:
        return func.trim_scale(made, type_=Numeric())
    calculates = and_(
        func.ascii(made).in_([literal_column(str(ord(start))) for start in STARTS]),
        not_(made.regexp_match(literal_column(f"'^{NUMBER}$'"))),
    )
    return case((calculates, literal_column("''''", String()) + made), else_=made)
