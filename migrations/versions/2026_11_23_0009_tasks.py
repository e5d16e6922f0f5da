"""Tasks that stand at stages, the steps they take, and how much everybody has in hand."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, Points, UtcDateTime
from migrations import columns, feed, grants

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of steps, the new columns of tasks, the counters, and the permission to work on tasks."""
    columns.add("tasks", "customer_id", "bigint", references="customers")
    columns.add("tasks", "number", "text")
    columns.add("tasks", "stage_id", "bigint", references="stages")
    columns.add("tasks", "is_by_hand", "boolean", default=False)
    columns.add("tasks", "awaits_profile_id", "bigint", references="profiles")
    columns.add("tasks", "opened_by_task_id", "bigint", references="tasks")
    columns.add("tasks", "custom", "jsonb", default={})
    _indexes()
    op.execute("UPDATE tasks SET customer_id = (SELECT customer_id FROM tickets WHERE tickets.id = tasks.ticket_id)")
    _tables()
    feed.watch("task_steps")
    grants.read("task_steps")
    grants.append("task_steps", by=grants.WORKERS)
    grants.append("tasks", by=grants.TECHNICIAN)
    grants.change(
        "tasks", "stage_id", "state_id", "user_id", "group_id", "is_by_hand", "awaits_profile_id", "due_at",
        "closed_at", "custom", "version", by=grants.TECHNICIAN,
    )  # fmt: skip
    grants.change("tickets", "handler_id", "version", by=grants.TECHNICIAN)
    for role in ("administrator", "manager", "back_office", "agent", "technician"):
        op.execute(
            "INSERT INTO role_permissions (role_id, permission) "
            f"SELECT id, 'work_tasks' FROM roles WHERE code = '{role}'"
        )
    _recount()
    if op.get_context().dialect.name == "postgresql":
        op.execute(_COUNTERS_POSTGRESQL)
        op.execute(_STEPS_POSTGRESQL)
    else:
        for statement in (*_COUNTERS_SQLITE, *_STEPS_SQLITE):
            op.execute(statement)


def _indexes() -> None:
    is_open = sa.text("closed_at IS NULL")
    awaits = sa.text("awaits_profile_id IS NOT NULL")
    op.create_index("ix_tasks_customer_id_id", "tasks", ["customer_id", "id"])
    op.create_index("ix_tasks_opened_by_task_id", "tasks", ["opened_by_task_id"])
    op.create_index("ix_tasks_stage_id_id", "tasks", ["stage_id", "id"])
    op.create_index("uq_tasks_number", "tasks", ["number"], unique=True)
    op.create_index("ix_tasks_open_due", "tasks", ["due_at", "id"], postgresql_where=is_open, sqlite_where=is_open)
    op.create_index(
        "ix_tasks_awaiting", "tasks", ["awaits_profile_id", "id"], postgresql_where=awaits, sqlite_where=awaits
    )


_RECOUNT = """
    UPDATE user_loads SET
        open_tasks = (SELECT count(*) FROM tasks WHERE tasks.user_id = user_loads.user_id AND closed_at IS NULL),
        waiting_tasks = (SELECT count(*) FROM tasks JOIN activity_states AS s ON s.id = tasks.state_id
            WHERE tasks.user_id = user_loads.user_id AND closed_at IS NULL AND s.is_waiting)
"""


def _recount() -> None:
    op.execute(_RECOUNT)


_COUNTERS_POSTGRESQL = (
    """
    CREATE FUNCTION count_tasks() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        was bigint; was_waiting integer := 0; has bigint; has_waiting integer := 0;
    BEGIN
        IF TG_OP <> 'INSERT' AND OLD.closed_at IS NULL AND OLD.user_id IS NOT NULL THEN
            was := OLD.user_id;
            SELECT s.is_waiting::integer INTO was_waiting FROM public.activity_states AS s WHERE s.id = OLD.state_id;
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.closed_at IS NULL AND NEW.user_id IS NOT NULL THEN
            has := NEW.user_id;
            SELECT s.is_waiting::integer INTO has_waiting FROM public.activity_states AS s WHERE s.id = NEW.state_id;
        END IF;
        was_waiting := coalesce(was_waiting, 0);
        has_waiting := coalesce(has_waiting, 0);
        IF was = has THEN
            IF was_waiting <> has_waiting THEN
                UPDATE public.user_loads SET waiting_tasks = waiting_tasks + has_waiting - was_waiting
                    WHERE user_id = has;
            END IF;
            RETURN NULL;
        END IF;
        -- Always the lower user first, so that two exchanges never wait for each other.
        PERFORM 1 FROM public.user_loads WHERE user_id IN (was, has) ORDER BY user_id FOR UPDATE;
        UPDATE public.user_loads SET
            open_tasks = open_tasks
                + CASE WHEN user_id = has THEN 1 ELSE 0 END - CASE WHEN user_id = was THEN 1 ELSE 0 END,
            waiting_tasks = waiting_tasks
                + CASE WHEN user_id = has THEN has_waiting ELSE 0 END
                - CASE WHEN user_id = was THEN was_waiting ELSE 0 END
            WHERE user_id IN (was, has);
        RETURN NULL;
    END $$;
    CREATE FUNCTION recount_waiting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        LOCK TABLE public.user_loads IN EXCLUSIVE MODE;
"""
    + _RECOUNT.replace("UPDATE user_loads", "UPDATE public.user_loads", 1)
    + """;
        RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION count_tasks(), recount_waiting() FROM PUBLIC;
    CREATE TRIGGER user_loads_kept BEFORE UPDATE ON user_loads FOR EACH ROW EXECUTE FUNCTION only_by_trigger();
    CREATE TRIGGER tasks_counted_insert AFTER INSERT OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION count_tasks();
    CREATE TRIGGER tasks_counted_update AFTER UPDATE OF user_id, closed_at, state_id ON tasks FOR EACH ROW
        WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.state_id IS DISTINCT FROM NEW.state_id
            OR (OLD.closed_at IS NULL) <> (NEW.closed_at IS NULL)) EXECUTE FUNCTION count_tasks();
    CREATE TRIGGER activity_states_recounted AFTER UPDATE OF is_waiting ON activity_states FOR EACH ROW
        WHEN (OLD.is_waiting <> NEW.is_waiting) EXECUTE FUNCTION recount_waiting();
"""
)


