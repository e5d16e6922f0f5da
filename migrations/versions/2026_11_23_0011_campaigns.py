"""Campaigns with their rules, results, forms and hours; pools and the queue of calls."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, UtcDateTime
from migrations import columns, feed, grants

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, the built-in reasons for a pause, and the permissions of the dial desk."""
    _tables()
    columns.add("customers", "time_zone", "text")
    columns.add("reminders", "campaign_id", "bigint", references="campaigns")
    columns.add("reminders", "entry_id", "bigint", references="pool_entries")
    op.create_index("ix_reminders_entry_id", "reminders", ["entry_id"])
    op.execute("INSERT INTO dial_rules (id) VALUES (1)")
    for position, code in enumerate(("break", "lunch", "training", "meeting", "after_call")):
        op.execute(f"INSERT INTO pause_reasons (code, position) VALUES ('{code}', {position})")
    for permission, roles in _PERMISSIONS.items():
        for role in roles:
            op.execute(
                "INSERT INTO role_permissions (role_id, permission) "
                f"SELECT id, '{permission}' FROM roles WHERE code = '{role}'"
            )
    _grants()
    is_postgresql = op.get_context().dialect.name == "postgresql"
    if is_postgresql:
        # Every call rewrites its row and its place in the indexes: room on the page, and a vacuum that comes in time.
        op.execute("ALTER TABLE call_queue SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01)")
    for statement in (_ONE_WORKER_POSTGRESQL,) if is_postgresql else _one_worker_sqlite():
        op.execute(statement)


_PERMISSIONS = {
    "dial": ("administrator", "manager", "back_office", "agent"),
    "run_campaigns": ("administrator", "manager"),
    "see_group": ("administrator", "manager"),
}

_ONE_WORKER_POSTGRESQL = """
    CREATE FUNCTION one_worker_a_customer() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM public.pool_entries AS e JOIN public.campaigns AS c ON c.id = e.campaign_id
            WHERE e.campaign_id = NEW.campaign_id AND e.customer_id = NEW.customer_id AND e.id <> NEW.id
                AND NOT c.allows_several_relations
                AND NOT EXISTS (SELECT FROM public.pools AS p WHERE p.id = e.pool_id AND p.removed_at IS NOT NULL)
        ) THEN
            RAISE EXCEPTION 'callboard:SEVERAL' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER pool_entries_one_worker BEFORE INSERT OR UPDATE OF campaign_id, customer_id ON pool_entries
        FOR EACH ROW EXECUTE FUNCTION one_worker_a_customer();
"""


def _one_worker_sqlite() -> tuple[str, ...]:
    return tuple(
        f"""
        CREATE TRIGGER pool_entries_one_worker_{name} BEFORE {verb} ON pool_entries WHEN EXISTS (
            SELECT 1 FROM pool_entries AS e JOIN campaigns AS c ON c.id = e.campaign_id
            WHERE e.campaign_id = NEW.campaign_id AND e.customer_id = NEW.customer_id AND e.id IS NOT NEW.id
                AND NOT c.allows_several_relations
                AND NOT EXISTS (SELECT 1 FROM pools AS p WHERE p.id = e.pool_id AND p.removed_at IS NOT NULL)
        ) BEGIN SELECT RAISE(ABORT, 'callboard:SEVERAL'); END
        """
        for name, verb in (("insert", "INSERT"), ("update", "UPDATE OF campaign_id, customer_id"))
    )


def _grants() -> None:
    shaped = ("campaigns", "campaign_users", "call_statuses", "call_forms", "campaign_forms", "pause_reasons")
    feed.watch(*shaped, "pools", "pool_users")
    grants.read(*shaped, "dial_rules", "call_windows", "phone_lines", "pools", "pool_users", "lanes", "pool_entries")
    grants.read("call_queue")
    grants.write(*shaped, "call_windows", "pools", "pool_users", "lanes", "pool_entries", by=grants.OFFICE)
    grants.write("call_queue", by=grants.OFFICE)
    # An agent keeps his own book, in his own order, and names how he telephones.
    grants.append("lanes", "pool_entries", "call_queue", by=("agent",))
    # Whoever saves a customer's card brings his entries up to date; what he may not be called for is asked at the call.
    grants.change("pool_entries", "person", by=("agent",))
    followed = ("lane_id", "person", "site_id", "language", "state", "blocked", "due_at")
    grants.change("call_queue", *followed, by=("agent",))
    grants.change("pool_users", "position", by=("agent",))
    grants.append("pool_users", by=("agent",))
    grants.write("phone_lines", by=grants.DESK)
    grants.change("dial_rules", "lease_seconds", "telephony", "version", by=grants.ADMINISTRATOR)
    grants.change("customers", "time_zone", by=grants.DESK)
    grants.change("reminders", "campaign_id", "entry_id", by=grants.WORKERS)


