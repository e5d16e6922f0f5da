"""What the feed has told everybody, and answers nobody asks for again, are cleared away in small portions."""

from alembic import op

from migrations import grants
from migrations.closing import FORBIDDEN, HEAD

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let old answers be found; on PostgreSQL make the function that clears, for everybody who works here."""
    op.create_index("ix_operations_at", "operations", ["at"], unique=False)
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(_PRUNE)
    op.execute("REVOKE ALL ON FUNCTION prune_changes() FROM PUBLIC")
    everybody = ", ".join(f"callboard_{group}" for group in grants.GROUPS)
    op.execute(f"GRANT EXECUTE ON FUNCTION prune_changes() TO {everybody}")


# How old is said here and nowhere else: whoever calls it only says that it is time. A feed that was away for a day
# reads everything anew (app.db.feed.FLOOR), so that two days are enough. The log is walked from its oldest end, and
# rows that somebody else is clearing are his: nobody waits. Arrays, because a join would read the whole table.
_PRUNE = f"""
    CREATE FUNCTION prune_changes() RETURNS bigint {HEAD} AS $$
    DECLARE
        told bigint;
        answered bigint;
    BEGIN
        IF acting_user() IS NULL AND NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
            {FORBIDDEN};
        END IF;
        DELETE FROM change_log WHERE seq = ANY (ARRAY(
            SELECT l.seq FROM change_log AS l
            WHERE l.seq <= (SELECT max(o.seq) FROM (SELECT c.seq FROM change_log AS c ORDER BY c.seq LIMIT 5000) AS o)
                AND l.at < now() - interval '48 hours'
            FOR UPDATE SKIP LOCKED));
        GET DIAGNOSTICS told = ROW_COUNT;
        DELETE FROM operations WHERE op_id = ANY (ARRAY(
            SELECT o.op_id FROM operations AS o WHERE o.at < now() - interval '30 days'
            ORDER BY o.at LIMIT 5000 FOR UPDATE SKIP LOCKED));
        GET DIAGNOSTICS answered = ROW_COUNT;
        RETURN told + answered;
    END $$
"""
