"""`callboard server init`: a PostgreSQL server made ready for a company."""

from dataclasses import dataclass

import click

from app.backend import Backend
from app.bootstrap import connect
from app.cli.options import database_option, json_option, password_option, read_password, tell
from app.db.server import initialise
from app.i18n import say
from app.services.company.profile import add_first_administrator
from app.services.company.rows import FirstAdministrator
from app.services.people.logins import entry
from app.services.people.users import list_users


@dataclass(frozen=True, slots=True)
class Ready:
    """The answer of `server init`; the migrator's password is told once, when its role is made."""

    database: str
    owner: str
    migrator: str
    migrator_password: str | None
    administrator: str | None
    is_new: bool
    warnings: tuple[str, ...] = ()


@click.group()
def server() -> None:
    """A shared PostgreSQL server."""


@server.command("init")
@database_option
@click.option("--administrator", required=True, metavar="NAME", help="Name of the first administrator.")
@click.option("--login", default="admin", show_default=True, help="What the administrator is called in lists.")
@click.option("--language", type=click.Choice(["en", "it", "he"]), default="en", show_default=True)
@password_option
@json_option
def init(database: str, administrator: str, login: str, language: str, *, password_stdin: bool, as_json: bool) -> None:
    """Make roles, database, schema and the first administrator; repeating it changes nothing.

    URL names the database to make and logs in as a superuser, or as a role that may make roles and databases.
    """
    prepared = initialise(database)
    opened = connect(database)
    try:
        backend = Backend(opened)
        if not backend.execute(entry).has_users:
            password = read_password(from_stdin=password_stdin)
            first = FirstAdministrator(administrator, login, password)
            backend.execute(add_first_administrator, first, language)
        users = backend.execute(list_users)
    finally:
        opened.close()
    role = next((user.db_role for user in users if user.role_code == "administrator" and user.db_role), None)
    answer = Ready(
        prepared.database,
        prepared.owner,
        prepared.migrator,
        prepared.migrator_password,
        role,
        prepared.is_new,
        tuple(say(warning) for warning in prepared.warnings),
    )
    tell(answer, as_json=as_json, text=_words(answer))


def _words(answer: Ready) -> str:
    lines = [
        f"The database {answer.database} is ready; its owner is {answer.owner}.",
        f"{answer.administrator} logs in as the first administrator." if answer.administrator else "",
        f"{answer.migrator} upgrades it: callboard db upgrade.",
    ]
    if answer.migrator_password:
        lines.append(f"Its password, told only now: {answer.migrator_password}")
    lines += [f"Beware: {warning}" for warning in answer.warnings]
    return "\n".join(line for line in lines if line)
