"""What every mapped class shares: naming of constraints, key, version."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Identity, Index, MetaData, Table, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, declared_attr, mapped_column

from app.db.types import BigInt, Document, UtcDateTime


class Base(DeclarativeBase):
    """Root of the mapped classes; one naming convention on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInt,
        str: Text(),
        datetime: UtcDateTime(),
        dict[str, Any]: Document(),
    }


M = TypeVar("M", bound=Base)


class Keyed:
    """A surrogate key."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-1)


class Versioned(Keyed):
    """A row people edit: the ORM raises `version` with each update, so a second writer is told, never ignored.

    Statements that go past the ORM raise it themselves (`version = version + 1`).
    """

    version: Mapped[int] = mapped_column(default=1, server_default="1", sort_order=90)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Name the version column to the mapper."""
        return {"version_id_col": cls.version}


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class: work on hot paths and in bulk goes past the unit of work."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def alias_of(model: type[M]) -> type[M]:
    """A second name of a mapped class for the statements of a whole module, whichever threads come first.

    SQLAlchemy works an alias's columns out at their first use, and not for two threads at once: one of them gets the
    table's own column, in a statement that then joins every row with every other, for as long as the program runs.
    """
    made = aliased(model)
    select(*(getattr(made, column.key) for column in table_of(model).columns))
    return made


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows that meet `where`.

    The condition waits in `info` for migrations/env.py, which gives it to the engine at hand: said to the Index itself
    it would bring in PostgreSQL's dialect at every start.
    """
    return Index(name, *columns, unique=unique, info={"where": where})
