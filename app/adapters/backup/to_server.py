"""The way back on a server: into a fresh database, held against the checksums, and only then under the wanted name."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from app.adapters.backup import archive, of_file, server, tools
from app.adapters.backup.held import Held, Progress, cut, foreign, other_engine, refuse_strange
from app.adapters.backup.roles import PARTS, take_over
from app.db.server import initialise
from app.domain.errors import Refused, UserError
from app.domain.words import N_, message

__all__ = ["Restored", "examine", "restore"]

_PIECE = 1 << 18
_PATIENCE = 10.0
_AS_IT_WAS = message(N_("The database is as it was before."))


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `kept` is the name of the database that was there before, `without_password` who needs one."""

    held: Held
    database: str
    kept: str | None
    without_password: tuple[str, ...]
    migrator_password: str | None


def examine(backup: Path) -> Held:
    """What the backup holds; refuses what is no server's backup or of a newer program."""
    if not archive.is_archive(backup):
        raise other_engine(is_server=False) if of_file.is_sqlite(backup) else foreign(backup.name)
    held = archive.read_about(backup)
    refuse_strange(held)
    return held


def restore(url: URL, backup: Path, progress: Progress, *, replace: bool = False) -> Restored:
    """Bring the backup back under the database's name, logged in as a superuser or who may make roles and databases.

    A database that holds data is refused unless `replace` is given: then it is kept under another name.
    """
    held = examine(backup)
    archive.verify(backup, lambda done, total: progress(20 * done // max(total, 1), 100))
    name = url.database or ""
    with server.connect(url.set(database="postgres")) as connection:
        tool = tools.find("pg_restore", max(held.server_version, connection.info.server_version))
        if connection.info.server_version // 10000 < held.server_version // 10000:
            raise _older_server()
    is_filled = _holds_data(url)
    if is_filled and not replace:
        raise _not_empty(name)
    prepared = initialise(url)
    with server.connect(url.set(database="postgres")) as connection, _fresh(connection, name) as fresh:
        place = url.set(database=fresh)
        with _roles_of(connection, held.database, name):
            _fill(tool, place, f"{name}_owner", backup, progress)
            take_over(place, held.database, name)
        _compare(place, held, backup.name, lambda done: progress(80 + done * 15 // 100, 100))
        without = _settle_logins(place, name)
        before = _swap(connection, name, fresh)
        try:
            # It upgrades what an older program wrote, and says anew what belongs to the roles of this name.
            initialise(url)
        except BaseException:
            _swap_back(connection, name, before)
            raise
        kept = _put_away(connection, before, is_filled=is_filled)
    progress(100, 100)
    return Restored(held, name, kept, without, prepared.migrator_password)


def _older_server() -> Refused:
    return Refused(
        "OLDER_SERVER",
        message(N_("This backup was made on a newer PostgreSQL than this server's.")),
        message(N_("Nothing was changed. Restore it on a server of the same version or a newer one.")),
    )


def _not_empty(name: str) -> Refused:
    return Refused(
        "NOT_EMPTY",
        message(N_("The database {name} holds data already."), name=name),
        message(
            N_("Nothing was changed. Name another database, or use --replace: it is then kept under another name.")
        ),
    )


def _holds_data(url: URL) -> bool:
    with server.connect(url.set(database="postgres")) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [url.database]).rowcount:
            return False
    with server.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.users')").fetchone() == (None,):
            tables = connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1")
            return bool(tables.rowcount)
        return bool(connection.execute("SELECT FROM public.users LIMIT 1").rowcount)


@contextmanager
def _fresh(connection: psycopg.Connection, name: str) -> Iterator[str]:
    """An empty database that nobody but its owner gets into; gone unless it has been given another name."""
    fresh = f"{name}_restoring"
    with _allowed():
        server.do(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", fresh)
        server.do(
            connection,
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
            fresh,
            f"{name}_owner",
        )
        server.do(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", fresh)
    try:
        yield fresh
    finally:
        with suppress(psycopg.Error):
            server.do(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", fresh)


@contextmanager
def _allowed() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refused(
            "FORBIDDEN",
            message(N_("This log-in may not make roles and databases.")),
            message(N_("Log in as the server's superuser, then repeat it.")),
        ) from error


@contextmanager
def _roles_of(connection: psycopg.Connection, dumped: str, name: str) -> Iterator[None]:
    """The roles the dump names, made for the while where this server does not know them."""
    made = []
    for part in PARTS if dumped != name else ():
        role = f"{dumped}_{part}"
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).rowcount:
            server.do(connection, "CREATE ROLE {} NOLOGIN", role)
            made.append(role)
    try:
        yield
    finally:
        for role in made:
            with suppress(psycopg.Error):
                server.do(connection, "DROP ROLE {}", role)


def _fill(tool: Path, place: URL, owner: str, backup: Path, progress: Progress) -> None:
    environment = tools.environment(place)
    with tempfile.TemporaryDirectory(prefix="callboard-") as folder:
        wanted = Path(folder) / "wanted"
        wanted.write_text(_wanted(tool, environment, backup), encoding="utf-8")
        words = [str(tool), "--no-owner", "--exit-on-error", "--single-transaction", "--no-password", f"--role={owner}"]
        words += [f"--use-list={wanted}", f"--dbname={tools.address(place)}"]
        _run(words, environment, backup, progress)


def _wanted(tool: Path, environment: Mapping[str, str], backup: Path) -> str:
    """The dump's own list without what belongs to roles of another database; `initialise` says that anew."""
    with archive.reading_dump(backup) as dump, tempfile.TemporaryFile() as listed:
        with subprocess.Popen(
            [tool, "--list"], stdin=subprocess.PIPE, stdout=listed, stderr=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdin is not None
            assert process.stderr is not None
            # It has heard enough before the end.
            with suppress(BrokenPipeError):
                while piece := dump.read(_PIECE):
                    process.stdin.write(piece)
                process.stdin.close()
            said = process.stderr.read().decode("utf-8", "replace")
            if process.wait():
                raise _unreadable(said)
        listed.seek(0)
        lines = listed.read().decode("utf-8").splitlines()
    return "\n".join(line for line in lines if " DEFAULT ACL " not in line and " COMMENT - EXTENSION " not in line)


def _run(words: list[str], environment: Mapping[str, str], backup: Path, progress: Progress) -> None:
    total, done = max(backup.stat().st_size, 1), 0
    with archive.reading_dump(backup) as dump, tempfile.TemporaryFile() as heard:
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=heard, env=environment
        ) as process:
            assert process.stdin is not None
            try:
                with suppress(BrokenPipeError):
                    while piece := dump.read(_PIECE):
                        process.stdin.write(piece)
                        done += len(piece)
                        progress(20 + 60 * done // total, 100)
                    process.stdin.close()
                while process.poll() is None:
                    progress(80, 100)
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(0.05)
            except BaseException:
                process.kill()
                raise
        heard.seek(0)
        said = heard.read().decode("utf-8", "replace")
    if process.returncode:
        raise _unreadable(said)


def _unreadable(said: str) -> Refused:
    lines = [line for line in said.splitlines() if "error" in line] or said.splitlines()
    what = message(N_("PostgreSQL could not restore the backup: {reason}"), reason=lines[0] if lines else "")
    return Refused("RESTORE", what, _AS_IT_WAS)


def _compare(place: URL, held: Held, name: str, tell: Callable[[int], object]) -> None:
    """Every table has the rows and the checksum of the moment it was dumped."""
    with server.connect(place) as connection:
        sizes = server.sizes(connection)
        total = max(sum(sizes.values()), 1)
        found = server.sums(connection, sizes, lambda behind: tell(100 * behind // total))
    if found != dict(held.tables):
        raise cut(name)


def _settle_logins(place: URL, name: str) -> tuple[str, ...]:
    """Log-ins that this server does not have are made anew with their next password; gives whose they are."""
    with server.connect(place) as connection, connection.transaction():
        server.do(connection, "SET LOCAL ROLE {}", f"{name}_owner")
        # As the server's own: whoever opens the database anew has told nobody of it before.
        connection.execute("ALTER TABLE public.users DISABLE TRIGGER USER")
        rows = connection.execute(
            "UPDATE public.users AS u SET db_role = NULL WHERE u.db_role IS NOT NULL AND (u.db_role <> %s || u.id "
            "OR NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = u.db_role)) RETURNING u.login, u.is_active",
            [f"{name}_u"],
        ).fetchall()
        connection.execute("ALTER TABLE public.users ENABLE TRIGGER USER")
    return tuple(sorted(str(login) for login, is_active in rows if is_active))


def _swap(connection: psycopg.Connection, name: str, fresh: str) -> str:
    """Give the fresh database the name, in one step; gives what the one that had it is called now."""
    kept = f"{name}_before_{datetime.now().astimezone():%Y%m%d%H%M%S}"
    _rename(connection, (name, kept), (fresh, name))
    return kept


def _swap_back(connection: psycopg.Connection, name: str, before: str) -> None:
    """Let everything be as it was."""
    gone = f"{name}_restoring"
    _rename(connection, (name, gone), (before, name))
    server.do(connection, "DROP DATABASE {} WITH (FORCE)", gone)


def _rename(connection: psycopg.Connection, *names: tuple[str, str]) -> None:
    """Rename all of them or none; whoever is in them is sent out."""
    until = time.monotonic() + _PATIENCE
    while True:
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = ANY (%s) AND pid <> pg_backend_pid()",
                [[old for old, _new in names]],
            )
        try:
            with connection.transaction():
                for old, new in names:
                    server.do(connection, "ALTER DATABASE {} RENAME TO {}", old, new)
        except psycopg.errors.ObjectInUse as error:
            if time.monotonic() > until:
                what = message(N_("The database {name} is in use; its sessions could not be ended."), name=names[0][0])
                raise UserError(what, _AS_IT_WAS) from error
            time.sleep(0.1)
        else:
            return


def _put_away(connection: psycopg.Connection, before: str, *, is_filled: bool) -> str | None:
    """Close the database that had the name to everybody but a superuser; an empty one is not worth keeping."""
    if not is_filled:
        server.do(connection, "DROP DATABASE {} WITH (FORCE)", before)
        return None
    server.do(connection, "ALTER DATABASE {} CONNECTION LIMIT 0", before)
    return before
