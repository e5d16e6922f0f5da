"""What stages score since when, the ledger, its totals by day of the company's time zone, and their guards."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, Points, UtcDateTime
from migrations import columns, feed, grants
from migrations.points import postgresql, sqlite

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, carry over what was scored before, and let the database write the rest by itself."""
    is_postgresql = op.get_context().dialect.name == "postgresql"
    _tables()
    for statement in (postgresql if is_postgresql else sqlite).CHECKS:
        op.execute(statement)
    _carry_over(is_postgresql=is_postgresql)
    for table, names in _LEFT.items():
        for name in names:
            op.drop_column(table, name)
    columns.add("profiles", "sees_own_points", "boolean", default=False)
    columns.add("profiles", "sees_team_points", "boolean", default=False)
    columns.add("profiles", "is_ranked", "boolean", default=True)
    for permission in ("see_points", "correct_points"):
        for role in ("administrator", "manager"):
            op.execute(
                "INSERT INTO role_permissions (role_id, permission) "
                f"SELECT id, '{permission}' FROM roles WHERE code = '{role}'"
            )
    feed.watch("stage_points", "points_checks")
    if not is_postgresql:
        # There the trigger that keeps the totals tells the feed too: one more would cost as much as both totals.
        feed.watch("points_entries")
    grants.read("stage_points", "points_entries", "worker_days", "customer_balances", "points_checks")
    grants.append("stage_points", by=grants.ADMINISTRATOR)
    # Who may reverse is asked by the guard, row by row; every other row comes from a step.
    grants.append("points_entries", by=grants.OFFICE)
    grants.append("points_checks", by=("administrator", "manager"))
    grants.change("profiles", "sees_own_points", "sees_team_points", "is_ranked", by=grants.ADMINISTRATOR)
    for statement in (postgresql if is_postgresql else sqlite).GUARDS:
        op.execute(statement)


_LEFT = {
    "stages": ("customer_points", "worker_points", "scores_every_time"),
    "task_steps": ("customer_points", "worker_points"),
}


def _carry_over(*, is_postgresql: bool) -> None:
    """The settings as they stand, in force since ever; the steps with the points they bear, each stage once a task.

    What a step bore stays, also where the stage scores something else by now: such a row names no setting.
    """
    since = "'1970-01-01 00:00:00+00'" if is_postgresql else "'1970-01-01 00:00:00.000000'"
    op.execute(
        "INSERT INTO stage_points (stage_id, valid_from, customer_points, worker_points, scores_every_time) "
        f"SELECT id, {since}, customer_points, worker_points, scores_every_time FROM stages "
        "WHERE customer_points <> 0 OR worker_points <> 0"
    )
    day = (
        "(e.at AT TIME ZONE coalesce((SELECT time_zone FROM company), 'UTC'))::date"
        if is_postgresql
        else "company_day(e.at, (SELECT time_zone FROM company))"
    )
    op.execute(
        f"""
        INSERT INTO points_entries (step_id, task_id, customer_id, worker_id, by_id, stage_id, setting_id, process,
            stage, at, day, customer_points, worker_points, occasion, note)
        SELECT e.id, e.task_id, t.customer_id, e.by_id, e.by_id, s.id, p.id, r.name, s.name, e.at, {day},
            CASE WHEN t.customer_id IS NULL THEN 0 ELSE e.customer_points END,
            CASE WHEN e.by_id IS NULL THEN 0 ELSE e.worker_points END, e.nth, e.note
        FROM (SELECT x.*, row_number() OVER (PARTITION BY x.task_id, x.to_stage_id ORDER BY x.id) AS nth
                FROM task_steps AS x WHERE x.customer_points <> 0 OR x.worker_points <> 0) AS e
            JOIN tasks AS t ON t.id = e.task_id
            JOIN stages AS s ON s.id = e.to_stage_id
            JOIN processes AS r ON r.id = s.process_id
            LEFT JOIN stage_points AS p ON p.stage_id = s.id AND p.customer_points = e.customer_points
                AND p.worker_points = e.worker_points
        WHERE (e.nth = 1 OR s.scores_every_time)
            AND (e.customer_points <> 0 AND t.customer_id IS NOT NULL OR e.worker_points <> 0 AND e.by_id IS NOT NULL)
        ORDER BY e.id
        """
    )
    month = "date_trunc('month', day)::date" if is_postgresql else "date(day, 'start of month')"
    op.execute(
        "INSERT INTO worker_days (user_id, month, day, points, entries, entry_id) "
        f"SELECT worker_id, {month}, day, sum(worker_points), count(*), max(id) FROM points_entries "
        "WHERE worker_points <> 0 GROUP BY worker_id, day"
    )
    op.execute(
        "INSERT INTO customer_balances (customer_id, balance, earned, redeemed, entries, entry_id) "
        "SELECT customer_id, sum(customer_points), "
        "sum(CASE WHEN customer_points > 0 THEN customer_points ELSE 0 END), 0, count(*), max(id) FROM points_entries "
        "WHERE customer_points <> 0 GROUP BY customer_id"
    )


