"""`callboard user`: add, list, disable, enable, give a password or another role."""

import click

from app.backend import Backend
from app.cli.options import backend_of, database_option, json_option, password_option, read_password, table, tell
from app.domain.errors import NotFound
from app.domain.people import ROLES
from app.domain.words import N_, message
from app.services.people.logins import set_password
from app.services.people.roles import list_roles
from app.services.people.rows import RoleRow, UserDraft, UserRow
from app.services.people.users import list_users, save_user, set_active

_ROLE_HELP = f"One of {', '.join(ROLES)}, or the name of a role of the company's own."


@click.group()
def user() -> None:
    """The people who work with Callboard."""


@user.command("list")
@database_option
@json_option
def list_(database: str, *, as_json: bool) -> None:
    """List every user."""
    with backend_of(database) as backend:
        found = backend.execute(list_users)
    head = ("login", "name", "role", "active", "log-in on the server")
    lines = [
        (row.login, row.name, row.role_name or row.role_code, "yes" if row.is_active else "no", row.db_role or "")
        for row in found
    ]
    tell(found, as_json=as_json, text=table([head, *lines]))


@user.command()
@click.argument("login")
@database_option
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "role_name", default="agent", show_default=True, help=_ROLE_HELP)
@click.option("--language", type=click.Choice(["en", "it", "he"]), default="en", show_default=True)
@click.option("--no-login", is_flag=True, help="Somebody who is planned for and does not log in.")
@password_option
@json_option
def add(
    login: str,
    database: str,
    name: str,
    role_name: str,
    language: str,
    *,
    no_login: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add a user, who can log in with a password."""
    with backend_of(database) as backend:
        wanted = _role(backend, role_name)
        password = None if no_login else read_password(from_stdin=password_stdin)
        draft = UserDraft(login, name, wanted.id, language=language)
        made = backend.execute(save_user, draft, password=password)
    server_login = f", on the server {made.db_role}" if made.db_role else ""
    tell(made, as_json=as_json, text=f"{made.login}: added as {wanted.name or wanted.code}{server_login}")


@user.command()
@click.argument("login")
@database_option
@json_option
def disable(login: str, database: str, *, as_json: bool) -> None:
    """Disable a user: no log-in any more, open sessions end, the work stays."""
    _switch(login, database, on=False, as_json=as_json)


@user.command()
@click.argument("login")
@database_option
@json_option
def enable(login: str, database: str, *, as_json: bool) -> None:
    """Let a disabled user work again."""
    _switch(login, database, on=True, as_json=as_json)


@user.command()
@click.argument("login")
@database_option
@password_option
def password(login: str, database: str, *, password_stdin: bool) -> None:
    """Give a user a new password."""
    with backend_of(database) as backend:
        found = _find(backend, login)
        backend.execute(set_password, found.id, read_password(from_stdin=password_stdin))
    click.echo(f"{found.login}: the password is changed")


@user.command()
@click.argument("login")
@click.argument("role_name", metavar="ROLE")
@database_option
@json_option
def role(login: str, role_name: str, database: str, *, as_json: bool) -> None:
    """Give a user another role: a built-in one by its code, or one of the company's own by its name."""
    with backend_of(database) as backend:
        found, wanted = _find(backend, login), _role(backend, role_name)
        draft = UserDraft(found.login, found.name, wanted.id, found.email, found.phone, found.language, found.group_ids)
        changed = backend.execute(save_user, draft, user_id=found.id, version=found.version)
    tell(changed, as_json=as_json, text=f"{changed.login}: now {wanted.name or wanted.code}")


def _role(backend: Backend, wanted: str) -> RoleRow:
    """The role by its code, or by its name."""
    for row in backend.execute(list_roles):
        if wanted.casefold() in {row.code, (row.name or "").casefold()}:
            return row
    raise NotFound(message(N_("There is no role {name}."), name=wanted))


def _switch(login: str, url: str, *, on: bool, as_json: bool) -> None:
    with backend_of(url) as backend:
        found = _find(backend, login)
        changed = backend.execute(set_active, found.id, found.version, on=on)
    tell(changed, as_json=as_json, text=f"{changed.login}: {'enabled' if on else 'disabled'}")


def _find(backend: Backend, login: str) -> UserRow:
    """The user by log-in name, or by the name of the log-in on the server."""
    wanted = login.strip().casefold()
    for row in backend.execute(list_users):
        if wanted in {row.login, row.db_role}:
            return row
    raise NotFound(message(N_("There is no user {login}."), login=login))
