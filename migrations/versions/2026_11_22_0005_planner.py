"""Visits that never overlap and never lie on grey, and what makes hours white."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, UtcDateTime
from migrations import feed, grants

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, their guards and their grants."""
    _tables()
    _guards()


def _tables() -> None:
    op.create_table(
        "visits",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("task_id", BigInt, nullable=True),
        sa.Column("technician_id", BigInt, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("activity_type_id", BigInt, nullable=True),
        sa.Column("state_id", BigInt, nullable=True),
        sa.Column("site_id", BigInt, nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("set_by_id", BigInt, nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visits_positive_length")),
        sa.ForeignKeyConstraint(["activity_type_id"], ["activity_types.id"], name=op.f("fk_visits_activity_type_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_visits_set_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_visits_site_id")),
        sa.ForeignKeyConstraint(["state_id"], ["activity_states.id"], name=op.f("fk_visits_state_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_visits_task_id")),
        sa.ForeignKeyConstraint(["technician_id"], ["users.id"], name=op.f("fk_visits_technician_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index(op.f("ix_visits_task_id"), "visits", ["task_id"], unique=False)
    op.create_index("ix_visits_technician_time", "visits", ["technician_id", "starts_at", "ends_at"], unique=False)
    op.create_index("ix_visits_time", "visits", ["starts_at", "ends_at"], unique=False)
    op.create_index(
        "uq_visits_task_active",
        "visits",
        ["task_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
        sqlite_where=sa.text("is_active"),
    )
    op.create_table(
        "presence_rules",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("site_id", BigInt, nullable=True),
        sa.Column("rrule", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name=op.f("ck_presence_rules_both_hours")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_presence_rules_positive_length")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_presence_rules_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_presence_rules_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_rules")),
    )
    op.create_index(op.f("ix_presence_rules_user_id"), "presence_rules", ["user_id"], unique=False)
    op.create_table(
        "presences",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("site_id", BigInt, nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("rule_id", BigInt, nullable=True),
        sa.Column("rule_day", sa.Date(), nullable=True),
        sa.Column("slot", BigInt, server_default="0", nullable=False),
        sa.Column("is_manual", sa.Boolean(), server_default="0", nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_presences_positive_length")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["presence_rules.id"], name=op.f("fk_presences_rule_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_presences_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_presences_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint("rule_id", "rule_day", "slot", name=op.f("uq_presences_rule_id_rule_day_slot")),
    )
    op.create_index("ix_presences_user_time", "presences", ["user_id", "starts_at", "ends_at"], unique=False)
    op.create_table(
        "absences",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absences_positive_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_absences_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_user_time", "absences", ["user_id", "starts_at", "ends_at"], unique=False)
    op.create_table(
        "holidays",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("names", Document(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_holidays_positive_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
        sa.UniqueConstraint("day", name=op.f("uq_holidays_day")),
    )
    op.create_index(op.f("ix_holidays_starts_at_ends_at"), "holidays", ["starts_at", "ends_at"], unique=False)


def _guards() -> None:
    tables = ("visits", "presence_rules", "presences", "absences", "holidays")
    feed.watch(*tables)
    grants.read(*tables)
    grants.write(*tables, by=grants.OFFICE)
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(_OVERLAP_POSTGRESQL)
        op.execute(_PLACE_POSTGRESQL)
        return
    moved = (
        "NEW.is_active AND NOT (OLD.is_active AND NEW.technician_id = OLD.technician_id "
        "AND NEW.starts_at = OLD.starts_at AND NEW.ends_at = OLD.ends_at)"
    )
    for verb, when in (("INSERT", "NEW.is_active"), ("UPDATE", moved)):
        for code, wrong in _WRONG_SQLITE.items():
            op.execute(
                f"CREATE TRIGGER visits_{code.lower()}_{verb.lower()} BEFORE {verb} ON visits "
                f"WHEN {when} AND {wrong} BEGIN SELECT RAISE(ABORT, 'callboard:{code}'); END"
            )


_OVERLAP_POSTGRESQL = """
    ALTER TABLE visits ADD CONSTRAINT ex_visits_technician_time
    EXCLUDE USING gist (technician_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (is_active)
"""

# White is presence minus absence minus holiday. The technician's row is locked so that two desktops come one after
# the other; a definer function, because planning does not give the right to change users.
_PLACE_POSTGRESQL = """
    CREATE FUNCTION visit_is_on_white() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        place tstzrange := tstzrange(NEW.starts_at, NEW.ends_at, '[)');
        white tstzmultirange;
        away tstzmultirange;
    BEGIN
        IF NOT NEW.is_active THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.is_active AND NEW.technician_id = OLD.technician_id
                AND NEW.starts_at = OLD.starts_at AND NEW.ends_at = OLD.ends_at THEN
            RETURN NEW;
        END IF;
        PERFORM 1 FROM public.users WHERE id = NEW.technician_id AND is_active FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'callboard:INACTIVE' USING ERRCODE = '23514';
        END IF;
        SELECT range_agg(tstzrange(starts_at, ends_at, '[)')) INTO white FROM public.presences
            WHERE user_id = NEW.technician_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at;
        SELECT range_agg(span) INTO away FROM (
            SELECT tstzrange(starts_at, ends_at, '[)') AS span FROM public.absences
                WHERE user_id = NEW.technician_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at
            UNION ALL
            SELECT tstzrange(starts_at, ends_at, '[)') FROM public.holidays
                WHERE starts_at < NEW.ends_at AND ends_at > NEW.starts_at
        ) AS spans;
        IF NOT coalesce(white, '{}'::tstzmultirange) - coalesce(away, '{}'::tstzmultirange) @> place THEN
            RAISE EXCEPTION 'callboard:GREY' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    REVOKE ALL ON FUNCTION visit_is_on_white() FROM PUBLIC;
    CREATE TRIGGER visits_on_white BEFORE INSERT OR UPDATE ON visits
        FOR EACH ROW EXECUTE FUNCTION visit_is_on_white();
"""

_INSIDE = "starts_at < NEW.ends_at AND ends_at > NEW.starts_at"
_PRESENT = "SELECT 1 FROM presences AS p WHERE p.user_id = NEW.technician_id"

# A stretch is covered by presences when its start is, and every presence that ends inside it is followed at once.
_WRONG_SQLITE = {
    "INACTIVE": "NOT EXISTS (SELECT 1 FROM users WHERE id = NEW.technician_id AND is_active)",
    "OVERLAP": (
        "EXISTS (SELECT 1 FROM visits AS v WHERE v.technician_id = NEW.technician_id AND v.is_active "
        "AND v.id IS NOT NEW.id AND v.starts_at < NEW.ends_at AND v.ends_at > NEW.starts_at)"
    ),
    "GREY": (
        f"(EXISTS (SELECT 1 FROM absences WHERE user_id = NEW.technician_id AND {_INSIDE}) "
        f"OR EXISTS (SELECT 1 FROM holidays WHERE {_INSIDE}) "
        f"OR NOT EXISTS ({_PRESENT} AND p.starts_at <= NEW.starts_at AND p.ends_at > NEW.starts_at) "
        "OR EXISTS (SELECT 1 FROM presences AS e WHERE e.user_id = NEW.technician_id "
        "AND e.ends_at > NEW.starts_at AND e.ends_at < NEW.ends_at "
        f"AND NOT EXISTS ({_PRESENT} AND p.starts_at <= e.ends_at AND p.ends_at > e.ends_at)))"
    ),
}
