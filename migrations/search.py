"""Search by any part of a text: a trigram index beside the column `search`, on both engines."""

from alembic import op


def index(table: str) -> None:
    """Index `search` of the table: pg_trgm on PostgreSQL, a trigram FTS5 table kept by triggers on SQLite."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute(f"CREATE INDEX ix_{table}_search_trgm ON {table} USING gin (search gin_trgm_ops)")
        return
    fts = f"{table}_search"
    remove = f"INSERT INTO {fts} ({fts}, rowid, search) VALUES ('delete', OLD.id, OLD.search);"
    add = f"INSERT INTO {fts} (rowid, search) VALUES (NEW.id, NEW.search);"
    op.execute(
        f"CREATE VIRTUAL TABLE {fts} USING fts5(search, content='{table}', content_rowid='id', tokenize='trigram')"
    )
    op.execute(f"CREATE TRIGGER {fts}_insert AFTER INSERT ON {table} BEGIN {add} END")
    op.execute(f"CREATE TRIGGER {fts}_delete AFTER DELETE ON {table} BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER {fts}_update AFTER UPDATE OF search ON {table} "
        f"WHEN NEW.search IS NOT OLD.search BEGIN {remove} {add} END"
    )
