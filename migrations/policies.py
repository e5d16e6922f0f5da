"""Row policies on PostgreSQL: the usual ones in one word each; every migration that makes a table calls them.

Deny by default: a table that is closed shows and takes no row until a policy says so. A policy speaks to group roles,
a grant has to allow the verb besides. Where a whole group sees every row its policy is the constant `true`, which the
planner drops: any other condition is a barrier that keeps searches from their indexes. What depends on who asks is a
set looked up once in a statement, never a function called for each row.
"""

from alembic import op

from migrations.grants import GROUPS

ME = "(SELECT acting_user())"
"""The user who logged in, null for nobody of this company."""

__all__ = ["ME", "added", "any_of", "changed", "close", "in_all", "may", "removed", "seen", "written"]


def may(*permissions: str) -> str:
    """That the user's role has one of these permissions; asked once in a statement."""
    return "(SELECT may({}))".format(", ".join(f"'{permission}'" for permission in permissions))


def any_of(function: str) -> str:
    """One of the ids that a function `my_...()` gives; it is called once in a statement."""
    return f"ANY ((SELECT {function}())::bigint[])"


def in_all(function: str) -> str:
    """Among the many ids that a function `my_...()` gives: hashed once, where an array would be read for each row.

    The inner SELECT hides the function from the planner, who else calls it himself to guess how many ids there are.
    """
    return f"IN (SELECT unnest((SELECT {function}())))"


def close(*tables: str) -> None:
    """Let nobody in but through policies; the owner, whom nobody can log in as, and his functions excepted."""
    for table in tables:
        _execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def seen(*tables: str, by: tuple[str, ...] = GROUPS, where: str = "true", name: str = "") -> None:
    """Show these groups the rows for which the condition holds; several policies of a table unite."""
    _make(tables, name, "SELECT", by, f"USING ({where})")


def added(*tables: str, where: str, by: tuple[str, ...] = GROUPS, name: str = "") -> None:
    """Let these groups add rows for which the condition holds."""
    _make(tables, name, "INSERT", by, f"WITH CHECK ({where})")


def changed(*tables: str, where: str, check: str | None = None, by: tuple[str, ...] = GROUPS, name: str = "") -> None:
    """Let these groups change rows for which the condition holds into rows for which `check` (or the same) holds."""
    _make(tables, name, "UPDATE", by, f"USING ({where}) WITH CHECK ({check or where})")


def removed(*tables: str, where: str, by: tuple[str, ...] = GROUPS, name: str = "") -> None:
    """Let these groups remove rows for which the condition holds."""
    _make(tables, name, "DELETE", by, f"USING ({where})")


def written(*tables: str, where: str, by: tuple[str, ...] = GROUPS) -> None:
    """Let these groups add, change and remove rows for which the condition holds."""
    added(*tables, where=where, by=by)
    changed(*tables, where=where, by=by)
    removed(*tables, where=where, by=by)


def _make(tables: tuple[str, ...], name: str, verb: str, groups: tuple[str, ...], condition: str) -> None:
    roles = ", ".join(f"callboard_{group}" for group in groups)
    for table in tables:
        called = "_".join(filter(None, (table, verb.lower(), name)))
        _execute(f"CREATE POLICY {called} ON {table} FOR {verb} TO {roles} {condition}")


def _execute(statement: str) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(statement)
