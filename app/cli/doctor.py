"""`callboard doctor`: what support asks for first, without secrets."""

import importlib.metadata
import os
import platform
import sys
from pathlib import Path

import click

from app import bootstrap
from app.cli.options import database_option, json_option, table, tell
from app.db import safety, schema, server
from app.db.connecting import meet
from app.db.database import Database
from app.domain.errors import UserError
from app.i18n import say
from app.settings import data_folder

_PACKAGES = ("callboard", "PySide6-Essentials", "SQLAlchemy", "psycopg", "alembic", "holidays", "phonenumberslite")
FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"


@click.command()
@database_option
@json_option
def doctor(database: str, *, as_json: bool) -> None:
    """Print versions, the database, its schema, fonts and the display; exit status 1 when something is wrong."""
    facts = {**_program(), **_display(), **_database(database)}
    text = table([(name, str(value)) for name, value in facts.items()])
    tell(facts, as_json=as_json, text=text)
    if facts["trouble"]:
        sys.exit(1)


def _program() -> dict[str, object]:
    facts: dict[str, object] = {"python": platform.python_version(), "system": platform.platform()}
    for package in _PACKAGES:
        try:
            facts[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            facts[package] = "missing"
    return facts | {"data": str(data_folder())}


def _display() -> dict[str, object]:
    fonts = sorted(path.stem for path in FONTS.glob("*.ttf"))
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    if not display and sys.platform in {"win32", "darwin"}:
        display = sys.platform
    return {"fonts": ", ".join(fonts) or "missing", "display": display or "none"}


def _database(url: str) -> dict[str, object]:
    facts: dict[str, object] = {"database": bootstrap.shown_url(url), "trouble": ""}
    try:
        opened = bootstrap.connect(url)
    except UserError as error:
        return facts | {"trouble": say(error.what)}
    try:
        met, stands = meet(opened), schema.status(opened)
        facts |= {
            "engine": f"{met.engine} {met.version}",
            "login": met.login,
            "ctype": met.ctype,
            "tls": met.tls or ("" if opened.is_sqlite else "off"),
            "schema": f"{stands.current or 'empty'} of {stands.head}",
            "warnings": _warnings(opened) if stands.is_current else "",
        }
        facts["trouble"] = _trouble(opened, met.ctype, is_current=stands.is_current)
    finally:
        opened.close()
    return facts


def _warnings(database: Database) -> str:
    with database.reading() as session:
        told = [say(warning) for warning in safety.warnings(session)]
        if not database.is_sqlite and not server.are_renewed(session):
            told.append("the functions that make log-ins are of another version: run callboard server init")
    return " ".join(told)


def _trouble(database: Database, ctype: str, *, is_current: bool) -> str:
    if not is_current:
        return "the schema does not fit this program"
    if not database.is_sqlite:
        # pg_trgm drops every letter the database's locale does not know: under C, Hebrew is never found.
        return "LC_CTYPE is C: searches find no Hebrew" if ctype in {"C", "POSIX"} else ""
    with database.reading() as session:
        checked = str(session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar())
    return "" if checked == "ok" else f"the file is damaged: {checked}"
