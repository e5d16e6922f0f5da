"""Backups of a single seat's file: copied while it is used, as of one moment, each checked before it counts."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from app.adapters.backup.held import Held, Progress, Table, cut, foreign, refuse_strange
from app.db import files
from app.domain.errors import UserError
from app.domain.words import N_, message

__all__ = ["back_up", "examine", "is_sound", "is_sqlite", "stage", "tables"]

MAGIC = b"SQLite format 3\x00"
_PAGES = 2000


def back_up(live: Path, target: Path, progress: Progress | None = None) -> Path:
    """Copy the file as of this moment, whoever writes meanwhile; the copy is checked, then has its name at once."""
    with _fresh(target) as part:
        _copy(live, part, progress)
        if not is_sound(part, thorough=True):
            raise cut(live.name)
    return target


def stage(backup: Path, live: Path, progress: Progress | None = None) -> Held:
    """Lay a checked copy of the backup beside the file; it takes the file's place when that is next opened."""
    held = examine(backup)
    files.refuse_shared(live)
    live.parent.mkdir(parents=True, exist_ok=True)
    with _fresh(files.waiting(live)) as part:
        _copy(backup, part, progress)
        if not is_sound(part, thorough=True):
            raise cut(backup.name)
    return held


def examine(backup: Path) -> Held:
    """What the backup holds; refuses what is no backup, not whole, or of a newer program."""
    if not is_sqlite(backup):
        raise foreign(backup.name)
    made_at = datetime.fromtimestamp(backup.stat().st_mtime, UTC)
    try:
        with closing(_reading(backup)) as connection:
            if not _is_ours(connection):
                raise foreign(backup.name)
            if not _passes(connection, "integrity_check"):
                raise cut(backup.name)
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            (company,) = connection.execute("SELECT name FROM company").fetchone() or ("",)
    except sqlite3.DatabaseError as error:
        raise cut(backup.name) from error
    held = Held(company, False, made_at, revision, backup.stem, 0, {})
    refuse_strange(held)
    return held


def is_sqlite(path: Path) -> bool:
    """Whether the file begins as SQLite's do."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise UserError(message(N_("The file {name} cannot be read."), name=str(path))) from error


def is_sound(path: Path, *, thorough: bool = False) -> bool:
    """Whether SQLite finds the file whole; the thorough look compares every index with its table."""
    try:
        with closing(_reading(path)) as connection:
            return _passes(connection, "integrity_check" if thorough else "quick_check")
    except sqlite3.OperationalError as error:
        # Somebody who writes at this moment says nothing about the file.
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False


def tables(path: Path) -> dict[str, Table]:
    """Every table's rows and checksum, as of one moment."""
    with closing(_reading(path)) as connection:
        connection.execute("BEGIN")
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "AND name NOT LIKE '%\\_search%' ESCAPE '\\' ORDER BY name"
        ).fetchall()
        return {name: _summed(connection, name) for (name,) in names}


def _summed(connection: sqlite3.Connection, table: str) -> Table:
    count, total = 0, 0
    for row in connection.execute(f'SELECT * FROM "{table}"'):
        digest = hashlib.blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        count, total = count + 1, (total + int.from_bytes(digest)) % 2**64
    return Table(count, f"{total:016x}")


def _copy(source: Path, target: Path, progress: Progress | None) -> None:
    def tell(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    try:
        with closing(_reading(source)) as origin, closing(sqlite3.connect(target)) as copy:
            # A transaction that reads holds the moment: whoever writes meanwhile does not make the copy begin anew.
            origin.execute("BEGIN")
            origin.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            origin.backup(copy, pages=_PAGES, progress=tell, sleep=0)
            # One file, without a journal beside it.
            copy.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if "disk is full" in str(error) or "disk I/O" in str(error):
            raise _no_room(target) from error
        raise cut(source.name) from error


def _reading(path: Path) -> sqlite3.Connection:
    # The journal of a program that was killed has to be read too, which takes writing; nothing else is beside a disc.
    mode = "mode=rw" if os.access(path, os.W_OK) else "immutable=1"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=10, isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _is_ours(connection: sqlite3.Connection) -> bool:
    wanted = connection.execute(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('alembic_version', 'company', 'users')"
    )
    return bool(wanted.fetchone()[0] == 3)


def _passes(connection: sqlite3.Connection, check: str) -> bool:
    return bool(connection.execute(f"PRAGMA {check}(1)").fetchone() == ("ok",))


@contextmanager
def _fresh(target: Path) -> Iterator[Path]:
    """A file of another name to write into, which gets its own name once it is on the disk, or is gone.

    Nobody else writes into it: two desktops of one user may both find that today's backup is missing.
    """
    part = target.with_name(f"{target.name}.{uuid4().hex[:8]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear(target)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            yield part
            _flush(part)
            part.replace(target)
        finally:
            for left in (part, part.with_name(f"{part.name}-journal")):
                left.unlink(missing_ok=True)
        files.flush_folder(target.parent)
    except OSError as error:
        raise _no_room(target) from error


def _clear(target: Path) -> None:
    """Remove what a program that was killed left half written."""
    yesterday = time.time() - 24 * 60 * 60
    for part in target.parent.glob("*.part"):
        if part.name.startswith(f"{target.name}.") and part.stat().st_mtime < yesterday:
            part.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _no_room(target: Path) -> UserError:
    return UserError(
        message(N_("The backup {name} cannot be written."), name=str(target)),
        message(N_("Nothing was left behind. Choose a folder with enough room that you may write to.")),
    )
