"""What every sub-command shares: where the database is, how answers are printed, how passwords are asked for."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any, TypeVar

import click

from app.backend import Backend
from app.bootstrap import VARIABLE, default_url, open_database
from app.domain.errors import Refused
from app.domain.words import N_, message
from app.services.people.logins import entry

F = TypeVar("F", bound=Callable[..., Any])


def database_option(function: F) -> F:
    """`--database URL`, or the variable, or this user's file."""
    return click.option(
        "--database",
        envvar=VARIABLE,
        metavar="URL",
        default=default_url,
        help=f"Address of the database, or the path of a file; also the variable {VARIABLE}.",
    )(function)


def json_option(function: F) -> F:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")(function)


def password_option(function: F) -> F:
    """`--password-stdin`, for scripts; without it the password is asked for twice."""
    return click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")(
        function
    )


def read_password(*, from_stdin: bool) -> str:
    """The password, never taken from the command's words, where other users of the computer could see it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="The same again", err=True))


@contextmanager
def backend_of(url: str) -> Iterator[Backend]:
    """The backend of a database, for who logged in there; the owner of a file may do everything.

    On a server somebody who is no user of the database gets in only as its superuser or owner.
    """
    database = open_database(url)
    try:
        backend = Backend(database)
        found = backend.execute(entry)
        backend.actor = found.me.id if found.me else None
        if found.me is None and found.server_login is not None and found.has_users:
            _require_owner(backend)
        yield backend
    finally:
        database.close()


def _require_owner(backend: Backend) -> None:
    from app.services.people.logins import is_owner

    if not backend.execute(is_owner):
        raise Refused("FORBIDDEN", message(N_("This log-in belongs to no user of this database.")))


def tell(answer: object, *, as_json: bool, text: str) -> None:
    """Print the answer: as JSON for programs, in words for people."""
    click.echo(json.dumps(_plain(answer), ensure_ascii=False, default=str) if as_json else text)


def _plain(answer: object) -> object:
    if is_dataclass(answer) and not isinstance(answer, type):
        return asdict(answer)
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return [_plain(part) for part in answer]
    return answer


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side."""
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
