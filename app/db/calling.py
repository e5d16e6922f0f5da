"""One statement, one answer: the road of the few calls that are made all day and have to be quick.

It goes straight to the driver: on these statements SQLAlchemy's result machinery costs as much as the server's work.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.db.steps import FITS, steps
from app.db.together import as_sqlalchemy, driver_of, ensure_begun

_WHERE_IT_FITS = f" WHERE (SELECT {FITS} FROM alembic_version) IS NULL"


def call(session: Session, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row a PostgreSQL statement without a condition gives, parameters as `%s`.

    Driver errors come as SQLAlchemy's; where the schema is not this program's, nothing is done.
    """
    connection = session.connection()
    driver = driver_of(connection)
    with as_sqlalchemy(connection, driver, statement, tuple(values)):
        ensure_begun(connection)
        asked = driver.execute(f"{statement}{_WHERE_IT_FITS}".encode(), [*values, steps()[-1]])
        found: tuple[Any, ...] | None = asked.fetchone()
        return found
