"""Open cards: who has which card open on which desktop, and whether he is writing on it."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, UtcDateTime
from migrations import grants, policies

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; everybody sees who is where, and says it of himself only."""
    op.create_table(
        "open_cards",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", BigInt, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("is_editing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("table_name IN ('tickets', 'customers', 'tasks')", name=op.f("ck_open_cards_table_name")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_open_cards_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_cards")),
        sa.UniqueConstraint("desk", "table_name", "row_id", name=op.f("uq_open_cards_desk_table_name_row_id")),
    )
    op.create_index("ix_open_cards_table_name_row_id", "open_cards", ["table_name", "row_id"])
    op.create_index("ix_open_cards_user_id", "open_cards", ["user_id"])
    op.create_index("ix_open_cards_seen_at", "open_cards", ["seen_at"])
    _watch()
    grants.read("open_cards")
    grants.append("open_cards", by=grants.WORKERS)
    grants.change("open_cards", "seen_at", "is_editing", by=grants.WORKERS)
    _remove()
    policies.close("open_cards")
    policies.seen("open_cards")
    # A sign of life from the future would outlive the desktop.
    mine = f"user_id = {policies.ME}"
    alive = f"{mine} AND seen_at <= clock_timestamp()"
    policies.added("open_cards", where=alive, by=grants.WORKERS)
    policies.changed("open_cards", where=mine, check=alive, by=grants.WORKERS)
    # What desktops that died left behind is swept by whoever comes next.
    dead = "seen_at < clock_timestamp() - interval '5 minutes'"
    policies.removed("open_cards", where=f"{mine} OR {dead}", by=grants.WORKERS)


def _remove() -> None:
    if op.get_context().dialect.name == "postgresql":
        workers = ", ".join(f"callboard_{group}" for group in grants.WORKERS)
        op.execute(f"GRANT DELETE ON open_cards TO {workers}")


def _watch() -> None:
    """The change log names the card, not the row of this table, and tells nothing of a mere sign of life.

    So a desktop asks anew only about a card it shows itself, however many others are opened meanwhile.
    """
    if op.get_context().dialect.name == "postgresql":
        op.execute(_POSTGRESQL)
        for verb, when in _VERBS:
            op.execute(
                f"CREATE TRIGGER open_cards_log_{verb.lower()} AFTER {verb} ON open_cards FOR EACH ROW {when} "
                "EXECUTE FUNCTION log_open_card()"
            )
        return
    for verb, when in _VERBS:
        row = "OLD" if verb == "DELETE" else "NEW"
        op.execute(
            f"CREATE TRIGGER open_cards_log_{verb.lower()} AFTER {verb} ON open_cards "
            f"{when.replace('IS DISTINCT FROM', 'IS NOT')} BEGIN "
            "INSERT INTO change_log (table_name, row_id, at) VALUES "
            f"('open_' || {row}.table_name, {row}.row_id, strftime('%Y-%m-%d %H:%M:%f000', 'now')); END"
        )


_VERBS = (("INSERT", ""), ("UPDATE", "WHEN (OLD.is_editing IS DISTINCT FROM NEW.is_editing)"), ("DELETE", ""))

_POSTGRESQL = """
    CREATE FUNCTION log_open_card() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            INSERT INTO public.change_log (table_name, row_id) VALUES ('open_' || OLD.table_name, OLD.row_id);
        ELSE
            INSERT INTO public.change_log (table_name, row_id) VALUES ('open_' || NEW.table_name, NEW.row_id);
        END IF;
        RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION log_open_card() FROM PUBLIC
"""