def _tables() -> None:
    op.create_table(
        "stage_points",
        sa.Column("id", BigInt, sa.Identity(always=False), nullable=False),
        sa.Column("stage_id", BigInt, nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("customer_points", Points(), server_default="0", nullable=False),
        sa.Column("worker_points", Points(), server_default="0", nullable=False),
        sa.Column("scores_every_time", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_redemption", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("may_go_below", sa.Boolean(), server_default="0", nullable=False),
        sa.CheckConstraint("NOT is_redemption OR customer_points < 0", name=op.f("ck_stage_points_redemption")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_stage_points_by_id")),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_stage_points_stage_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_points")),
    )
    op.create_index(
        op.f("ix_stage_points_stage_id_valid_from_id"), "stage_points", ["stage_id", "valid_from", "id"], unique=False
    )
    op.create_table(
        "points_entries",
        sa.Column("id", BigInt, sa.Identity(always=False), nullable=False),
        sa.Column("step_id", BigInt, nullable=True),
        sa.Column("reverses_id", BigInt, nullable=True),
        sa.Column("task_id", BigInt, nullable=False),
        sa.Column("customer_id", BigInt, nullable=True),
        sa.Column("worker_id", BigInt, nullable=True),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("stage_id", BigInt, nullable=False),
        sa.Column("setting_id", BigInt, nullable=True),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("customer_points", Points(), nullable=False),
        sa.Column("worker_points", Points(), nullable=False),
        sa.Column("is_redemption", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("occasion", BigInt, nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "(step_id IS NULL) <> (reverses_id IS NULL)", name=op.f("ck_points_entries_from_a_step_or_a_reversal")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_points_entries_by_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_points_entries_customer_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["points_entries.id"], name=op.f("fk_points_entries_reverses_id")),
        sa.ForeignKeyConstraint(["setting_id"], ["stage_points.id"], name=op.f("fk_points_entries_setting_id")),
        sa.ForeignKeyConstraint(["step_id"], ["task_steps.id"], name=op.f("fk_points_entries_step_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_points_entries_task_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_points_entries_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_entries")),
    )
    op.create_index(op.f("ix_points_entries_customer_id_id"), "points_entries", ["customer_id", "id"], unique=False)
    op.create_index(op.f("ix_points_entries_day_id"), "points_entries", ["day", "id"], unique=False)
    op.create_index(
        op.f("ix_points_entries_worker_id_day_id"), "points_entries", ["worker_id", "day", "id"], unique=False
    )
    op.create_index("uq_points_entries_occasion", "points_entries", ["task_id", "stage_id", "occasion"], unique=True)
    op.create_index("uq_points_entries_reverses_id", "points_entries", ["reverses_id"], unique=True)
    op.create_index("uq_points_entries_step_id", "points_entries", ["step_id"], unique=True)
    op.create_table(
        "worker_days",
        sa.Column("user_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("points", Points(), nullable=False),
        sa.Column("entries", BigInt, nullable=False),
        sa.Column("entry_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_worker_days_user_id")),
        sa.PrimaryKeyConstraint("user_id", "month", "day", name=op.f("pk_worker_days")),
        # No hidden number by which one row could be put in the place of another.
        sqlite_with_rowid=False,
    )
    op.create_table(
        "customer_balances",
        sa.Column("customer_id", BigInt, autoincrement=False, nullable=False),
        sa.Column("balance", Points(), nullable=False),
        sa.Column("earned", Points(), nullable=False),
        sa.Column("redeemed", Points(), nullable=False),
        sa.Column("entries", BigInt, nullable=False),
        sa.Column("entry_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_balances_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_balances")),
    )
    op.create_table(
        "points_checks",
        sa.Column("id", BigInt, sa.Identity(always=False), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", BigInt, nullable=True),
        sa.Column("entries", BigInt, nullable=False),
        sa.Column("wrong", BigInt, nullable=False),
        sa.Column("milliseconds", BigInt, nullable=False),
        sa.Column("differences", Document(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_points_checks_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_checks")),
    )
    op.create_index(op.f("ix_points_checks_at"), "points_checks", ["at"], unique=False)
