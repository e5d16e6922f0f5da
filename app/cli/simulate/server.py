"""An office's server for a while: made ready as `callboard server init` does it, with a person's own log-in."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from app.adapters import throwaway
from app.backend import Backend
from app.db.database import Database
from app.db.server import initialise
from app.services.company.profile import add_first_administrator, set_up
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user

__all__ = ["is_there", "lent"]

_COMPANY = "office"

is_there = throwaway.is_there


@contextmanager
def lent(name: str, role: str, language: str) -> Iterator[str]:
    """The address, password and all, with which somebody of this name and role logs in; gone after the block."""
    run = throwaway.Run()
    try:
        url = make_url(run.url).set(database=_COMPANY)
        initialise(url)
        password = secrets.token_urlsafe(12)
        user_id = _add(str(url.render_as_string(hide_password=False)), name, role, language, password)
        mine = url.set(username=f"{_COMPANY}_u{user_id}", password=password)
        yield mine.render_as_string(hide_password=False)
    finally:
        run.close()


def _add(url: str, name: str, role: str, language: str, password: str) -> int:
    database = Database(url)
    try:
        owner = Backend(database)
        first = FirstAdministrator("Dana Levi", "dana", secrets.token_urlsafe(12))
        owner.execute(add_first_administrator, first, language)
        owner.execute(set_up, CompanyDraft("Acqua Chiara", "IT", "Europe/Rome", language))
        role_id = next(each.id for each in owner.execute(list_roles) if each.code == role)
        draft = UserDraft(login=role.replace("_", "."), name=name, role_id=role_id, language=language)
        return owner.execute(save_user, draft, password=password).id
    finally:
        database.close()
