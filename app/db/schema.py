"""The schema's version: where a database stands, and the way up.

Alembic is loaded for an upgrade only: a start that finds everything in order reads one row and the names of the steps.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.db.database import Database
from app.domain.errors import SchemaMismatch
from app.domain.words import N_, message

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Where the database stands (None: empty) and where this program wants it."""

    current: str | None
    head: str
    is_known: bool

    @property
    def is_current(self) -> bool:
        """Whether program and database fit."""
        return self.current == self.head


def status(database: Database) -> SchemaStatus:
    """Compare the database with the program."""
    with database.engine.connect() as connection:
        has_version = inspect(connection).has_table("alembic_version")
        current = connection.scalar(text("SELECT version_num FROM alembic_version")) if has_version else None
    return SchemaStatus(current, steps()[-1], current is None or current in steps())


def upgrade(database: Database) -> None:
    """Bring the database to this program's version, in one transaction, one upgrader at a time.

    On PostgreSQL the steps run as the database's owner, so that nobody who can log in owns a table.
    """
    from alembic import command

    refuse_newer(database)
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(7219540423)"))
            owner = connection.scalar(
                text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
            )
            connection.exec_driver_sql('SET LOCAL ROLE "{}"'.format(str(owner).replace('"', '""')))
        command.upgrade(_config(connection), "head")


def refuse_newer(database: Database) -> None:
    """Stop before a database that a newer program has changed."""
    if not status(database).is_known:
        raise SchemaMismatch(
            message(N_("This database was made by a newer version of Callboard.")),
            message(N_("Nothing was changed. Install the newer version, then open it again.")),
        )


def refuse_older(database: Database) -> None:
    """Stop before a shared database that still has to be upgraded by its migrator."""
    if not status(database).is_current:
        raise SchemaMismatch(
            message(N_("This database has to be upgraded before this version of Callboard can use it.")),
            message(N_("Ask your administrator to run: callboard db upgrade")),
        )


@cache
def steps() -> tuple[str, ...]:
    """The revisions in their order, by the names of their files: date, number, word."""
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    return tuple(found[1] for name in names if (found := re.fullmatch(r"\d{4}_\d\d_\d\d_(\d{4})_\w+\.py", name)))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
