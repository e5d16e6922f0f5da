"""Customers and their phones, found by any part of a name or number."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt
from migrations import feed, grants, search

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, their guards and their grants."""
    _tables()
    _guards()


def _tables() -> None:
    op.create_table(
        "customers",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("site_id", BigInt, nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_customers_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("external_key", name=op.f("uq_customers_external_key")),
    )
    op.create_index(op.f("ix_customers_name_id"), "customers", ["name", "id"], unique=False)
    op.create_table(
        "customer_phones",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("customer_id", BigInt, nullable=False),
        sa.Column("position", BigInt, server_default="0", nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=True),
        sa.Column("is_suspect", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_phones_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_phones")),
    )
    op.create_index(op.f("ix_customer_phones_customer_id"), "customer_phones", ["customer_id"], unique=False)
    op.create_index(op.f("ix_customer_phones_e164"), "customer_phones", ["e164"], unique=False)


def _guards() -> None:
    feed.watch("customers")
    search.index("customers")
    grants.read("customers", "customer_phones")
    grants.write("customers", "customer_phones", by=grants.DESK)
