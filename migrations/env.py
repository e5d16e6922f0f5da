"""How alembic meets the program: one transaction for an upgrade, the tables of the models, one database at a time."""

from typing import Any

from alembic import context
from sqlalchemy import text

from app.models import Base, whole


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave out what the models cannot say: indexes of an expression, SQLite's search tables, what policies ask."""
    if kind == "index":
        return not (name or "").endswith(("_trgm", "_lower")) and name != "ex_visits_technician_time"
    return not (kind == "table" and ("_search" in (name or "") or name in {"reaches", "group_reaches"}))


def _say_conditions(dialect: str) -> None:
    """Give partial indexes their conditions, in this engine's words."""
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_kwargs[f"{dialect}_where"] = text(index.info["where"])


def _run(connection: Any) -> None:
    _say_conditions(connection.dialect.name)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=_is_ours,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


assert whole.__all__, "every table is mapped before any is compared"
_run(context.config.attributes["connection"])
