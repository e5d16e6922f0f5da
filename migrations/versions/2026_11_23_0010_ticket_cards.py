"""What a ticket card is made of: classification, links, own fields, layouts, mandatory fields, notes, files, hours."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, UtcDateTime
from migrations import columns, feed, grants

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, the new columns, the guard of mandatory fields and the grants."""
    _tables()
    columns.add("activity_types", "numerator_id", "bigint", references="numerators")
    columns.add("ticket_types", "numerator_id", "bigint", references="numerators")
    columns.add("tasks", "project_id", "bigint", references="projects")
    columns.add("tickets", "number", "text")
    columns.add("tickets", "subtype2_id", "bigint", references="ticket_subtypes2")
    columns.add("tickets", "is_priority_by_hand", "boolean", default=False)
    columns.add("tickets", "product_group_id", "bigint", references="product_groups")
    columns.add("tickets", "product_id", "bigint", references="products")
    columns.add("tickets", "project_id", "bigint", references="projects")
    columns.add("tickets", "subproject_id", "bigint", references="projects")
    columns.add("tickets", "merged_into_id", "bigint", references="tickets")
    columns.add("tickets", "custom", "jsonb", default={})
    op.create_index("uq_tickets_number", "tickets", ["number"], unique=True)
    op.create_index("ix_tickets_product_id_id", "tickets", ["product_id", "id"])
    op.create_index("ix_tickets_project_id_id", "tickets", ["project_id", "id"])
    for name in ("subtype_id", "responsible_id", "product_group_id"):
        op.create_index(f"ix_tickets_{name}_id", "tickets", [name, "id"])
    op.create_index("ix_tickets_merged_into_id", "tickets", ["merged_into_id"])
    op.create_index("ix_tasks_project_id", "tasks", ["project_id"])
    # Known by mail address, whatever its case; the models cannot say either index.
    is_postgresql = op.get_context().dialect.name == "postgresql"
    op.execute(
        "CREATE INDEX ix_customers_email_lower ON customers "
        + ("(lower(email))" if is_postgresql else "(email COLLATE NOCASE)")
    )
    _grants()
    for position, (code, is_alert) in enumerate((("note", False), ("alert", True))):
        op.execute(
            sa.text(
                "INSERT INTO note_kinds (code, is_alert, position) VALUES (:code, :is_alert, :position)"
            ).bindparams(code=code, is_alert=is_alert, position=position)
        )
    if op.get_context().dialect.name == "postgresql":
        op.execute(_POSTGRESQL)
    else:
        for statement in (*_complete_sqlite(), *_KEPT_SQLITE):
            op.execute(statement)


def _grants() -> None:
    lists = ("product_groups", "products", "projects", "numerators", "ticket_subtypes2", "custom_fields", "layouts",
             "status_fields", "note_kinds")  # fmt: skip
    added = ("notes", "files", "reminders", "saved_filters", "hours_entries")
    feed.watch(*lists, *added)
    grants.read(*lists, *added, "file_contents")
    grants.write(*lists, by=grants.ADMINISTRATOR)
    grants.write("projects", by=("manager", "back_office"))
    grants.change("numerators", "next_number", "version", by=grants.WORKERS)
    grants.change("tasks", "project_id", by=grants.TECHNICIAN)
    grants.append("notes", "files", "file_contents", by=grants.WORKERS)
    grants.change("notes", "ticket_id", "dismissed_at", "dismissed_by_id", by=grants.DESK)
    grants.change("files", "ticket_id", by=grants.DESK)
    grants.change("incoming_messages", "ticket_id", by=grants.DESK)
    grants.change("outbox_messages", "ticket_id", by=grants.DESK)
    grants.write("reminders", "saved_filters", "hours_entries", by=grants.WORKERS)


