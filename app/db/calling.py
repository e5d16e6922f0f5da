"""One statement, one answer: the road of the few calls that are made all day and have to be quick.

It goes straight to the driver: on these statements SQLAlchemy's result machinery costs as much as the server's work.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.db.together import as_sqlalchemy, driver_of, ensure_begun


def call(session: Session, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row a PostgreSQL statement gives, parameters as `%s`; driver errors come as SQLAlchemy's."""
    connection = session.connection()
    driver = driver_of(connection)
    with as_sqlalchemy(connection, driver, statement, tuple(values)):
        ensure_begun(connection)
        found: tuple[Any, ...] | None = driver.execute(statement.encode(), values).fetchone()
        return found
