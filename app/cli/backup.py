"""`callboard backup` and `callboard restore`: of a file or of a server, while people work."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.engine import URL

from app.adapters.backup import of_file, of_server, to_server
from app.adapters.backup.held import Held, cut
from app.bootstrap import connect, shown_url, with_kept_password
from app.cli.options import database_option, json_option, tell
from app.db import files, schema
from app.db.database import normalise
from app.domain.errors import NotFound, Refused
from app.domain.words import N_, message
from app.services.backup.seat import back_up_now, examine, folder_of


@dataclass(frozen=True, slots=True)
class Made:
    """The answer of `backup`."""

    file: str
    bytes: int
    company: str
    revision: str
    tables: int
    rows: int


@dataclass(frozen=True, slots=True)
class Back:
    """The answer of `restore`: what came back, what is kept of before, and who needs a new password."""

    database: str
    company: str
    made_at: str
    kept: str | None
    without_password: tuple[str, ...]
    migrator_password: str | None


@click.command()
@database_option
@click.option("--to", "target", metavar="PATH", help="Folder or file to write; a folder gets a name with the moment.")
@json_option
def backup(database: str, target: str | None, *, as_json: bool) -> None:
    """Write everything as of this moment into one file, while people work; it is read back before it counts.

    A server's is made by its migrator or superuser with PostgreSQL's own pg_dump. No password is in it.
    """
    url = normalise(with_kept_password(database))
    made = _of_file(Path(url.database or ""), target) if url.get_backend_name() == "sqlite" else _of_server(url, target)
    words = f"{made.file}: {made.company}, {made.bytes} bytes, read back and found whole"
    tell(made, as_json=as_json, text=words)


def _of_file(live: Path, target: str | None) -> Made:
    if not live.exists():
        raise NotFound(message(N_("There is no file {name}."), name=str(live)))
    if target and not _is_folder(target):
        path = of_file.back_up(live, Path(target), _bar())
    else:
        path = back_up_now(_bar(), live, folder_of(live, target or "")).path
    held, tables = of_file.examine(path), of_file.tables(path)
    rows = sum(each.rows for each in tables.values())
    return Made(str(path), path.stat().st_size, held.company, held.revision, len(tables), rows)


def _of_server(url: URL, target: str | None) -> Made:
    name = of_server.suggested_name(url.database or "callboard")
    path = Path(target or ".")
    if target is None or _is_folder(target):
        path = path / name
    held = of_server.back_up(url, path, _bar())
    return Made(str(path), path.stat().st_size, held.company, held.revision, len(held.tables), held.rows)


def _is_folder(target: str) -> bool:
    return target.endswith(("/", os.sep)) or Path(target).is_dir()


def _bar() -> Callable[[int, int], None]:
    """Percent on a terminal, nothing in a log."""
    if not sys.stderr.isatty():
        return lambda done, total: None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{100 * done // max(total, 1)} %" + ("\n" if done >= total else ""), nl=False, err=True)

    return show


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@database_option
@click.option("--replace", is_flag=True, help="Where a server's database holds data: keep it under another name.")
@click.option("--look", is_flag=True, help="Only say what the backup holds.")
@json_option
def restore(file: Path, database: str, *, replace: bool, look: bool, as_json: bool) -> None:
    """Go back to the backup FILE; what was there before is kept beside it.

    On a server URL names the database to make, logged in as its superuser. First `callboard server init` is not needed:
    roles are made where they are missing. Passwords are not in a backup; log-ins that the server does not have are made
    anew by `callboard user password NAME`.
    """
    if not file.exists():
        raise NotFound(message(N_("There is no file {name}."), name=str(file)))
    url = normalise(with_kept_password(database))
    is_server = url.get_backend_name() == "postgresql"
    if look:
        held = to_server.examine(file) if not of_file.is_sqlite(file) else examine(file)
        tell(held, as_json=as_json, text=_words(held))
        return
    answer = _to_server(url, file, replace=replace) if is_server else _to_file(Path(url.database or ""), file)
    tell(answer, as_json=as_json, text=_told(answer))


def _words(held: Held) -> str:
    engine = "PostgreSQL" if held.is_server else "file"
    return f"{held.company or 'no company'}, {engine}, made {held.made_at:%Y-%m-%d %H:%M} UTC, schema {held.revision}"


def _to_server(url: URL, file: Path, *, replace: bool) -> Back:
    back = to_server.restore(url, file, _bar(), replace=replace)
    made_at = back.held.made_at.isoformat()
    return Back(
        shown_url(url.render_as_string(hide_password=False)),
        back.held.company,
        made_at,
        back.kept,
        back.without_password,
        back.migrator_password,
    )


def _to_file(live: Path, file: Path) -> Back:
    if file.resolve() == live.resolve():
        raise Refused("SAME", message(N_("This is the database itself, not a backup of it.")))
    held = examine(file)
    wanted = of_file.tables(file)
    of_file.stage(file, live, _bar())
    try:
        kept = files.settle(live)
    except Refused:
        files.waiting(live).unlink(missing_ok=True)
        raise
    if of_file.tables(live) != wanted:
        raise cut(live.name)
    opened = connect(str(live))
    try:
        schema.upgrade(opened)
    finally:
        opened.close()
    return Back(str(live), held.company, held.made_at.isoformat(), str(kept) if kept else None, (), None)


def _told(back: Back) -> str:
    lines = [f"{back.database}: back to {back.company or 'the backup'} of {back.made_at}, every table compared."]
    if back.kept:
        lines.append(f"What was there before is kept as {back.kept}.")
    if back.without_password:
        lines.append("These users need a new password (callboard user password NAME):")
        lines += [f"  {login}" for login in back.without_password]
    if back.migrator_password:
        lines.append(f"The migrator's password, told only now: {back.migrator_password}")
    return "\n".join(lines)
