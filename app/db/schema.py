"""The schema's version: where a database stands, and the way up; only an upgrade brings alembic in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.db.database import Database
from app.db.steps import MIGRATIONS, mismatch, steps

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = [
    "MIGRATIONS", "SchemaStatus", "config", "refuse_newer", "refuse_older", "status", "steps", "upgrade",
]  # fmt: skip


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


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to this program's version (or to an earlier step), in one transaction, one upgrader at a time.

    On PostgreSQL the steps run as the database's owner, so that nobody who can log in owns a table. Whoever writes
    holds the version until he is through (`app.db.together`): the steps wait for him, and he is refused after them.
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
            if inspect(connection).has_table("alembic_version"):
                connection.exec_driver_sql("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        command.upgrade(config(connection), to)


def refuse_newer(database: Database) -> None:
    """Stop before a database that a newer program has changed."""
    if not status(database).is_known:
        raise mismatch(status(database).current)


def refuse_older(database: Database) -> None:
    """Stop before a shared database that still has to be upgraded by its migrator."""
    if not status(database).is_current:
        raise mismatch(status(database).current)


def config(connection: Connection) -> "Config":
    """Alembic's configuration for one open connection."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made
