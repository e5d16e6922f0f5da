"""Ticket types, tickets and tasks."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, UtcDateTime
from migrations import feed, grants, search

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_ORDERS = (
    ("opened_at", "id"),
    ("due_at", "id"),
    ("priority", "id"),
    ("status_id", "id"),
    ("type_id", "id"),
    ("handler_id", "id"),
    ("customer_id", "id"),
    ("status_id", "opened_at", "id"),
    ("type_id", "opened_at", "id"),
    ("handler_id", "opened_at", "id"),
    ("status_id", "due_at", "id"),
    ("type_id", "due_at", "id"),
    ("handler_id", "due_at", "id"),
)
_OPEN_ORDERS = {
    "number": "id",
    "opened": "opened_at",
    "due": "due_at",
    "priority": "priority",
    "status": "status_id",
    "type": "type_id",
    "handler": "handler_id",
}


def upgrade() -> None:
    """Make the tables, their guards and their grants."""
    _tables()
    _guards()


def _tables() -> None:
    op.create_table(
        "ticket_types",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("activity_type_id", BigInt, nullable=True),
        sa.Column("due_hours", BigInt, nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("due_hours > 0", name=op.f("ck_ticket_types_due_hours")),
        sa.ForeignKeyConstraint(
            ["activity_type_id"], ["activity_types.id"], name=op.f("fk_ticket_types_activity_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_types")),
        sa.UniqueConstraint("name", name=op.f("uq_ticket_types_name")),
    )
    op.create_table(
        "ticket_subtypes",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("type_id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"], ["ticket_types.id"], name=op.f("fk_ticket_subtypes_type_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_subtypes")),
        sa.UniqueConstraint("type_id", "name", name=op.f("uq_ticket_subtypes_type_id_name")),
    )
    op.create_table(
        "ticket_statuses",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_statuses")),
        sa.UniqueConstraint("code", name=op.f("uq_ticket_statuses_code")),
        sa.UniqueConstraint("name", name=op.f("uq_ticket_statuses_name")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("type_id", BigInt, nullable=True),
        sa.Column("subtype_id", BigInt, nullable=True),
        sa.Column("status_id", BigInt, nullable=False),
        sa.Column("priority", BigInt, server_default="2", nullable=False),
        sa.Column("responsible_id", BigInt, nullable=True),
        sa.Column("handler_id", BigInt, nullable=True),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("site_id", BigInt, nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("created_by_id", BigInt, nullable=True),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("priority BETWEEN 0 AND 3", name=op.f("ck_tickets_priority")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_tickets_created_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_tickets_customer_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["users.id"], name=op.f("fk_tickets_handler_id")),
        sa.ForeignKeyConstraint(["responsible_id"], ["users.id"], name=op.f("fk_tickets_responsible_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_tickets_site_id")),
        sa.ForeignKeyConstraint(["status_id"], ["ticket_statuses.id"], name=op.f("fk_tickets_status_id")),
        sa.ForeignKeyConstraint(["subtype_id"], ["ticket_subtypes.id"], name=op.f("fk_tickets_subtype_id")),
        sa.ForeignKeyConstraint(["type_id"], ["ticket_types.id"], name=op.f("fk_tickets_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("external_key", name=op.f("uq_tickets_external_key")),
    )
    for columns in _ORDERS:
        op.create_index(op.f("ix_tickets_" + "_".join(columns)), "tickets", list(columns), unique=False)
    is_open = sa.text("closed_at IS NULL")
    for name, first in _OPEN_ORDERS.items():
        columns = (first,) if first == "id" else (first, "id")
        op.create_index(
            f"ix_tickets_open_{name}",
            "tickets",
            list(columns),
            unique=False,
            postgresql_where=is_open,
            sqlite_where=is_open,
        )
    op.create_table(
        "tasks",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("ticket_id", BigInt, nullable=True),
        sa.Column("activity_type_id", BigInt, nullable=True),
        sa.Column("state_id", BigInt, nullable=True),
        sa.Column("user_id", BigInt, nullable=True),
        sa.Column("group_id", BigInt, nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("expected_minutes", BigInt, nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint(
            "closed_at IS NOT NULL OR (user_id IS NULL) <> (group_id IS NULL)",
            name=op.f("ck_tasks_one_owner_while_open"),
        ),
        sa.CheckConstraint("expected_minutes BETWEEN 5 AND 10080", name=op.f("ck_tasks_expected_minutes")),
        sa.ForeignKeyConstraint(["activity_type_id"], ["activity_types.id"], name=op.f("fk_tasks_activity_type_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_tasks_group_id")),
        sa.ForeignKeyConstraint(["state_id"], ["activity_states.id"], name=op.f("fk_tasks_state_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_tasks_ticket_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tasks_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_open_of_user",
        "tasks",
        ["user_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_tasks_ticket_id"), "tasks", ["ticket_id"], unique=False)
    op.create_index(
        "ix_tasks_waiting",
        "tasks",
        ["group_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )


def _guards() -> None:
    tables = ("ticket_types", "ticket_subtypes", "ticket_statuses")
    feed.watch(*tables, "tickets", "tasks")
    search.index("tickets")
    grants.read(*tables, "tickets", "tasks")
    grants.write(*tables, by=grants.ADMINISTRATOR)
    grants.append(*tables, by=grants.IMPORTERS)
    grants.change("ticket_types", "activity_type_id", by=grants.IMPORTERS)
    grants.write("tickets", "tasks", by=grants.DESK)
    statuses = (("new", False), ("in_work", False), ("waiting", False), ("closed", True))
    for position, (code, is_closed) in enumerate(statuses):
        op.execute(
            sa.text(
                "INSERT INTO ticket_statuses (code, is_closed, position) VALUES (:code, :is_closed, :position)"
            ).bindparams(code=code, is_closed=is_closed, position=position)
        )
    if op.get_context().dialect.name == "postgresql":
        op.execute(_ACTIVE_POSTGRESQL)
    else:
        for table, column in _HOLDERS:
            _active_sqlite(table, column)


_HOLDERS = (("tickets", "responsible_id"), ("tickets", "handler_id"), ("tasks", "user_id"))

_ACTIVE_POSTGRESQL = """
    CREATE FUNCTION holder_is_active() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        holder bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    BEGIN
        IF NEW.closed_at IS NOT NULL OR holder IS NULL THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' AND holder IS NOT DISTINCT FROM (to_jsonb(OLD) ->> TG_ARGV[0])::bigint THEN
            RETURN NEW;
        END IF;
        IF NOT EXISTS (SELECT FROM public.users WHERE id = holder AND is_active) THEN
            RAISE EXCEPTION 'callboard:INACTIVE' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION holder_is_active() FROM PUBLIC;
    CREATE TRIGGER tickets_responsible_is_active BEFORE INSERT OR UPDATE OF responsible_id ON tickets
        FOR EACH ROW WHEN (NEW.responsible_id IS NOT NULL) EXECUTE FUNCTION holder_is_active('responsible_id');
    CREATE TRIGGER tickets_handler_is_active BEFORE INSERT OR UPDATE OF handler_id ON tickets
        FOR EACH ROW WHEN (NEW.handler_id IS NOT NULL) EXECUTE FUNCTION holder_is_active('handler_id');
    CREATE TRIGGER tasks_user_is_active BEFORE INSERT OR UPDATE OF user_id ON tasks
        FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION holder_is_active('user_id');
"""


def _active_sqlite(table: str, column: str) -> None:
    inactive = f"NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.{column} AND is_active)"
    given = f"NEW.closed_at IS NULL AND NEW.{column} IS NOT NULL"
    for verb, when in (("INSERT", given), (f"UPDATE OF {column}", f"{given} AND NEW.{column} IS NOT OLD.{column}")):
        op.execute(
            f"CREATE TRIGGER {table}_{column}_is_active_{verb[:6].lower()} BEFORE {verb} ON {table} "
            f"WHEN {when} AND {inactive} BEGIN SELECT RAISE(ABORT, 'callboard:INACTIVE'); END"
        )
