"""`callboard db`: where the schema stands, and the way up."""

from dataclasses import dataclass

import click

from app.bootstrap import connect, shown_url
from app.cli.options import database_option, json_option, tell
from app.db import schema


@dataclass(frozen=True, slots=True)
class Status:
    """The answer of `db status`."""

    database: str
    current: str | None
    head: str
    is_current: bool
    is_newer: bool


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
@database_option
@json_option
def status(database: str, *, as_json: bool) -> None:
    """Say where the database stands and where this program wants it."""
    answer = _status(database)
    if answer.is_current:
        words = f"{answer.database}: up to date ({answer.head})"
    elif answer.is_newer:
        words = (
            f"{answer.database}: made by a newer version of Callboard ({answer.current}; this one knows {answer.head})"
        )
    else:
        words = f"{answer.database}: {answer.current or 'empty'}, to be upgraded to {answer.head}"
    tell(answer, as_json=as_json, text=words)


@db.command()
@database_option
@json_option
def upgrade(database: str, *, as_json: bool) -> None:
    """Bring the database to this program's version; on a server, logged in as its migrator."""
    opened = connect(database)
    try:
        before = schema.status(opened)
        schema.upgrade(opened)
    finally:
        opened.close()
    answer = _status(database)
    done = "was up to date already" if before.is_current else f"upgraded from {before.current or 'empty'}"
    tell(answer, as_json=as_json, text=f"{answer.database}: {done} ({answer.head})")


def _status(url: str) -> Status:
    opened = connect(url)
    try:
        found = schema.status(opened)
    finally:
        opened.close()
    return Status(shown_url(url), found.current, found.head, found.is_current, not found.is_known)
