"""Who wishes not to be called again and is done stays done, on a file as on a server, whatever becomes of the wish.

SQLite runs the triggers of one event in no order it promises: the wish of a call was written before the call's place
in the queue, which then stayed blocked, and came back to be called once the wish was lifted.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_STATUS = "(SELECT s.{0} FROM call_statuses AS s WHERE s.id = NEW.status_id)"
_TRIES = f"(CASE WHEN status_id = {_STATUS.format('id')} THEN status_tries + 1 ELSE 1 END)"


def upgrade() -> None:
    """Let the trigger that writes the wish finish the entry first, so that it does not matter which one runs first."""
    if op.get_context().dialect.name != "sqlite":
        return
    op.execute("DROP TRIGGER call_attempts_followed_wish")
    op.execute(
        f"""
        CREATE TRIGGER call_attempts_followed_wish AFTER INSERT ON call_attempts
        WHEN NEW.person IS NOT NULL AND NEW.kind IN ('call', 'inbound')
            AND {_STATUS.format("outcome")} = 'do_not_call' BEGIN
            UPDATE call_queue SET state = 'done'
                WHERE id = NEW.entry_id AND NEW.was_held AND NEW.kind = 'call' AND NEW.callback_at IS NULL
                    AND state NOT IN ('blocked', 'done') AND ({_STATUS.format("is_final")}
                        OR ({_STATUS.format("max_tries")} > 0 AND {_TRIES} >= {_STATUS.format("max_tries")}));
            INSERT OR IGNORE INTO do_not_call (person, customer_id, source, reason, at, by_id)
                VALUES (NEW.person, NEW.customer_id, 'call', NEW.note, NEW.finished_at, NEW.user_id);
        END
        """
    )
