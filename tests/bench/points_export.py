"""1,000,000 rows of the task points summary into a file, on both engines, beside what writes such a file by hand.

CSV: on PostgreSQL COPY of the same statement by the bare driver, on SQLite the csv module over a bare cursor of the
same statement; neither defuses a cell, asks for a day of its own look, counts, tells how far it is or can be stopped.
XLSX: XlsxWriter in constant memory, fed the same cells from a list that lies ready. Memory is what an export of all
rows adds to a process that has written one of a hundredth of them.
"""

import csv
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import xlsxwriter
from sqlalchemy import text

from app.backend import Backend
from app.db.database import Database
from app.domain.points.asked import Asked
from app.services.points.exporting import export
from app.services.points.report import report_statement
from tests.bench import points_ledger
from tests.bench.results import Result

ROWS = 1_000_000
MOST_MEGABYTES = 20.0
ENGINES = ("sqlite", "postgresql")
_DAY = 5


def run() -> Iterator[Result]:
    """Both kinds of file on each engine, and the worse of the two."""
    found: list[Result] = []
    with TemporaryDirectory(prefix="callboard-bench-") as folder:
        for engine in ENGINES:
            started = time.perf_counter()
            with points_ledger.ledger(engine, ROWS) as database:
                _add_phones(database)
                print(f"  {ROWS:,} rows written in {time.perf_counter() - started:.0f} s")
                for result in _measured(database, engine, Path(folder)):
                    found.append(result)
                    yield result
    for figure in ("csv", "xlsx", "memory"):
        of_both = [each for each in found if each.name.startswith(f"points.export_{figure}.")]
        worse = max(of_both, key=lambda result: result.ratio or 0.0)
        yield Result(f"points.export_{figure}", worse.value, worse.unit, worse.baseline, worse.ratio)


def _measured(database: Database, engine: str, folder: Path) -> Iterator[Result]:
    by_hand = _by_cursor if database.is_sqlite else _by_copy
    mine, theirs = [], []
    for _turn in range(2):
        theirs.append(_taken(by_hand, database, folder / "by hand.csv"))
        mine.append(_taken(_export, database, folder / "points.csv"))
    yield Result.against(f"points.export_csv.{engine}", min(mine), "s", min(theirs))
    mine, theirs = [], []
    for _turn in range(2):
        theirs.append(_by_library(database, folder))
        mine.append(_taken(_export, database, folder / "points.xlsx"))
    yield Result.against(f"points.export_xlsx.{engine}", min(mine), "s", min(theirs))
    url = database.url.render_as_string(hide_password=False)
    asked = [sys.executable, "-m", "tests.bench.points_export", url, str(folder)]
    added = float(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    yield Result(f"points.export_memory.{engine}", added, "MB", MOST_MEGABYTES, added / MOST_MEGABYTES)


def _taken(write: Any, database: Database, path: Path) -> float:
    started = time.perf_counter()
    write(database, path)
    return time.perf_counter() - started


def _export(database: Database, path: Path, asked: Asked | None = None) -> None:
    _path, count = export(lambda _done, _total: None, Backend(database), asked or Asked(), path)
    assert asked or count == ROWS


# --- By hand


def _statement(database: Database) -> Any:
    found = report_statement(Asked(), is_postgresql=not database.is_sqlite)
    return found.compile(dialect=database.engine.dialect, compile_kwargs={"render_postcompile": True})


def _by_copy(database: Database, path: Path) -> None:
    statement = _statement(database)
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as server, path.open("wb") as file:
        command = f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)".encode()
        with server.cursor().copy(command, statement.params) as lines:
            for line in lines:
                file.write(line)


def _by_cursor(database: Database, path: Path) -> None:
    statement = _statement(database)
    values = [statement.params[name] for name in statement.positiontup]
    with path.open("w", encoding="utf-8", newline="") as file:
        connection = sqlite3.connect(str(database.url.database))
        csv.writer(file).writerows(connection.execute(str(statement), values))
        connection.close()


def _by_library(database: Database, folder: Path) -> float:
    """The seconds XlsxWriter takes for the same cells, in constant memory, from a list."""
    with database.reading() as session:
        rows = session.execute(report_statement(Asked(), is_postgresql=not database.is_sqlite)).all()
    started = time.perf_counter()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(folder)}
    book = xlsxwriter.Workbook(str(folder / "by library.xlsx"), options)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if column < _DAY or _DAY < column < len(row) - 2:
                sheet.write_string(number, column, cell)
            elif column == _DAY:
                sheet.write_datetime(number, column, cell, day)
            else:
                sheet.write_number(number, column, cell)
    book.close()
    return time.perf_counter() - started


# --- What there is


def _add_phones(database: Database) -> None:
    """Two numbers for everybody, the second a mobile one."""
    first = "SELECT id, 0, '02-555' || id, '+39025550' || id FROM customers"
    second = "SELECT id, 1, '347-' || (1000000 + id), '+39347' || (1000000 + id) FROM customers"
    with database.transaction() as session:
        session.execute(
            text(f"INSERT INTO customer_phones (customer_id, position, raw, e164) {first} UNION ALL {second}")
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE customer_phones")


def _measure_memory(url: str, folder: Path) -> None:
    database = Database(url)
    with database.reading() as session:
        last = session.execute(text("SELECT max(day) FROM points_entries")).scalar_one()

    few = Asked(first=date.fromisoformat(str(last)) - timedelta(days=7))
    for kind in ("csv", "xlsx"):
        _export(database, folder / f"memory.{kind}", few)
    before = _most_memory()
    for kind in ("csv", "xlsx"):
        _export(database, folder / f"memory.{kind}", Asked())
    print((_most_memory() - before) / 1024)


def _most_memory() -> int:
    """The most kilobytes this program ever took; what getrusage tells is at least what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])


if __name__ == "__main__":
    _measure_memory(sys.argv[1], Path(sys.argv[2]))
