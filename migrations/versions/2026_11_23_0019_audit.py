"""Who changed what, when and from where, written by triggers and changed by nobody."""

import sqlalchemy as sa
from alembic import op

from app.db.types import BigInt, Document, UtcDateTime
from migrations import audit, grants
from migrations.grants import DESK, TECHNICIAN
from migrations.policies import ME, any_of, close, may, seen

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the log, let its readers in, then watch every table people edit."""
    _table()
    audit.prepare()
    _let_in()
    for area, tables in _WATCHED.items():
        for table, of in tables.items():
            audit.watch(table, area=area, of=of, key=_KEYS.get(table, ("id",)), only=_ONLY.get(table, ""))


_OF_TICKET = (("tickets", "ticket_id"), ("tasks", "task_id"), ("customers", "customer_id"))
_OF_USER = (("users", "user_id"),)
_OF_CUSTOMER = (("customers", "customer_id"),)
_OF_PROCESS = (("processes", "process_id"),)
_OF_CAMPAIGN = (("campaigns", "campaign_id"),)

_WATCHED: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "card": {
        "customers": (),
        "customer_phones": _OF_CUSTOMER,
        "customer_profiles": _OF_CUSTOMER,
        "do_not_call": _OF_CUSTOMER,
        "consents": _OF_CUSTOMER,
        "tickets": (),
        "tasks": (("tickets", "ticket_id"), ("customers", "customer_id")),
        "visits": (("tasks", "task_id"), ("users", "technician_id")),
        "notes": _OF_TICKET,
        "files": _OF_TICKET,
        "projects": (("projects", "parent_id"), *_OF_CUSTOMER),
        "presence_rules": _OF_USER,
        "presences": _OF_USER,
        "absences": _OF_USER,
        "working_hours": _OF_USER,
        "enablements": (("activity_types", "activity_type_id"),),
        "holidays": (),
    },
    "own": {
        "hours_entries": _OF_USER,
        "reminders": _OF_USER,
        "saved_filters": _OF_USER,
    },
    "campaigns": {
        "campaigns": (),
        "campaign_users": _OF_CAMPAIGN,
        "campaign_forms": _OF_CAMPAIGN,
        "call_statuses": _OF_CAMPAIGN,
        "pools": _OF_CAMPAIGN,
        "pool_users": (("pools", "pool_id"),),
        "call_forms": (),
        "pause_reasons": (),
        "dial_rules": (),
        "register_rules": (),
    },
    "settings": {
        "company": (),
        "users": (),
        "user_passwords": _OF_USER,
        "user_profiles": _OF_USER,
        "phone_lines": _OF_USER,
        "groups": (),
        "group_members": (("groups", "group_id"),),
        "roles": (),
        "role_permissions": (("roles", "role_id"),),
        "profiles": (),
        "processes": (),
        "stages": _OF_PROCESS,
        "stage_links": _OF_PROCESS,
        "stage_openings": (("stages", "stage_id"),),
        "stage_points": (("stages", "stage_id"),),
        "routing_rules": (),
        "practices": (),
        "activity_types": (),
        "activity_states": (),
        "sites": (),
        "ticket_types": (),
        "ticket_subtypes": (("ticket_types", "type_id"),),
        "ticket_subtypes2": (("ticket_subtypes", "subtype_id"),),
        "ticket_statuses": (),
        "status_fields": (("ticket_statuses", "status_id"),),
        "custom_fields": (),
        "layouts": (("ticket_types", "ticket_type_id"), ("activity_types", "activity_type_id")),
        "note_kinds": (),
        "product_groups": (),
        "products": (),
        "numerators": (),
        "mail_templates": (),
        "mail_accounts": _OF_USER,
        "mailing_lists": (),
        "mailing_list_addresses": (("mailing_lists", "list_id"),),
        "import_mappings": (),
    },
}

_KEYS = {
    "phone_lines": ("user_id",),
    "user_passwords": ("user_id",),
    "register_rules": ("country",),
    "role_permissions": ("role_id", "permission"),
}

# What a rule lays out follows from the rule.
_ONLY = {"presences": "{row}.is_manual"}


def _table() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", BigInt, sa.Identity(always=True), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", BigInt, nullable=True),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("xid", BigInt, nullable=True),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", BigInt, nullable=True),
        sa.Column("row_key", sa.Text(), nullable=True),
        sa.Column("of_table", sa.Text(), nullable=True),
        sa.Column("of_id", BigInt, nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("changes", Document(), nullable=True),
        # SQLite's triggers take a row without a number yet for number -1.
        sa.CheckConstraint("id > 0", name=op.f("ck_audit_log_numbered")),
        sa.CheckConstraint("verb IN ('insert', 'update', 'delete')", name=op.f("ck_audit_log_verb")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_table_name_row_id_id", "audit_log", ["table_name", "row_id", "id"])
    for name, columns, where in (
        ("ix_audit_log_of", ["of_table", "of_id", "id"], "of_id IS NOT NULL"),
        ("ix_audit_log_planner", ["table_name", "at"], "table_name IN ('visits', 'tasks', 'presences', 'absences')"),
    ):
        op.create_index(name, "audit_log", columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def _let_in() -> None:
    """Who sees a card sees its history; of people and settings it is for who administers."""
    grants.read("audit_log")
    close("audit_log")
    seen("audit_log", name="administered", where=may("administer"))
    seen("audit_log", name="cards", by=(*DESK, "read_only"), where="area = 'card'")
    seen("audit_log", name="own", where=f"area IN ('own', 'card') AND of_table = 'users' AND of_id = {ME}")
    seen("audit_log", name="hours", where=f"table_name = 'hours_entries' AND {may('edit_tickets')}")
    seen("audit_log", name="campaigns", where=f"area = 'campaigns' AND {may('run_campaigns')}")
    mine = {"customers": "my_customers", "tickets": "my_tickets", "tasks": "my_tasks"}
    on_my_way = " OR ".join(
        f"table_name = '{table}' AND row_id = {any_of(ids)} OR of_table = '{table}' AND of_id = {any_of(ids)}"
        for table, ids in mine.items()
    )
    seen("audit_log", name="on_my_way", by=TECHNICIAN, where=f"area = 'card' AND ({on_my_way})")
