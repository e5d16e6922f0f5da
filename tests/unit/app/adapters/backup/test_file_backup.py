"""A file's backup: whole while others write, refused when it is not, put back in one step."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import delete

from app import bootstrap
from app.adapters.backup import of_file
from app.db import files
from app.db.database import Database
from app.domain.errors import Refused, SchemaMismatch, UserError
from app.models.company import Company
from app.models.places import Site
from tests.kit.writer import acknowledged, run_writer


@pytest.fixture
def live(sqlite_url: str) -> Path:
    """A company's file."""
    database = Database(sqlite_url)
    with database.transaction() as session:
        session.add(Company(id=1, name="Galil", country="IL", time_zone="Asia/Jerusalem", language="en"))
        session.add_all(Site(name=f"Site {number}") for number in range(500))
    database.close()
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_a_backup_is_of_one_moment_while_others_write(live: Path, tmp_path: Path) -> None:
    is_over = Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            # Two rows in each transaction: a copy of one moment has both or none.
            with database.transaction() as session:
                session.add(Site(name=f"a{number}"))
                session.flush()
                session.add(Site(name=f"b{number}"))
            number += 1

    database = Database(f"sqlite:///{live}")
    writer = Thread(target=write)
    writer.start()
    try:
        made = [of_file.back_up(live, tmp_path / f"{number}.sqlite") for number in range(5)]
    finally:
        is_over.set()
        writer.join()
        database.close()
    for path in made:
        with closing(sqlite3.connect(path)) as connection:
            halves = connection.execute("SELECT count(*) FROM sites WHERE name LIKE 'a%' OR name LIKE 'b%'").fetchone()
        assert halves[0] % 2 == 0
        assert of_file.is_sound(path, thorough=True)
        assert path.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part*"))


def test_two_desktops_that_back_up_at_once_are_not_in_each_others_way(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "daily.sqlite"
    left = target.with_name(f"{target.name}.dead.part")
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    others: list[Path] = []

    def meanwhile(_done: int, _total: int) -> None:
        if not others:
            others.append(of_file.back_up(live, target))

    assert of_file.back_up(live, target, meanwhile) == others[0]
    assert of_file.tables(target) == of_file.tables(live)
    assert [path.name for path in tmp_path.glob("*.part*")] == []


@pytest.mark.row("R-X1")
def test_what_comes_back_is_what_was_backed_up_and_what_was_there_is_kept(live: Path, tmp_path: Path) -> None:
    backup = of_file.back_up(live, tmp_path / "backup.sqlite")
    before = of_file.tables(backup)
    database = Database(f"sqlite:///{live}")
    with database.transaction() as session:
        session.execute(delete(Site))
    database.close()
    since = of_file.tables(live)
    assert before != since
    of_file.stage(backup, live)
    assert of_file.tables(live) == since
    bootstrap.connect(str(live)).close()
    assert of_file.tables(live) == before
    (kept,) = live.parent.glob("*-before-restore-*.sqlite")
    assert of_file.tables(kept) == since
    assert not files.waiting(live).exists()


def test_nobody_is_robbed_of_a_file_he_has_open(live: Path, tmp_path: Path) -> None:
    backup = of_file.back_up(live, tmp_path / "backup.sqlite")
    of_file.stage(backup, live)
    database = Database(f"sqlite:///{live}")
    with database.reading() as session:
        assert session.get(Company, 1) is not None
        with pytest.raises(Refused) as refusal:
            files.settle(live)
    assert refusal.value.code == "IN_USE"
    database.close()
    assert files.settle(live) is not None


def test_a_restore_that_was_killed_half_way_is_finished_at_the_next_start(live: Path, tmp_path: Path) -> None:
    backup = of_file.back_up(live, tmp_path / "backup.sqlite")
    of_file.stage(backup, live)
    live.unlink()
    bootstrap.connect(str(live)).close()
    assert of_file.tables(live) == of_file.tables(backup)


def spoilt(backup: Path, kind: str) -> Path:
    """The backup, spoilt."""
    path = backup.with_name(f"{kind}.sqlite")
    shutil.copyfile(backup, path)
    if kind == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif kind == "foreign":
        path.write_text("holiday photographs")
    elif kind == "other program":
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE places (id)")
    elif kind == "overwritten":
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(os.urandom(40_000))
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [("cut", "DAMAGED"), ("overwritten", "DAMAGED"), ("foreign", "FOREIGN"), ("other program", "FOREIGN")],
)
def test_a_bad_backup_is_refused_and_leaves_nothing(live: Path, tmp_path: Path, kind: str, code: str) -> None:
    path = spoilt(of_file.back_up(live, tmp_path / "backups" / "good.sqlite"), kind)
    before = sorted(live.parent.iterdir())
    with pytest.raises(Refused) as refusal:
        of_file.stage(path, live)
    assert (refusal.value.code, sorted(live.parent.iterdir())) == (code, before)


def test_a_backup_of_a_newer_program_is_refused(live: Path, tmp_path: Path) -> None:
    backup = of_file.back_up(live, tmp_path / "backup.sqlite")
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch):
        of_file.stage(backup, live)


class _Stop(Exception):
    pass


def test_cancelled_nothing_is_left(live: Path, tmp_path: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise _Stop

    target = tmp_path / "backups" / "new.sqlite"
    with pytest.raises(_Stop):
        of_file.back_up(live, target, stop)
    assert list(target.parent.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(live: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be written"):
        of_file.back_up(live, tmp_path / "file" / "new.sqlite")


@pytest.mark.row("F4")
def test_killed_in_the_middle_of_writing_nothing_acknowledged_is_lost(live: Path) -> None:
    for seed in range(4):
        run_writer(live, seed)
    assert of_file.is_sound(live, thorough=True)
    told = acknowledged(live)
    with closing(sqlite3.connect(live)) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sites WHERE name LIKE 'w%'")}
    assert len(told) >= 4
    assert told <= found
