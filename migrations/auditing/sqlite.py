"""The writing of the audit log on SQLite: three triggers a table.

`acting_user()` is a function the program adds to its connections: a file that is written past the program has no such
function, and a watched table there is refused rather than changed in nobody's or somebody else's name.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrations.audit import Watched

NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"

_INSERTS = """
    INSERT INTO audit_log (at, user_id, area, table_name, row_id, row_key, of_table, of_id, verb, changes)
    SELECT {now}, acting_user(), '{area}', '{table}', {row_id}, {row_key}, {of_table}, {of_id}, '{verb}', {changes}
"""


def _refuse(name: str, verb: str, code: str, when: str = "1") -> str:
    return (
        f"CREATE TRIGGER audit_log_{name} {verb} ON audit_log WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, 'callboard:{code}'); END"
    )


class Writing:
    """Statements by which a table is watched."""

    COLUMNS = "SELECT name, type FROM pragma_table_info(:name)"

    GUARDS = (
        _refuse("kept_update", "BEFORE UPDATE", "KEPT"),
        _refuse("kept_delete", "BEFORE DELETE", "KEPT"),
        # Nothing tells a trigger's writing from somebody's: nothing is dated back, and nothing is somebody else's.
        # REPLACE would delete a row without asking the trigger that forbids it.
        _refuse(
            "true",
            "BEFORE INSERT",
            "FORBIDDEN",
            "NEW.user_id IS NOT acting_user() OR NEW.login IS NOT NULL OR NEW.address IS NOT NULL "
            f"OR NEW.at IS NOT {NOW} OR EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)",
        ),
    )

    @staticmethod
    def leaving(table: str) -> tuple[str, ...]:
        """Drop what watches a table."""
        return tuple(f"DROP TRIGGER IF EXISTS {table}_audit_{verb}" for verb in ("insert", "update", "delete"))

    @staticmethod
    def watching(watched: "Watched") -> tuple[str, ...]:
        """Watch a table, row by row."""
        old, new = watched.only.format(row="OLD") or "1", watched.only.format(row="NEW") or "1"
        differs = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in watched.told)
        return (
            _trigger(watched, "insert", "NEW", "NULL", new),
            _trigger(watched, "update", "NEW", _differences(watched), f"(({old}) OR ({new})) AND ({differs})"),
            _trigger(watched, "delete", "OLD", _whole(watched), old),
        )


def _trigger(watched: "Watched", verb: str, row: str, changes: str, when: str) -> str:
    table = watched.table
    inserts = _INSERTS.format(now=NOW, area=watched.area, table=table, verb=verb, changes=changes, **watched.place(row))
    return f"CREATE TRIGGER {table}_audit_{verb} AFTER {verb.upper()} ON {table} WHEN {when} BEGIN {inserts}; END"


def _differences(watched: "Watched") -> str:
    return _document([_difference(watched, column) for column in watched.told])


def _difference(watched: "Watched", column: str) -> str:
    old, new = _shown(watched, "OLD", column), _shown(watched, "NEW", column)
    return f"CASE WHEN NEW.{column} IS NOT OLD.{column} THEN ',\"{column}\":' || json_array({old}, {new}) ELSE '' END"


def _whole(watched: "Watched") -> str:
    """The row that is gone; what was empty is left out."""
    parts = [
        f"CASE WHEN OLD.{column} IS NOT NULL THEN "
        f"',\"{column}\":' || json_array({_shown(watched, 'OLD', column)}, NULL) ELSE '' END"
        for column in watched.told
    ]
    return _document(parts)


def _document(parts: list[str]) -> str:
    return "'{' || ltrim(" + " || ".join(parts) + ", ',') || '}'"


def _shown(watched: "Watched", row: str, column: str) -> str:
    value = f"{row}.{column}"
    secrecy = watched.secrecy(column)
    if secrecy == "secret":
        return f"CASE WHEN {value} IS NOT NULL THEN '•••' END"
    if secrecy == "contact":
        bare = f"replace(replace({value}, ' ', ''), '-', '')"
        kept = f"substr({bare}, 1, instr({bare} || '@', '@') - 1)"
        return f"CASE WHEN length({kept}) < 7 THEN '…' ELSE '…' || substr({kept}, -3) END"
    return f"json({value})" if column in watched.documents else value