def _tables() -> None:
    op.create_table(
        "dial_rules",
        sa.Column("id", BigInt, autoincrement=False, nullable=False),
        sa.Column("lease_seconds", BigInt, server_default="45", nullable=False),
        sa.Column("telephony", Document(), server_default="{}", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_dial_rules_one_row")),
        sa.CheckConstraint("lease_seconds BETWEEN 5 AND 60", name=op.f("ck_dial_rules_lease_seconds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dial_rules")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("script", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("calls_automatically", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("call_delay_seconds", BigInt, server_default="5", nullable=False),
        sa.Column("alert_after_seconds", BigInt, server_default="60", nullable=False),
        sa.Column("wrap_up_seconds", BigInt, server_default="0", nullable=False),
        sa.Column("no_status_first", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("from_all_pools", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("includes_campaign_pools", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("skip_minutes", BigInt, server_default="30", nullable=False),
        sa.Column("hours", Document(), server_default="{}", nullable=False),
        sa.Column("allows_several_relations", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("agents_set_filters", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("filters", Document(), server_default="{}", nullable=False),
        sa.Column("own_history_only", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("reminds_caller_only", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("needs_note", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("checks_register", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("needs_consent", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("lock_minutes", BigInt, server_default="10", nullable=False),
        sa.Column("gap_minutes", BigInt, server_default="120", nullable=False),
        sa.Column("daily_cap", BigInt, server_default="3", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_campaigns_named")),
        sa.CheckConstraint("alert_after_seconds BETWEEN 0 AND 3600", name=op.f("ck_campaigns_alert_after_seconds")),
        sa.CheckConstraint("call_delay_seconds BETWEEN 0 AND 60", name=op.f("ck_campaigns_call_delay_seconds")),
        sa.CheckConstraint("daily_cap BETWEEN 0 AND 100", name=op.f("ck_campaigns_daily_cap")),
        sa.CheckConstraint("gap_minutes BETWEEN 0 AND 10080", name=op.f("ck_campaigns_gap_minutes")),
        sa.CheckConstraint("lock_minutes BETWEEN 0 AND 10080", name=op.f("ck_campaigns_lock_minutes")),
        sa.CheckConstraint("skip_minutes BETWEEN 0 AND 10080", name=op.f("ck_campaigns_skip_minutes")),
        sa.CheckConstraint("wrap_up_seconds BETWEEN 0 AND 3600", name=op.f("ck_campaigns_wrap_up_seconds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_table(
        "campaign_users",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("filters", Document(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_users_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_campaign_users_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_users")),
    )
    op.create_index(op.f("ix_campaign_users_user_id"), "campaign_users", ["user_id"], unique=False)
    op.create_index("uq_campaign_users_campaign_id_user_id", "campaign_users", ["campaign_id", "user_id"], unique=True)
    op.create_table(
        "call_statuses",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), server_default="#DDDDDD", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("needs_note", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_final", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("recycle_minutes", BigInt, server_default="0", nullable=False),
        sa.Column("max_tries", BigInt, server_default="0", nullable=False),
        sa.Column("opens_type_id", BigInt, nullable=True),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("code IS NOT NULL OR name <> ''", name=op.f("ck_call_statuses_named")),
        sa.CheckConstraint(
            "outcome IN ('no_contact', 'contact', 'callback', 'success', 'refusal', 'wrong_number', 'do_not_call')",
            name=op.f("ck_call_statuses_outcome"),
        ),
        sa.CheckConstraint("max_tries BETWEEN 0 AND 100", name=op.f("ck_call_statuses_max_tries")),
        sa.CheckConstraint("recycle_minutes BETWEEN 0 AND 525600", name=op.f("ck_call_statuses_recycle_minutes")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_call_statuses_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["opens_type_id"], ["ticket_types.id"], name=op.f("fk_call_statuses_opens_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_statuses")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_call_statuses_campaign_id_code")),
        sa.UniqueConstraint("campaign_id", "name", name=op.f("uq_call_statuses_campaign_id_name")),
    )
    op.create_table(
        "call_forms",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fields", Document(), server_default="{}", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_call_forms_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_forms")),
        sa.UniqueConstraint("name", name=op.f("uq_call_forms_name")),
    )
    op.create_table(
        "campaign_forms",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("form_id", BigInt, nullable=False),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_forms_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["form_id"], ["call_forms.id"], name=op.f("fk_campaign_forms_form_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_forms")),
    )
    op.create_index(op.f("ix_campaign_forms_form_id"), "campaign_forms", ["form_id"], unique=False)
    op.create_index("uq_campaign_forms_campaign_id_form_id", "campaign_forms", ["campaign_id", "form_id"], unique=True)
    op.create_table(
        "call_windows",
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_call_windows_in_order")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_call_windows_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "zone", "opens_at", name=op.f("pk_call_windows")),
    )
    op.create_table(
        "pause_reasons",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("code IS NOT NULL OR name <> ''", name=op.f("ck_pause_reasons_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause_reasons")),
        sa.UniqueConstraint("code", name=op.f("uq_pause_reasons_code")),
        sa.UniqueConstraint("name", name=op.f("uq_pause_reasons_name")),
    )
    op.create_table(
        "phone_lines",
        sa.Column("user_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), server_default="handoff", nullable=False),
        sa.Column("settings", Document(), server_default="{}", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('handoff', 'ami', 'baresip', 'simulator')", name=op.f("ck_phone_lines_kind")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_phone_lines_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_phone_lines")),
    )
    op.create_table(
        "pools",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user_id", BigInt, nullable=True),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("is_for_all", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_pools_named")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_pools_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pools_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pools")),
    )
    op.create_index(op.f("ix_pools_campaign_id_position"), "pools", ["campaign_id", "position"], unique=False)
    op.create_index(op.f("ix_pools_user_id"), "pools", ["user_id"], unique=False)
    op.create_table(
        "pool_users",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("pool_id", BigInt, nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("is_given", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("position", BigInt, nullable=True),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name=op.f("fk_pool_users_pool_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pool_users_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_users")),
    )
    op.create_index(op.f("ix_pool_users_user_id"), "pool_users", ["user_id"], unique=False)
    op.create_index("uq_pool_users_pool_id_user_id", "pool_users", ["pool_id", "user_id"], unique=True)
    op.create_table(
        "lanes",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("pool_id", BigInt, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_lanes_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name=op.f("fk_lanes_pool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lanes")),
        sa.UniqueConstraint("pool_id", "zone", name=op.f("uq_lanes_pool_id_zone")),
    )
    op.create_index(op.f("ix_lanes_campaign_id"), "lanes", ["campaign_id"], unique=False)
    op.create_table(
        "pool_entries",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("pool_id", BigInt, nullable=False),
        sa.Column("customer_id", BigInt, nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by_id", BigInt, nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_pool_entries_added_by_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_pool_entries_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_pool_entries_customer_id")),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name=op.f("fk_pool_entries_pool_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_entries")),
    )
    op.create_index(
        op.f("ix_pool_entries_campaign_id_customer_id"), "pool_entries", ["campaign_id", "customer_id"], unique=False
    )
    op.create_index(op.f("ix_pool_entries_customer_id"), "pool_entries", ["customer_id"], unique=False)
    op.create_index(
        "ix_pool_entries_person",
        "pool_entries",
        ["person"],
        unique=False,
        postgresql_where=sa.text("person IS NOT NULL"),
        sqlite_where=sa.text("person IS NOT NULL"),
    )
    op.create_index("uq_pool_entries_pool_id_customer_id", "pool_entries", ["pool_id", "customer_id"], unique=True)
    op.create_table(
        "call_queue",
        sa.Column("id", BigInt, autoincrement=False, nullable=False),
        sa.Column("campaign_id", BigInt, nullable=False),
        sa.Column("lane_id", BigInt, nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("customer_id", BigInt, nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("blocked", sa.Text(), nullable=True),
        sa.Column("has_status", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("status_id", BigInt, nullable=True),
        sa.Column("priority", BigInt, server_default="2", nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("is_callback", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("callback_user_id", BigInt, nullable=True),
        sa.Column("tries", BigInt, server_default="0", nullable=False),
        sa.Column("status_tries", BigInt, server_default="0", nullable=False),
        sa.Column("site_id", BigInt, nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ready', 'callback', 'waiting', 'held', 'blocked', 'done')", name=op.f("ck_call_queue_state")
        ),
        sa.CheckConstraint("priority BETWEEN 0 AND 3", name=op.f("ck_call_queue_priority")),
        sa.ForeignKeyConstraint(["id"], ["pool_entries.id"], name=op.f("fk_call_queue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_queue")),
    )
    op.create_index(
        "ix_call_queue_callback",
        "call_queue",
        ["campaign_id", "callback_user_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'callback'"),
        sqlite_where=sa.text("state = 'callback'"),
    )
    op.create_index(
        "ix_call_queue_promised",
        "call_queue",
        ["callback_user_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting' AND callback_user_id IS NOT NULL"),
        sqlite_where=sa.text("state = 'waiting' AND callback_user_id IS NOT NULL"),
    )
    op.create_index(
        "ix_call_queue_ready",
        "call_queue",
        ["lane_id", "has_status", "priority", "tried_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'ready'"),
        sqlite_where=sa.text("state = 'ready'"),
    )
    op.create_index(
        "ix_call_queue_waiting",
        "call_queue",
        ["lane_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
