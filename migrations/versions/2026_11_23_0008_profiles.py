"""Profiles, processes with their stages, and what routing locks and counts."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Points, UtcDateTime
from migrations import columns, feed, grants

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, their guards and their grants."""
    _tables()
    columns.add("activity_types", "notifies", "boolean", default=True)
    columns.add("activity_states", "is_waiting", "boolean", default=False)
    columns.add("ticket_types", "priority", "bigint", check="priority BETWEEN 0 AND 3")
    columns.add("ticket_types", "process_id", "bigint", references="processes")
    _grants()
    op.execute("INSERT INTO routing_rules (id) VALUES (1)")
    op.execute("INSERT INTO user_loads (user_id) SELECT id FROM users")
    for statement in _POSTGRESQL if op.get_context().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)


def _grants() -> None:
    shaped = ("profiles", "user_profiles", "processes", "stages", "stage_links", "stage_openings", "routing_rules")
    feed.watch(*shaped, "customer_profiles")
    grants.read(*shaped, "customer_profiles", "profile_gates", "user_loads")
    grants.write(*shaped, by=grants.ADMINISTRATOR)
    grants.write("customer_profiles", by=grants.DESK)
    # Locking a row takes the right to change it; that nobody does is what `only_by_trigger` is for.
    grants.change("profile_gates", "profile_id", by=grants.WORKERS)
    grants.change("user_loads", "chosen_at", by=grants.WORKERS)


_POSTGRESQL = (
    """
    CREATE FUNCTION open_gate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        INSERT INTO public.profile_gates (profile_id) VALUES (NEW.id);
        RETURN NULL;
    END $$;
    CREATE FUNCTION open_load() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        INSERT INTO public.user_loads (user_id) VALUES (NEW.id);
        RETURN NULL;
    END $$;
    CREATE FUNCTION only_by_trigger() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION openings_end() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('callboard.stage_openings'));
        IF EXISTS (
            WITH RECURSIVE opened (stage) AS (
                SELECT NEW.opens_stage_id
                UNION SELECT o.opens_stage_id FROM public.stage_openings AS o JOIN opened ON o.stage_id = opened.stage
            ) SELECT FROM opened WHERE stage = NEW.stage_id
        ) THEN
            RAISE EXCEPTION 'callboard:LOOP' USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION open_gate(), open_load(), only_by_trigger(), openings_end() FROM PUBLIC;
    CREATE TRIGGER profiles_gate AFTER INSERT ON profiles FOR EACH ROW EXECUTE FUNCTION open_gate();
    CREATE TRIGGER users_load AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION open_load();
    CREATE TRIGGER profile_gates_kept BEFORE UPDATE ON profile_gates
        FOR EACH ROW EXECUTE FUNCTION only_by_trigger();
    CREATE TRIGGER stage_openings_end AFTER INSERT OR UPDATE ON stage_openings
        FOR EACH ROW EXECUTE FUNCTION openings_end();
    """,
)

_LOOP = """
    CREATE TRIGGER stage_openings_end_{verb} AFTER {verb} ON stage_openings
    WHEN EXISTS (
        WITH RECURSIVE opened (stage) AS (
            SELECT NEW.opens_stage_id
            UNION SELECT o.opens_stage_id FROM stage_openings AS o JOIN opened ON o.stage_id = opened.stage
        ) SELECT 1 FROM opened WHERE stage = NEW.stage_id
    ) BEGIN SELECT RAISE(ABORT, 'callboard:LOOP'); END
"""

_SQLITE = (
    (
        "CREATE TRIGGER profiles_gate AFTER INSERT ON profiles "
        "BEGIN INSERT INTO profile_gates (profile_id) VALUES (NEW.id); END"
    ),
    "CREATE TRIGGER users_load AFTER INSERT ON users BEGIN INSERT INTO user_loads (user_id) VALUES (NEW.id); END",
    _LOOP.format(verb="insert"),
    _LOOP.format(verb="update"),
)


