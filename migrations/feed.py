"""Triggers that write `change_log`, whoever changes a row and by whatever road."""

from alembic import op

_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


def prepare() -> None:
    """Make the function that PostgreSQL's triggers share; it writes one log row for each changed row."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(
        """
        ALTER TABLE change_log ALTER COLUMN xid SET DEFAULT pg_current_xact_id()::text::bigint;
        ALTER TABLE change_log ALTER COLUMN at SET DEFAULT clock_timestamp();
        CREATE FUNCTION log_changes() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        BEGIN
            INSERT INTO public.change_log (table_name, row_id) SELECT TG_TABLE_NAME, id FROM changed;
            RETURN NULL;
        END $$;
        REVOKE ALL ON FUNCTION log_changes() FROM PUBLIC;
        """
    )


def watch(*tables: str) -> None:
    """Log every insert, update and delete of these tables; each has a key named `id`."""
    for table in tables:
        if op.get_context().dialect.name == "postgresql":
            _watch_postgresql(table)
        else:
            _watch_sqlite(table)


def watch_permissions() -> None:
    """Log a role whose permissions change; they have no key of their own, and are told as what they belong to."""
    if op.get_context().dialect.name != "postgresql":
        for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            told = "; ".join(
                f"INSERT INTO change_log (table_name, row_id, at) VALUES ('roles', {row}.role_id, {_SQLITE_NOW})"
                for row in rows
            )
            op.execute(
                f"CREATE TRIGGER role_permissions_log_{verb.lower()} AFTER {verb} ON role_permissions BEGIN {told}; END"
            )
        return
    op.execute(
        """
        CREATE FUNCTION log_permissions() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        BEGIN
            INSERT INTO public.change_log (table_name, row_id) SELECT DISTINCT 'roles', role_id FROM changed;
            RETURN NULL;
        END $$;
        REVOKE ALL ON FUNCTION log_permissions() FROM PUBLIC;
        """
    )
    for name, verb, kept in (
        ("insert", "INSERT", "NEW"),
        ("update", "UPDATE", "NEW"),
        ("update_from", "UPDATE", "OLD"),
        ("delete", "DELETE", "OLD"),
    ):
        op.execute(
            f"CREATE TRIGGER role_permissions_log_{name} AFTER {verb} ON role_permissions "
            f"REFERENCING {kept} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_permissions()"
        )


def _watch_postgresql(table: str) -> None:
    for verb, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER {table}_log_{verb.lower()} AFTER {verb} ON {table} "
            f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_changes()"
        )


def _watch_sqlite(table: str) -> None:
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER {table}_log_{verb.lower()} AFTER {verb} ON {table} BEGIN "
            f"INSERT INTO change_log (table_name, row_id, at) VALUES ('{table}', {row}.id, {_SQLITE_NOW}); END"
        )
