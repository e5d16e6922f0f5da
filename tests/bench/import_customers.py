"""100,000 customers from a CSV file, on both engines, beside the driver's own `executemany` of the same ready values.

The product reads the file, finds encoding and delimiter, reads names, telephones and dates, looks for known customers
and writes; the baseline only writes what came out of that, into the same tables with their indexes and triggers. Both
run in turns on fresh databases, and the better of two turns counts for each.
"""

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from app.adapters import throwaway
from app.backend import Backend
from app.db import schema
from app.db.database import Database
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.places import Site
from app.services.imports.run import run_import
from app.services.imports.sheets import open_sheet
from tests.bench.results import Result
from tests.kit.databases import database_at

CUSTOMERS = 100_000
TURNS = 2
MOST_MEGABYTES = 100.0

Table = tuple[str, list[str], list[tuple[Any, ...]]]


def run() -> Iterator[Result]:
    """Memory of one import, time against the bare driver on each engine, and the worse of the two."""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-", dir="/tmp") as folder:
        path = Path(folder) / "customers.csv"
        write_customers(path, CUSTOMERS)
        yield _memory(path, Path(folder))
        on_sqlite = _against("import.customers.sqlite", path, f"sqlite:///{folder}/customers.sqlite")
        yield on_sqlite
        server = throwaway.Run()
        try:
            on_postgresql = _against("import.customers.postgresql", path, server.url)
        finally:
            server.close()
        yield on_postgresql
        slower = max(on_sqlite, on_postgresql, key=lambda result: result.ratio or 0.0)
        yield Result("import.customers", slower.value, slower.unit, slower.baseline, slower.ratio)


def write_customers(path: Path, count: int) -> None:
    """A company's list as its old program exports it."""
    chance = random.Random(1)
    names = ("Mario Rossi", "Lucia Bianchi", "Niccolò Ferrè", "דוד לוי", "רחל כהן")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["Codice cliente", "Nome", "Telefono", "Email", "Indirizzo", "Zona", "Lingua", "Note"])
        for number in range(count):
            phone = f"0{chance.randint(20_000_000, 99_999_999)}"
            name, site = f"{chance.choice(names)} {number}", chance.choice(("Nord", "Sud", "Est"))
            note = "" if number % 3 else "telefonare dopo le 18"
            rows.writerow(
                [f"C{number:06}", name, phone, f"c{number}@example.org", f"Via Roma {number}", site, "it", note]
            )


def _against(name: str, path: Path, url: str) -> Result:
    product, baseline = [], []
    for _turn in range(TURNS):
        database = _fresh(url)
        started = time.perf_counter()
        sheet = open_sheet(path)
        report = Backend(database).execute(
            run_import, Kind.CUSTOMERS, sheet, columns.guess(Kind.CUSTOMERS, sheet.headers)
        )
        product.append(time.perf_counter() - started)
        assert report.added == CUSTOMERS
        tables = _ready_values(database)
        database.close()
        database = _fresh(url)
        baseline.append(_executemany(database, tables))
        database.close()
    return Result.against(name, min(product), "s", min(baseline))


def _fresh(url: str) -> Database:
    if url.startswith("sqlite"):
        for file in Path(url.removeprefix("sqlite:///")).parent.glob("customers.sqlite*"):
            file.unlink()
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_imports WITH (FORCE)")
            connection.execute("CREATE DATABASE bench_imports TEMPLATE template0")
        url = database_at(url, "bench_imports")
    database = Database(url)
    schema.upgrade(database)
    with database.transaction() as session:
        session.add(Company(id=1, name="Idro", country="IT", time_zone="Europe/Rome", language="it"))
    return database


def _ready_values(database: Database) -> list[Table]:
    tables: list[Table] = []
    with database.reading() as session:
        for model in (Site, Customer, CustomerPhone):
            table = model.__table__
            rows = [tuple(row) for row in session.execute(select(table))]
            tables.append((model.__tablename__, list(table.c.keys()), rows))
    return tables


def _executemany(database: Database, tables: list[Table]) -> float:
    mark = "?" if database.is_sqlite else "%s"
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        started = time.perf_counter()
        if database.is_sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for name, names, rows in tables:
            marks = ", ".join([mark] * len(names))
            cursor.executemany(f"INSERT INTO {name} ({', '.join(names)}) VALUES ({marks})", rows)
        connection.commit()
        return time.perf_counter() - started
    finally:
        connection.close()


def _memory(path: Path, folder: Path) -> Result:
    """What the import adds to a process that has the program loaded, measured in a process of its own."""
    url = f"sqlite:///{folder}/memory.sqlite"
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.import_customers", str(path), url],
        check=True,
        capture_output=True,
        text=True,
    )
    taken = float(told.stdout)
    return Result("import.memory", taken, "MB", MOST_MEGABYTES, taken / MOST_MEGABYTES)


def _measure_memory(path: Path, url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sheet = open_sheet(path)
    Backend(database).execute(run_import, Kind.CUSTOMERS, sheet, columns.guess(Kind.CUSTOMERS, sheet.headers))
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


if __name__ == "__main__":
    _measure_memory(Path(sys.argv[1]), sys.argv[2])