def _tables() -> None:
    op.create_table(
        "profiles",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("main", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("main IN ('customer', 'supplier', 'worker')", name=op.f("ck_profiles_main")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_profiles_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profiles")),
        sa.UniqueConstraint("id", "main", name=op.f("uq_profiles_id_main")),
        sa.UniqueConstraint("main", "name", name=op.f("uq_profiles_main_name")),
    )
    op.create_table(
        "user_profiles",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("profile_id", BigInt, nullable=False),
        sa.Column("main", sa.Text(), server_default="worker", nullable=False),
        sa.CheckConstraint("main = 'worker'", name=op.f("ck_user_profiles_worker")),
        sa.ForeignKeyConstraint(
            ["profile_id", "main"],
            ["profiles.id", "profiles.main"],
            name=op.f("fk_user_profiles_profile_id_main"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_profiles_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_profiles")),
        sa.UniqueConstraint("profile_id", "user_id", name=op.f("uq_user_profiles_profile_id_user_id")),
    )
    op.create_index(op.f("ix_user_profiles_user_id"), "user_profiles", ["user_id"], unique=False)
    op.create_table(
        "customer_profiles",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("customer_id", BigInt, nullable=False),
        sa.Column("profile_id", BigInt, nullable=False),
        sa.Column("main", sa.Text(), nullable=False),
        sa.CheckConstraint("main IN ('customer', 'supplier')", name=op.f("ck_customer_profiles_contact")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_profiles_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["profile_id", "main"],
            ["profiles.id", "profiles.main"],
            name=op.f("fk_customer_profiles_profile_id_main"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_profiles")),
        sa.UniqueConstraint("profile_id", "customer_id", name=op.f("uq_customer_profiles_profile_id_customer_id")),
    )
    op.create_index(op.f("ix_customer_profiles_customer_id"), "customer_profiles", ["customer_id"], unique=False)
    op.create_table(
        "profile_gates",
        sa.Column("profile_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["profiles.id"], name=op.f("fk_profile_gates_profile_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_profile_gates")),
    )
    op.create_table(
        "user_loads",
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("open_tasks", BigInt, server_default="0", nullable=False),
        sa.Column("waiting_tasks", BigInt, server_default="0", nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("0 <= waiting_tasks AND waiting_tasks <= open_tasks", name=op.f("ck_user_loads_counts")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_loads_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_loads")),
    )
    op.create_table(
        "processes",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_processes_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
        sa.UniqueConstraint("name", name=op.f("uq_processes_name")),
    )
    op.create_table(
        "stages",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("process_id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("profile_id", BigInt, nullable=True),
        sa.Column("is_intake", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_final", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("due_hours", BigInt, nullable=True),
        sa.Column("customer_points", Points(), server_default="0", nullable=False),
        sa.Column("worker_points", Points(), server_default="0", nullable=False),
        sa.Column("scores_every_time", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("mail_template_id", BigInt, nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_stages_named")),
        sa.CheckConstraint("due_hours > 0", name=op.f("ck_stages_due_hours")),
        sa.ForeignKeyConstraint(["mail_template_id"], ["mail_templates.id"], name=op.f("fk_stages_mail_template_id")),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name=op.f("fk_stages_process_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.id"], name=op.f("fk_stages_profile_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stages")),
        sa.UniqueConstraint("id", "process_id", name=op.f("uq_stages_id_process_id")),
        sa.UniqueConstraint("process_id", "name", name=op.f("uq_stages_process_id_name")),
    )
    op.create_index(op.f("ix_stages_profile_id"), "stages", ["profile_id"], unique=False)
    op.create_index(
        "uq_stages_intake",
        "stages",
        ["process_id"],
        unique=True,
        postgresql_where=sa.text("is_intake"),
        sqlite_where=sa.text("is_intake"),
    )
    op.create_table(
        "stage_links",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("process_id", BigInt, nullable=False),
        sa.Column("from_stage_id", BigInt, nullable=False),
        sa.Column("to_stage_id", BigInt, nullable=False),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.CheckConstraint("from_stage_id <> to_stage_id", name=op.f("ck_stage_links_elsewhere")),
        sa.ForeignKeyConstraint(
            ["from_stage_id", "process_id"],
            ["stages.id", "stages.process_id"],
            name=op.f("fk_stage_links_from_stage_id_process_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_stage_id", "process_id"],
            ["stages.id", "stages.process_id"],
            name=op.f("fk_stage_links_to_stage_id_process_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_links")),
        sa.UniqueConstraint("from_stage_id", "to_stage_id", name=op.f("uq_stage_links_from_stage_id_to_stage_id")),
    )
    op.create_index(op.f("ix_stage_links_to_stage_id"), "stage_links", ["to_stage_id"], unique=False)
    op.create_table(
        "stage_openings",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("stage_id", BigInt, nullable=False),
        sa.Column("opens_stage_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["opens_stage_id"], ["stages.id"], name=op.f("fk_stage_openings_opens_stage_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stages.id"], name=op.f("fk_stage_openings_stage_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_openings")),
        sa.UniqueConstraint("stage_id", "opens_stage_id", name=op.f("uq_stage_openings_stage_id_opens_stage_id")),
    )
    op.create_index(op.f("ix_stage_openings_opens_stage_id"), "stage_openings", ["opens_stage_id"], unique=False)
    op.create_table(
        "routing_rules",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("administrator_id", BigInt, nullable=True),
        sa.Column("counts_waiting", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("keeps_absent", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("heeds_hours", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("intake_type_id", BigInt, nullable=True),
        sa.Column("reminds_day_before", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("diary_days", BigInt, server_default="7", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("diary_days BETWEEN 1 AND 60", name=op.f("ck_routing_rules_diary_days")),
        sa.CheckConstraint("id = 1", name=op.f("ck_routing_rules_one_row")),
        sa.ForeignKeyConstraint(["administrator_id"], ["users.id"], name=op.f("fk_routing_rules_administrator_id")),
        sa.ForeignKeyConstraint(
            ["intake_type_id"], ["ticket_types.id"], name=op.f("fk_routing_rules_intake_type_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
