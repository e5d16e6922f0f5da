"""`callboard backup` and `callboard restore`, as somebody types them or a night job runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app import bootstrap
from app.adapters.backup import of_file
from app.cli import main
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable
from app.models.company import Company
from app.models.places import Site


def run(*words: str) -> Result:
    """One command."""
    return CliRunner().invoke(main, words)


def fill(url: str, site: str) -> None:
    """A company with a site."""
    database = Database(url)
    with database.transaction() as session:
        session.merge(Company(id=1, name="Galil", country="IL", time_zone="Asia/Jerusalem", language="en"))
        session.add(Site(name=site))
    database.close()


@pytest.mark.row("R-X1")
def test_a_file_is_backed_up_and_restored_by_command(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, "Haifa")
    live = tmp_path / "callboard.sqlite"
    made = run("backup", "--database", sqlite_url, "--json")
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert (told["company"], Path(told["file"]).parent) == ("Galil", tmp_path / "backups")
    before = of_file.tables(live)
    assert told["rows"] == sum(table.rows for table in before.values())
    fill(sqlite_url, "Since")
    since = of_file.tables(live)
    back = json.loads(run("restore", told["file"], "--database", sqlite_url, "--json").stdout)
    assert of_file.tables(live) == before
    assert of_file.tables(Path(back["kept"])) == since
    looked = run("restore", told["file"], "--look", "--database", sqlite_url)
    assert looked.stdout.startswith("Galil, file, made ")


def test_a_backup_goes_where_it_is_told_to(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, "Haifa")
    run("backup", "--database", sqlite_url, "--to", str(tmp_path / "one.sqlite"))
    run("backup", "--database", sqlite_url, "--to", f"{tmp_path / 'many'}/")
    assert of_file.is_sound(tmp_path / "one.sqlite", thorough=True)
    assert [path.suffix for path in (tmp_path / "many").iterdir()] == [".sqlite"]


def test_what_cannot_be_is_one_sentence_and_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, "Haifa")
    before = of_file.tables(tmp_path / "callboard.sqlite")
    (tmp_path / "letter.txt").write_text("Dear Dana")
    said = {
        run("restore", str(tmp_path / name), "--database", sqlite_url).stderr
        for name in ("letter.txt", "nowhere", "callboard.sqlite")
    }
    assert all(line.startswith("Error: ") and len(line.splitlines()) == 1 for line in said)
    assert any("letter.txt is no backup of Callboard. Nothing was changed." in line for line in said)
    assert any("This is the database itself" in line for line in said)
    assert of_file.tables(tmp_path / "callboard.sqlite") == before


def test_a_damaged_file_is_told_when_it_is_opened_with_the_way_back(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, "Haifa")
    good = Path(json.loads(run("backup", "--database", sqlite_url, "--json").stdout)["file"])
    live = tmp_path / "callboard.sqlite"
    database = Database(sqlite_url)
    with database.reading() as session:
        asked = text("SELECT rootpage FROM sqlite_schema WHERE name = 'alembic_version'")
        root, size = session.scalar(asked), session.scalar(text("PRAGMA page_size"))
    database.close()
    with live.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(DatabaseUnavailable) as refusal:
        bootstrap.open_database(sqlite_url)
    assert refusal.value.hint is not None
    assert refusal.value.hint.fields["name"] == str(good)
    run("restore", str(good), "--database", sqlite_url)
    bootstrap.open_database(sqlite_url).close()
