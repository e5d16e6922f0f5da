import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from app.backend import Backend
from app.cli import main
from app.db.database import Database
from app.domain.imports.fields import Kind
from app.models.customers import Customer
from app.services.imports.mappings import list_mappings, load_mapping, save_mapping


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("Code;Wer;Telefon\nC1;Anna;+39 02 1234567\nC2;;\n", encoding="utf-8")
    return path


def callboard(*words: object) -> Result:
    return CliRunner().invoke(main, ["import", *map(str, words)])


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Customer)) or 0


def test_the_command_imports_reports_and_writes_the_refused_rows(
    database: Database, database_url: str, rows: Path, tmp_path: Path
) -> None:
    Backend(database).execute(
        save_mapping, Kind.CUSTOMERS, "Partner", ["Code", "Wer", "Telefon"], {0: "external_key", 1: "name", 2: "phones"}
    )
    errors = tmp_path / "errors.csv"
    words = ("customers", rows, "--mapping", "Partner", "--errors", errors, "--database", database_url, "--json")
    ended = callboard(*words, "--dry-run")
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout) == {
        "read": 2,
        "added": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "pooled": None,
    }
    assert count(database) == 0
    assert json.loads(callboard(*words).stdout)["added"] == 1
    assert json.loads(callboard(*words).stdout)["unchanged"] == 1
    assert count(database) == 1
    assert "C2" in errors.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n", b"colour,shape\nred,round\n"])
def test_a_file_that_cannot_be_read_ends_with_status_1_and_words(
    sqlite_url: str, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "rows.csv"
    if content is not None:
        path.write_bytes(content)
    ended = callboard("customers", path, "--database", sqlite_url)
    assert ended.exit_code == 1
    assert ended.stdout == ""
    assert "Nothing was imported." in ended.stderr
    assert "Traceback" not in ended.output


def test_a_mapping_is_kept_by_kind_and_name_and_replaced(database: Database) -> None:
    backend = Backend(database)
    backend.execute(save_mapping, Kind.CUSTOMERS, " Our  CRM ", ["A", "B"], {0: "name"})
    backend.execute(save_mapping, Kind.CUSTOMERS, "Our CRM", ["A", "B"], {1: "name"})
    assert backend.execute(list_mappings, Kind.CUSTOMERS) == ("Our CRM",)
    assert backend.execute(list_mappings, Kind.CALLS) == ()
    assert backend.execute(load_mapping, Kind.CUSTOMERS, "Our CRM", ["b"]) == {0: "name"}
    assert (
        callboard(
            "calls", __file__, "--mapping", "Our CRM", "--database", database.url.render_as_string(False)
        ).exit_code
        == 1
    )
