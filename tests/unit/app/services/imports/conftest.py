"""A company in Italy, and a way to import a few lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.models.company import Company
from app.services.imports.report import Report
from app.services.imports.run import run_import
from app.services.imports.sheets import open_sheet

Import = Callable[..., Report]


@pytest.fixture
def company(database: Database) -> Database:
    with database.transaction() as session:
        session.add(Company(id=1, name="Idro", country="IT", time_zone="Europe/Rome", language="it"))
    return database


@pytest.fixture
def import_lines(company: Database, tmp_path: Path) -> Import:
    """Writes the lines to a CSV file and imports it as the window and the command do; options go to the service."""

    def run(kind: Kind, *lines: str, **options: object) -> Report:
        path = tmp_path / "rows.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        sheet = open_sheet(path)
        mapping = columns.guess(kind, sheet.headers)
        return Backend(company).execute(run_import, kind, sheet, mapping, **options)  # type: ignore[arg-type]

    return run
