"""Whether who is logged in sees a part of the rows: row policies keep his searches from the indexes."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_SEES_PART = "sees part"
_IN_GROUP = text("SELECT pg_has_role('callboard_technician', 'MEMBER')")


def sees_part(session: Session) -> bool:
    """Whether customers and tickets are shown to him one by one; asked once for each log-in on a connection.

    A change of the group ends the sessions of whoever it takes it from, so that an answer never grows old.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return False
    from app.db.together import driver_of

    status = driver_of(connection).info.parameter_status
    login = status("session_authorization")
    known: tuple[str | None, bool] | None = connection.info.get(_SEES_PART)
    if known is None or known[0] != login:
        known = login, status("is_superuser") != "on" and bool(session.scalar(_IN_GROUP))
        connection.info[_SEES_PART] = known
    return known[1]
