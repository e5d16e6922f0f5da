"""What a backup holds, as a person wants to know it before going back to it, and what is said of a bad one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.db import schema
from app.domain.errors import Refused, SchemaMismatch
from app.domain.words import N_, Message, message

__all__ = ["Held", "Progress", "Table", "cut", "foreign", "refuse_strange"]

Progress = Callable[[int, int], object]
"""Called with how much is done of how much; may raise to give up, and nothing is left behind then."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows and their checksum, which does not depend on their order."""

    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Held:
    """Of which company, which engine, which moment and which version of the schema."""

    company: str
    is_server: bool
    made_at: datetime
    revision: str
    database: str
    server_version: int
    tables: Mapping[str, Table]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables.values())


_NOT_CHANGED = message(N_("Nothing was changed. Choose another backup."))


def foreign(name: str) -> Refused:
    """The file is something else."""
    return Refused("FOREIGN", message(N_("{name} is no backup of Callboard."), name=name), _NOT_CHANGED)


def cut(name: str) -> Refused:
    """The file is not as it was written."""
    return Refused("DAMAGED", message(N_("The backup {name} is damaged or not whole."), name=name), _NOT_CHANGED)


def other_engine(*, is_server: bool) -> Refused:
    """A file's backup is not for a server, nor the other way round."""
    what: Message = (
        message(N_("This is the backup of a PostgreSQL server; it cannot be put into a file."))
        if is_server
        else message(N_("This is the backup of a file; it cannot be put into a PostgreSQL server."))
    )
    return Refused("ENGINE", what, _NOT_CHANGED)


def refuse_strange(held: Held) -> None:
    """Stop before a backup of a newer program."""
    if held.revision not in schema.steps():
        raise SchemaMismatch(
            message(N_("This backup was made by a newer version of Callboard.")),
            message(N_("Nothing was changed. Install the newer version, then try again.")),
        )
