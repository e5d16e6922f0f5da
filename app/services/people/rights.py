"""What the log-in that asks may do with each table, as the server itself says, and a look to try it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.db.logins import keeps_logins
from app.domain.errors import NotFound
from app.domain.rights import Reach, TableRight, Tried, reach
from app.domain.words import N_, message
from app.services.context import reads

__all__ = ["MOST", "rights", "try_table"]

MOST = 10_000
"""More rows than these are not counted by a try."""

_PERMISSIONS = text(
    "SELECT p.permission FROM users AS u JOIN role_permissions AS p ON p.role_id = u.role_id "
    "WHERE u.db_role = session_user::text AND u.is_active"
)
_TABLES = text(
    """
    SELECT c.relname, c.relrowsecurity,
        has_any_column_privilege(c.oid, 'SELECT') AS sees, has_any_column_privilege(c.oid, 'INSERT') AS adds,
        has_any_column_privilege(c.oid, 'UPDATE') AS changes, has_table_privilege(c.oid, 'DELETE') AS removes
    FROM pg_class AS c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
    """
)
_POLICIES = text(
    """
    SELECT tablename, cmd, coalesce(with_check, qual) AS written, qual FROM pg_policies
    WHERE schemaname = 'public' AND EXISTS (
        SELECT FROM unnest(roles) AS named(role)
        WHERE named.role = 'public' OR pg_has_role(session_user, named.role, 'MEMBER'))
    """
)
_VERBS: Mapping[str, str] = {"sees": "SELECT", "adds": "INSERT", "changes": "UPDATE", "removes": "DELETE"}


@reads
def rights(session: Session) -> tuple[TableRight, ...]:
    """Every table by name; nothing on a file, which opens whole to whoever can read it."""
    if not keeps_logins(session):
        return ()
    permissions = frozenset(session.scalars(_PERMISSIONS))
    conditions: dict[tuple[str, str], list[str]] = {}
    for table, verb, written, shown in session.execute(_POLICIES):
        conditions.setdefault((table, verb), []).append(written if verb == "INSERT" else shown)
    return tuple(
        TableRight(
            row.relname, **{name: _reach(row, name, verb, conditions, permissions) for name, verb in _VERBS.items()}
        )
        for row in session.execute(_TABLES)
    )


def _reach(
    row: Any, name: str, verb: str, conditions: Mapping[tuple[str, str], list[str]], permissions: frozenset[str]
) -> Reach:
    if not getattr(row, name):
        return Reach.NONE
    return reach(conditions.get((row.relname, verb), ()), permissions) if row.relrowsecurity else Reach.ALL


@reads
def try_table(session: Session, table: str) -> Tried:
    """Look into a table with nothing but the log-in's own rights, and tell what the server answered."""
    if table not in {row.relname for row in session.execute(_TABLES)}:
        raise NotFound(message(N_("There is no such table.")), message(N_("Nothing was asked.")))
    quoted = '"{}"'.format(table.replace('"', '""'))
    try:
        rows = session.scalar(text(f"SELECT count(*) FROM (SELECT FROM {quoted} LIMIT {MOST + 1}) AS seen"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != "42501":
            raise
        return Tried(table, 0, is_refused=True)
    return Tried(table, min(int(rows or 0), MOST), is_refused=False, is_more=int(rows or 0) > MOST)
