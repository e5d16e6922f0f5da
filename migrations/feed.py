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
