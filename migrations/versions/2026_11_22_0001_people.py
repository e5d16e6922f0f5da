"""The company, its people and what the database writes about its own changes."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, UtcDateTime
from migrations import feed, grants

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OFFICE = ("import", "plan", "edit_tickets", "edit_customers")
_ROLES = {
    "administrator": ("administer", *_OFFICE),
    "manager": _OFFICE,
    "back_office": _OFFICE,
    "agent": ("edit_tickets", "edit_customers"),
    "technician": (),
    "read_only": (),
}


def upgrade() -> None:
    """Make the tables, their guards and their grants."""
    _tables()
    _guards()


def _tables() -> None:
    op.create_table(
        "roles",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("code", name=op.f("uq_roles_code")),
    )
    op.create_table(
        "role_permissions",
        sa.Column("role_id", BigInt, nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["roles.id"], name=op.f("fk_role_permissions_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("role_id", "permission", name=op.f("pk_role_permissions")),
    )
    op.create_table(
        "sites",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_sites_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("external_key", name=op.f("uq_sites_external_key")),
        sa.UniqueConstraint("name", name=op.f("uq_sites_name")),
    )
    op.create_table(
        "groups",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_back_office", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_groups_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("external_key", name=op.f("uq_groups_external_key")),
        sa.UniqueConstraint("name", name=op.f("uq_groups_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("external_key", sa.Text(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("role_id", BigInt, nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("db_role", sa.Text(), nullable=True),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_users_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("db_role", name=op.f("uq_users_db_role")),
        sa.UniqueConstraint("external_key", name=op.f("uq_users_external_key")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_index(op.f("ix_users_is_active_name"), "users", ["is_active", "name"], unique=False)
    op.create_table(
        "user_passwords",
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("argon2", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_passwords_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_passwords")),
    )
    op.create_table(
        "group_members",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("group_id", BigInt, nullable=False),
        sa.Column("user_id", BigInt, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_members_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_group_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_members")),
    )
    op.create_index(op.f("ix_group_members_user_id"), "group_members", ["user_id"], unique=False)
    op.create_index("uq_group_members_group_id_user_id", "group_members", ["group_id", "user_id"], unique=True)
    op.create_table(
        "company",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", BigInt, server_default="1", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_company_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "user_settings",
        sa.Column("user_id", BigInt, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", Document(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_settings_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_user_settings")),
    )
    op.create_table(
        "import_mappings",
        sa.Column("id", BigInt, sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("columns", Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_import_mappings_kind_name")),
    )
    op.create_table(
        "operations",
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("user_id", BigInt, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("result", Document(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_operations_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_operations")),
    )
    op.create_table(
        "change_log",
        sa.Column("seq", BigInt, sa.Identity(always=True), nullable=False),
        sa.Column("xid", BigInt, nullable=True),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", BigInt, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change_log")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_change_log_xid_seq"), "change_log", ["xid", "seq"], unique=False)


def _guards() -> None:
    grants.prepare()
    feed.prepare()
    feed.watch("roles", "sites", "groups", "users", "group_members", "company")
    everybody = ("roles", "role_permissions", "sites", "groups", "users", "group_members", "company")
    grants.read(*everybody, "user_settings", "import_mappings", "operations", "change_log")
    grants.write("sites", "groups", "group_members", "roles", "role_permissions", "company", by=grants.ADMINISTRATOR)
    grants.append("sites", "groups", by=grants.IMPORTERS)
    grants.write("import_mappings", by=grants.OFFICE)
    grants.write("user_settings", by=grants.GROUPS)
    grants.append("operations")
    _seed()


def _seed() -> None:
    for code, permissions in _ROLES.items():
        op.execute(sa.text("INSERT INTO roles (code) VALUES (:code)").bindparams(code=code))
        for permission in permissions:
            op.execute(
                sa.text(
                    "INSERT INTO role_permissions (role_id, permission) "
                    "SELECT id, :permission FROM roles WHERE code = :code"
                ).bindparams(permission=permission, code=code)
            )