def _count(row: str, sign: str) -> str:
    waits = f"coalesce((SELECT is_waiting FROM activity_states WHERE id = {row}.state_id), 0)"
    return (
        f"UPDATE user_loads SET open_tasks = open_tasks {sign} 1, waiting_tasks = waiting_tasks {sign} {waits} "
        f"WHERE user_id = {row}.user_id AND {row}.closed_at IS NULL;"
    )


_COUNTERS_SQLITE = (
    f"CREATE TRIGGER tasks_counted_insert AFTER INSERT ON tasks BEGIN {_count('NEW', '+')} END",
    f"CREATE TRIGGER tasks_counted_delete AFTER DELETE ON tasks BEGIN {_count('OLD', '-')} END",
    (
        "CREATE TRIGGER tasks_counted_update AFTER UPDATE OF user_id, closed_at, state_id ON tasks "
        f"BEGIN {_count('NEW', '+')} {_count('OLD', '-')} END"
    ),
    (
        "CREATE TRIGGER activity_states_recounted AFTER UPDATE OF is_waiting ON activity_states "
        f"WHEN OLD.is_waiting <> NEW.is_waiting BEGIN {_RECOUNT}; END"
    ),
)

_STEPS_POSTGRESQL = """
    CREATE FUNCTION never_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        RAISE EXCEPTION 'callboard:KEPT' USING ERRCODE = '23514';
    END $$;
    CREATE FUNCTION note_choice() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        UPDATE public.user_loads SET chosen_at = NEW.at WHERE user_id = NEW.to_user_id;
        RETURN NULL;
    END $$;
    CREATE FUNCTION sign_by() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        NEW.by_id := coalesce(public.acting_user(), NEW.by_id);
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION never_changed(), note_choice(), sign_by() FROM PUBLIC;
    CREATE TRIGGER task_steps_kept BEFORE UPDATE OR DELETE ON task_steps
        FOR EACH ROW EXECUTE FUNCTION never_changed();
    CREATE TRIGGER task_steps_whole BEFORE TRUNCATE ON task_steps
        FOR EACH STATEMENT EXECUTE FUNCTION never_changed();
    CREATE TRIGGER task_steps_choice AFTER INSERT ON task_steps FOR EACH ROW
        WHEN (NEW.is_automatic AND NEW.to_user_id IS NOT NULL) EXECUTE FUNCTION note_choice();
    CREATE TRIGGER task_steps_signed BEFORE INSERT ON task_steps FOR EACH ROW EXECUTE FUNCTION sign_by();
"""

_STEPS_SQLITE = (
    (
        "CREATE TRIGGER task_steps_kept_update BEFORE UPDATE ON task_steps "
        "BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END"
    ),
    (
        "CREATE TRIGGER task_steps_kept_delete BEFORE DELETE ON task_steps "
        "BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END"
    ),
    (
        "CREATE TRIGGER task_steps_choice AFTER INSERT ON task_steps "
        "WHEN NEW.is_automatic AND NEW.to_user_id IS NOT NULL "
        "BEGIN UPDATE user_loads SET chosen_at = NEW.at WHERE user_id = NEW.to_user_id; END"
    ),
)


def _tables() -> None:
    op.create_table(
        "task_steps",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("task_id", BigInt, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("from_stage_id", BigInt, nullable=True),
        sa.Column("to_stage_id", BigInt, nullable=True),
        sa.Column("from_user_id", BigInt, nullable=True),
        sa.Column("to_user_id", BigInt, nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", Document(), server_default="{}", nullable=False),
        sa.Column("is_automatic", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("closes", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_points", Points(), server_default="0", nullable=False),
        sa.Column("worker_points", Points(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_task_steps_by_id")),
        sa.ForeignKeyConstraint(["from_stage_id"], ["stages.id"], name=op.f("fk_task_steps_from_stage_id")),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_task_steps_from_user_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_steps_task_id")),
        sa.ForeignKeyConstraint(["to_stage_id"], ["stages.id"], name=op.f("fk_task_steps_to_stage_id")),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_task_steps_to_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_steps")),
    )
    op.create_index(op.f("ix_task_steps_at"), "task_steps", ["at"], unique=False)
    op.create_index(op.f("ix_task_steps_task_id_id"), "task_steps", ["task_id", "id"], unique=False)
    op.create_index(op.f("ix_task_steps_to_stage_id"), "task_steps", ["to_stage_id"], unique=False)
    op.create_index(op.f("ix_task_steps_to_user_id_at"), "task_steps", ["to_user_id", "at"], unique=False)
