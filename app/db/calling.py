"""One statement, one answer: the road of the few calls that are made all day and have to be quick.

It goes straight to the driver: on these statements SQLAlchemy's result machinery costs as much as the server's work.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def call(session: Session, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row a PostgreSQL statement gives, parameters as `%s`; driver errors come as SQLAlchemy's."""
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        return driver.execute(statement.encode(), values).fetchone()
    except psycopg.Error as error:
        is_lost = driver.closed
        if is_lost:
            connection.invalidate(error)
        wrapped = DBAPIError.instance(
            statement, tuple(values), error, psycopg.Error, connection_invalidated=is_lost, dialect=connection.dialect
        )
        raise wrapped from error