_POSTGRESQL = """
    CREATE FUNCTION ticket_is_complete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        has jsonb; was jsonb; missing text;
    BEGIN
        -- A ticket that goes on under another number is not asked for what that one has.
        IF NEW.merged_into_id IS NOT NULL
                OR NOT EXISTS (SELECT FROM public.status_fields WHERE status_id = NEW.status_id) THEN
            RETURN NEW;
        END IF;
        has := to_jsonb(NEW);
        -- What was empty in the same state stays so: the state asked for it later. One that was merged was never asked.
        IF TG_OP = 'UPDATE' AND NEW.status_id = OLD.status_id AND OLD.merged_into_id IS NULL THEN
            was := to_jsonb(OLD);
        END IF;
        SELECT string_agg(coalesce('=' || c.name, f.field), '|' ORDER BY f.id) INTO missing
            FROM public.status_fields AS f LEFT JOIN public.custom_fields AS c ON f.field = 'custom.' || c.id
            WHERE f.status_id = NEW.status_id AND (c.id IS NOT NULL OR has ? f.field)
                AND public.is_empty(has, f.field, c.id, c.kind)
                AND (was IS NULL OR NOT public.is_empty(was, f.field, c.id, c.kind));
        IF missing IS NOT NULL THEN
            RAISE EXCEPTION USING MESSAGE = 'callboard:MISSING:' || missing, ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    CREATE FUNCTION is_empty(ticket jsonb, field text, custom_id bigint, kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
        SELECT CASE
            WHEN custom_id IS NULL THEN btrim(coalesce(ticket ->> field, '')) = ''
            WHEN kind = 'check' THEN ticket -> 'custom' -> custom_id::text IS DISTINCT FROM 'true'::jsonb
            ELSE btrim(coalesce(ticket -> 'custom' ->> custom_id::text, '')) = ''
        END
    $$;
    REVOKE ALL ON FUNCTION ticket_is_complete(), is_empty(jsonb, text, bigint, text) FROM PUBLIC;
    CREATE TRIGGER tickets_complete BEFORE INSERT OR UPDATE ON tickets
        FOR EACH ROW EXECUTE FUNCTION ticket_is_complete();
    CREATE FUNCTION note_is_kept() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR NEW.text <> OLD.text OR NEW.by_id IS DISTINCT FROM OLD.by_id OR NEW.at <> OLD.at THEN
            RAISE EXCEPTION 'callboard:KEPT' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION note_is_kept() FROM PUBLIC;
    CREATE TRIGGER notes_kept BEFORE UPDATE OR DELETE ON notes FOR EACH ROW EXECUTE FUNCTION note_is_kept();
    CREATE TRIGGER notes_signed BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION sign_by();
    CREATE TRIGGER files_signed BEFORE INSERT ON files FOR EACH ROW EXECUTE FUNCTION sign_by();
"""

_KEPT_SQLITE = (
    (
        "CREATE TRIGGER notes_kept_update BEFORE UPDATE OF text, by_id, at ON notes "
        "WHEN NEW.text <> OLD.text OR NEW.by_id IS NOT OLD.by_id OR NEW.at <> OLD.at "
        "BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END"
    ),
    "CREATE TRIGGER notes_kept_delete BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'callboard:KEPT'); END",
)

_FIELDS = (
    "subject", "description", "customer_id", "type_id", "subtype_id", "subtype2_id", "responsible_id", "handler_id",
    "site_id", "address", "due_at", "product_group_id", "product_id", "project_id", "subproject_id",
)  # fmt: skip


_ASKED_ANEW = "NEW.status_id <> OLD.status_id OR OLD.merged_into_id IS NOT NULL"


def _complete_sqlite() -> list[str]:
    """One trigger for inserts and one for updates; SQLite's RAISE takes a literal, so each field has its own."""
    return [_guard_sqlite("insert", changed=False), _guard_sqlite("update", changed=True)]


def _guard_sqlite(verb: str, *, changed: bool) -> str:
    checks = []
    for field in _FIELDS:
        was = f" AND ({_ASKED_ANEW} OR trim(coalesce(OLD.{field}, '')) <> '')" if changed else ""
        asked = f"SELECT 1 FROM status_fields WHERE status_id = NEW.status_id AND field = '{field}'"
        checks.append(
            f"SELECT RAISE(ABORT, 'callboard:MISSING:{field}') "
            f"WHERE trim(coalesce(NEW.{field}, '')) = ''{was} AND EXISTS ({asked});"
        )
    was = f" AND ({_ASKED_ANEW} OR NOT {_empty_sqlite('OLD')})" if changed else ""
    checks.append(
        "SELECT RAISE(ABORT, 'callboard:MISSING:custom') WHERE EXISTS ("
        "SELECT 1 FROM status_fields AS f JOIN custom_fields AS c ON f.field = 'custom.' || c.id "
        f"WHERE f.status_id = NEW.status_id AND {_empty_sqlite('NEW')}{was});"
    )
    asked = "EXISTS (SELECT 1 FROM status_fields WHERE status_id = NEW.status_id)"
    return (
        f"CREATE TRIGGER tickets_complete_{verb} BEFORE {verb} ON tickets "
        f"WHEN NEW.merged_into_id IS NULL AND {asked} BEGIN {' '.join(checks)} END"
    )


