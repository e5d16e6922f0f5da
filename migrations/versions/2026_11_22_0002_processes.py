"""Activity types, states, who may do what, working hours."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt
from migrations import feed, grants

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, their guards and their grants."""
    _tables()
    _guards()


def _tables() -> None:
    op.create_table(
        "practices",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
        sa.UniqueConstraint("name", name=op.f("uq_practices_name")),
    )
    op.create_table(
        "activity_types",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("practice_id", BigInt, nullable=True),
        sa.Column("macro_type", sa.Text(), server_default="intervention", nullable=False),
        sa.Column("expected_minutes", BigInt, server_default="60", nullable=False),
        sa.Column("colour", sa.Text(), server_default="#77AADD", nullable=False),
        sa.Column("is_schedulable", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("any_site", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("back_office_group_id", BigInt, nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint(
            "macro_type IN ('call', 'intervention', 'appointment')", name=op.f("ck_activity_types_macro_type")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_activity_types_named")),
        sa.CheckConstraint("expected_minutes BETWEEN 5 AND 10080", name=op.f("ck_activity_types_expected_minutes")),
        sa.ForeignKeyConstraint(
            ["back_office_group_id"], ["groups.id"], name=op.f("fk_activity_types_back_office_group_id")
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_activity_types_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_types")),
        sa.UniqueConstraint("external_key", name=op.f("uq_activity_types_external_key")),
        sa.UniqueConstraint("name", name=op.f("uq_activity_types_name")),
    )
    op.create_table(
        "activity_states",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("is_final", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_states")),
        sa.UniqueConstraint("code", name=op.f("uq_activity_states_code")),
        sa.UniqueConstraint("name", name=op.f("uq_activity_states_name")),
    )
    op.create_table(
        "enablements",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("activity_type_id", BigInt, nullable=False),
        sa.Column("user_id", BigInt, nullable=True),
        sa.Column("group_id", BigInt, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_enablements_one_holder")),
        sa.ForeignKeyConstraint(
            ["activity_type_id"],
            ["activity_types.id"],
            name=op.f("fk_enablements_activity_type_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_enablements_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_enablements_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enablements")),
    )
    op.create_index(op.f("ix_enablements_group_id"), "enablements", ["group_id"], unique=False)
    op.create_index(op.f("ix_enablements_user_id"), "enablements", ["user_id"], unique=False)
    op.create_index("uq_enablements_group", "enablements", ["activity_type_id", "group_id"], unique=True)
    op.create_index("uq_enablements_user", "enablements", ["activity_type_id", "user_id"], unique=True)
    op.create_table(
        "working_hours",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("weekday", BigInt, nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_working_hours_positive_length")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_working_hours_weekday")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_working_hours_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
        sa.UniqueConstraint("user_id", "weekday", "starts", name=op.f("uq_working_hours_user_id_weekday_starts")),
    )


def _guards() -> None:
    tables = ("practices", "activity_types", "activity_states", "enablements", "working_hours")
    feed.watch(*tables)
    grants.read(*tables)
    grants.write("practices", "activity_types", "activity_states", by=grants.ADMINISTRATOR)
    grants.append("activity_types", by=grants.IMPORTERS)
    grants.write("enablements", "working_hours", by=grants.OFFICE)
    states = (("new", "#858E9A", 0), ("confirmed", "#1F56C3", 0), ("on_the_way", "#8A5600", 0), ("done", "#1B7148", 1))
    for position, (code, colour, is_final) in enumerate(states):
        op.execute(
            sa.text(
                "INSERT INTO activity_states (code, colour, is_final, position) "
                "VALUES (:code, :colour, :final, :position)"
            ).bindparams(code=code, colour=colour, final=bool(is_final), position=position)
        )
