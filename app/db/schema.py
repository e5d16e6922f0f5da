"""The schema's version: where a database stands, and the way up.

The steps are known by their file names, so that looking at the version needs no alembic, whose import costs the start
of every desktop; only an upgrade brings it in.
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

_STEP = re.compile(r"\d{4}_\d\d_\d\d_(\d{4})_\w+\.py")


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
        current = None
        if inspect(connection).has_table("alembic_version"):
            current = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return SchemaStatus(current, steps()[-1], current is None or current in steps())


@cache
def steps() -> tuple[str, ...]:
    """The revisions this program knows, oldest first."""
    return tuple(sorted(found[1] for path in MIGRATIONS.glob("versions/*.py") if (found := _STEP.match(path.name))))


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to this program's version (or to an earlier step), in one transaction, one upgrader at a time.

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
        command.upgrade(config(connection), to)


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


def config(connection: Connection) -> "Config":
    """Alembic's configuration for one open connection."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made