def _empty_sqlite(row: str) -> str:
    place = f"{row}.custom, '$.\"' || c.id || '\"'"
    ticked, value = f"json_type({place}) IS 'true'", f"json_extract({place})"
    return f"(CASE WHEN c.kind = 'check' THEN NOT ({ticked}) ELSE trim(coalesce({value}, '')) = '' END)"


def _tables() -> None:
    op.create_table(
        "product_groups",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_product_groups_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_groups")),
        sa.UniqueConstraint("name", name=op.f("uq_product_groups_name")),
    )
    op.create_table(
        "products",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("group_id", BigInt, nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_products_named")),
        sa.ForeignKeyConstraint(["group_id"], ["product_groups.id"], name=op.f("fk_products_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("code", name=op.f("uq_products_code")),
        sa.UniqueConstraint("name", name=op.f("uq_products_name")),
    )
    op.create_index(op.f("ix_products_group_id"), "products", ["group_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", BigInt, nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_projects_named")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_projects_not_its_own")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_projects_customer_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["projects.id"], name=op.f("fk_projects_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_projects_parent_id_name")),
    )
    op.create_index(op.f("ix_projects_customer_id"), "projects", ["customer_id"], unique=False)
    op.create_table(
        "numerators",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), server_default="", nullable=False),
        sa.Column("digits", BigInt, server_default="5", nullable=False),
        sa.Column("next_number", BigInt, server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_numerators_named")),
        sa.CheckConstraint("digits BETWEEN 1 AND 12", name=op.f("ck_numerators_digits")),
        sa.CheckConstraint("next_number > 0", name=op.f("ck_numerators_next_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numerators")),
        sa.UniqueConstraint("name", name=op.f("uq_numerators_name")),
    )
    op.create_table(
        "ticket_subtypes2",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("subtype_id", BigInt, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["subtype_id"], ["ticket_subtypes.id"], name=op.f("fk_ticket_subtypes2_subtype_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_subtypes2")),
        sa.UniqueConstraint("subtype_id", "name", name=op.f("uq_ticket_subtypes2_subtype_id_name")),
    )
    op.create_table(
        "custom_fields",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choices", Document(), server_default="[]", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('text', 'number', 'date', 'choice', 'check')", name=op.f("ck_custom_fields_kind")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_custom_fields_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("name", name=op.f("uq_custom_fields_name")),
    )
    op.create_table(
        "layouts",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ticket_type_id", BigInt, nullable=True),
        sa.Column("activity_type_id", BigInt, nullable=True),
        sa.Column("fields", Document(), server_default="[]", nullable=False),
        sa.Column("required", Document(), server_default="[]", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("activity_type_id IS NULL OR kind = 'task'", name=op.f("ck_layouts_of_tasks")),
        sa.CheckConstraint("kind IN ('ticket', 'task')", name=op.f("ck_layouts_kind")),
        sa.CheckConstraint("ticket_type_id IS NULL OR kind = 'ticket'", name=op.f("ck_layouts_of_tickets")),
        sa.ForeignKeyConstraint(
            ["activity_type_id"], ["activity_types.id"], name=op.f("fk_layouts_activity_type_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_types.id"], name=op.f("fk_layouts_ticket_type_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layouts")),
        sa.UniqueConstraint("activity_type_id", name=op.f("uq_layouts_activity_type_id")),
        sa.UniqueConstraint("ticket_type_id", name=op.f("uq_layouts_ticket_type_id")),
    )
    op.create_index(
        "uq_layouts_general",
        "layouts",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("ticket_type_id IS NULL AND activity_type_id IS NULL"),
        sqlite_where=sa.text("ticket_type_id IS NULL AND activity_type_id IS NULL"),
    )
    op.create_table(
        "status_fields",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("status_id", BigInt, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["status_id"], ["ticket_statuses.id"], name=op.f("fk_status_fields_status_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_fields")),
        sa.UniqueConstraint("status_id", "field", name=op.f("uq_status_fields_status_id_field")),
    )
    op.create_table(
        "note_kinds",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("is_alert", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_kinds")),
        sa.UniqueConstraint("code", name=op.f("uq_note_kinds_code")),
        sa.UniqueConstraint("name", name=op.f("uq_note_kinds_name")),
    )
    op.create_table(
        "notes",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("kind_id", BigInt, nullable=True),
        sa.Column("is_alert", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("ticket_id", BigInt, nullable=True),
        sa.Column("task_id", BigInt, nullable=True),
        sa.Column("step_id", BigInt, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("dismissed_at", UtcDateTime(), nullable=True),
        sa.Column("dismissed_by_id", BigInt, nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_notes_written")),
        sa.CheckConstraint(
            "ticket_id IS NOT NULL OR task_id IS NOT NULL OR customer_id IS NOT NULL",
            name=op.f("ck_notes_belongs_somewhere"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_notes_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_notes_customer_id")),
        sa.ForeignKeyConstraint(["dismissed_by_id"], ["users.id"], name=op.f("fk_notes_dismissed_by_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["note_kinds.id"], name=op.f("fk_notes_kind_id")),
        sa.ForeignKeyConstraint(["step_id"], ["task_steps.id"], name=op.f("fk_notes_step_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_notes_task_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notes_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(
        "ix_notes_alerts",
        "notes",
        ["customer_id"],
        unique=False,
        postgresql_where=sa.text("is_alert AND dismissed_at IS NULL"),
        sqlite_where=sa.text("is_alert AND dismissed_at IS NULL"),
    )
    op.create_index(op.f("ix_notes_customer_id"), "notes", ["customer_id"], unique=False)
    op.create_index(op.f("ix_notes_task_id"), "notes", ["task_id"], unique=False)
    op.create_index(op.f("ix_notes_ticket_id"), "notes", ["ticket_id"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("ticket_id", BigInt, nullable=True),
        sa.Column("task_id", BigInt, nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("incoming_id", BigInt, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("size", BigInt, nullable=False),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("size BETWEEN 0 AND 26214400", name=op.f("ck_files_size")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_files_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_files_customer_id")),
        sa.ForeignKeyConstraint(["incoming_id"], ["incoming_messages.id"], name=op.f("fk_files_incoming_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_files_task_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_files_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(op.f("ix_files_customer_id"), "files", ["customer_id"], unique=False)
    op.create_index(op.f("ix_files_incoming_id"), "files", ["incoming_id"], unique=False)
    op.create_index(op.f("ix_files_task_id"), "files", ["task_id"], unique=False)
    op.create_index(op.f("ix_files_ticket_id"), "files", ["ticket_id"], unique=False)
    op.create_table(
        "file_contents",
        sa.Column("file_id", BigInt, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_file_contents_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_file_contents")),
    )
    op.create_table(
        "reminders",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ticket_id", BigInt, nullable=True),
        sa.Column("task_id", BigInt, nullable=True),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_reminders_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_reminders_customer_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_reminders_task_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_reminders_ticket_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reminders_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    op.create_index(
        "ix_reminders_open",
        "reminders",
        ["user_id", "at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", Document(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_filters_named")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_filters_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("user_id", "screen", "name", name=op.f("uq_saved_filters_user_id_screen_name")),
    )
    op.create_table(
        "hours_entries",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", BigInt, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("ticket_id", BigInt, nullable=True),
        sa.Column("task_id", BigInt, nullable=True),
        sa.Column("project_id", BigInt, nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("kind = 'allotment' OR minutes <= 1440", name=op.f("ck_hours_entries_within_a_day")),
        sa.CheckConstraint(
            "kind IN ('work', 'general', 'leave', 'sickness', 'allotment')", name=op.f("ck_hours_entries_kind")
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 600000", name=op.f("ck_hours_entries_minutes")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_hours_entries_customer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_hours_entries_project_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_hours_entries_task_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_hours_entries_ticket_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_hours_entries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entries")),
    )
    op.create_index(op.f("ix_hours_entries_customer_id"), "hours_entries", ["customer_id"], unique=False)
    op.create_index(op.f("ix_hours_entries_day"), "hours_entries", ["day"], unique=False)
    op.create_index(op.f("ix_hours_entries_project_id"), "hours_entries", ["project_id"], unique=False)
    op.create_index(op.f("ix_hours_entries_task_id"), "hours_entries", ["task_id"], unique=False)
    op.create_index(op.f("ix_hours_entries_ticket_id"), "hours_entries", ["ticket_id"], unique=False)
    op.create_index(op.f("ix_hours_entries_user_id_day"), "hours_entries", ["user_id", "day"], unique=False)
