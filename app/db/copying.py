"""Long answers on their way into a file: all rows of one moment, and PostgreSQL's own way of writing them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.db.together import as_sqlalchemy, driver_of

__all__ = ["copying", "one_moment"]


@contextmanager
def one_moment(session: Session) -> Iterator[None]:
    """What a session that reads asks within the block is answered as of one moment, however long it takes.

    On SQLite everything such a session asks is.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        yield
        return
    driver = driver_of(connection)
    with as_sqlalchemy(connection, driver), driver.transaction():
        driver.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        driver.execute("SET LOCAL statement_timeout = 0")
        yield


@contextmanager
def copying(session: Session, statement: "Select[*tuple[Any, ...]]") -> Iterator[psycopg.Copy]:
    """The rows of a statement as PostgreSQL's lines of CSV; leaving the block early stops the server too."""
    connection = session.connection()
    driver = driver_of(connection)
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    # COPY takes no parameters: the driver puts them into the statement as literals.
    command = f"COPY ({compiled}) TO STDOUT (FORMAT csv)".encode()
    with as_sqlalchemy(connection, driver), driver.cursor().copy(command, compiled.params) as lines:
        yield lines
