"""The writing of the audit log on PostgreSQL: one function a table, as the owner; who it was is who logged in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrations.audit import Watched

_INSERTS = """
    INSERT INTO public.audit_log
        (user_id, login, address, xid, area, table_name, row_id, row_key, of_table, of_id, verb, changes)
    SELECT (SELECT u.id FROM public.users AS u WHERE u.db_role = session_user::text), session_user::text,
        host(inet_client_addr()), pg_current_xact_id()::text::bigint, '{area}', '{table}', {row_id}, {row_key},
        {of_table}, {of_id}, '{verb}', {changes}
"""


def _refuse(name: str, verb: str, when: str = "") -> str:
    each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    return (
        f"CREATE TRIGGER audit_log_{name} BEFORE {verb} ON audit_log FOR EACH {each} {when} "
        "EXECUTE FUNCTION never_changed()"
    )


class Writing:
    """Statements by which a table is watched."""

    COLUMNS = (
        "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute "
        "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    )

    GUARDS = (
        "ALTER TABLE audit_log ALTER COLUMN at SET DEFAULT clock_timestamp()",
        _refuse("kept_update", "UPDATE"),
        _refuse("kept_delete", "DELETE"),
        _refuse("kept_truncate", "TRUNCATE"),
        # Inside a trigger of a watched table the depth is one already.
        _refuse("written_by_triggers", "INSERT", "WHEN (pg_trigger_depth() < 1)"),
    )

    @staticmethod
    def leaving(table: str) -> tuple[str, ...]:
        """Drop what watches a table; its triggers go with the function."""
        return (f"DROP FUNCTION IF EXISTS audit_{table}() CASCADE",)

    @staticmethod
    def watching(watched: "Watched") -> tuple[str, ...]:
        """Watch a table: a set of new rows at once, changed and deleted ones each by itself."""
        table = watched.table
        runs = f"EXECUTE FUNCTION audit_{table}()"
        return (
            _function(watched),
            f"REVOKE ALL ON FUNCTION audit_{table}() FROM PUBLIC",
            (
                f"CREATE TRIGGER {table}_audit_insert AFTER INSERT ON {table} "
                f"REFERENCING NEW TABLE AS added FOR EACH STATEMENT {runs}"
            ),
            f"CREATE TRIGGER {table}_audit_update AFTER UPDATE ON {table} FOR EACH ROW {runs}",
            f"CREATE TRIGGER {table}_audit_delete AFTER DELETE ON {table} FOR EACH ROW {runs}",
        )


def _function(watched: "Watched") -> str:
    only = watched.only
    old, new = only.format(row="OLD"), only.format(row="NEW")
    differs = "\n".join(_difference(watched, column) for column in watched.told)
    return f"""
        CREATE FUNCTION audit_{watched.table}() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DECLARE
            found jsonb := '{{}}';
        BEGIN
            IF TG_OP = 'INSERT' THEN
                {_insert(watched, "r", "insert", "NULL")}
                FROM added AS r {"WHERE " + only.format(row="r") if only else ""};
            ELSIF TG_OP = 'UPDATE' THEN
                {f"IF NOT (({old}) OR ({new})) THEN RETURN NULL; END IF;" if only else ""}
                {differs}
                IF found <> '{{}}' THEN
                    {_insert(watched, "NEW", "update", "found")};
                END IF;
            ELSE
                {f"IF NOT ({old}) THEN RETURN NULL; END IF;" if only else ""}
                {_insert(watched, "OLD", "delete", _whole(watched))};
            END IF;
            RETURN NULL;
        END $$;
    """


def _insert(watched: "Watched", row: str, verb: str, changes: str) -> str:
    return _INSERTS.format(area=watched.area, table=watched.table, verb=verb, changes=changes, **watched.place(row))


def _difference(watched: "Watched", column: str) -> str:
    old, new = _shown(watched, "OLD", column), _shown(watched, "NEW", column)
    return (
        f"IF NEW.{column} IS DISTINCT FROM OLD.{column} THEN "
        f"found := found || jsonb_build_object('{column}', jsonb_build_array({old}, {new})); END IF;"
    )


def _whole(watched: "Watched") -> str:
    """The row that is gone; what was empty is left out."""
    parts = [
        f"CASE WHEN OLD.{column} IS NULL THEN '{{}}' "
        f"ELSE jsonb_build_object('{column}', jsonb_build_array({_shown(watched, 'OLD', column)}, NULL)) END"
        for column in watched.told
    ]
    return " || ".join(parts)


def _shown(watched: "Watched", row: str, column: str) -> str:
    value = f"{row}.{column}"
    secrecy = watched.secrecy(column)
    if secrecy == "secret":
        return f"CASE WHEN {value} IS NOT NULL THEN '•••' END"
    if secrecy == "contact":
        kept = f"split_part(replace(replace({value}, ' ', ''), '-', ''), '@', 1)"
        return f"CASE WHEN length({kept}) < 7 THEN '…' ELSE '…' || right({kept}, 3) END"
    return value
