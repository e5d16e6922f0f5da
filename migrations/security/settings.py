"""Lists, people and settings: everybody reads what his screens are made of, who administers changes it."""

from alembic import op

from migrations.grants import GROUPS, WORKERS
from migrations.policies import ME, added, changed, close, may, seen, written

_ADMINISTERED = (
    "activity_states", "custom_fields", "group_members", "layouts", "mail_templates", "mailing_lists",
    "note_kinds", "practices", "processes", "product_groups", "products", "profiles", "role_permissions", "roles",
    "stage_links", "stage_openings", "stages", "status_fields", "user_profiles",
)  # fmt: skip
_IMPORTED = (
    "activity_types", "groups", "sites", "ticket_statuses", "ticket_subtypes", "ticket_subtypes2", "ticket_types",
)  # fmt: skip
_ONE_ROW = ("company", "routing_rules")
_PLANNED = ("absences", "enablements", "holidays", "presence_rules", "presences", "working_hours")


def protect() -> None:
    """Close these tables and say who gets in."""
    _lists()
    _people()
    _own()
    _mail()


def _lists() -> None:
    close(
        *_ADMINISTERED, *_IMPORTED, *_ONE_ROW, *_PLANNED, "numerators", "projects", "import_mappings", "alembic_version"
    )
    seen(*_ADMINISTERED, *_IMPORTED, *_ONE_ROW, *_PLANNED, "numerators", "projects", "alembic_version")
    written(*_ADMINISTERED, *_IMPORTED, where=may("administer"))
    added(*_ONE_ROW, where=may("administer"))
    changed(*_ONE_ROW, where=may("administer"))
    # A file that is imported may name sites, groups and types that are not there yet.
    added(*(each for each in _IMPORTED if each != "ticket_subtypes2"), where=may("import"), name="imported")
    changed("ticket_types", where=may("import"), name="imported_type")
    written(*_PLANNED, where=may("plan"))
    written("projects", where=may("administer", "edit_tickets"))
    written("numerators", where=may("administer"))
    # Whoever opens a ticket or a task takes the next number.
    changed("numerators", where=may("edit_tickets", "work_tasks", "import"), name="counted")
    seen("import_mappings", where=may("import"))
    written("import_mappings", where=may("import"))


def _people() -> None:
    close("users", "user_loads", "profile_gates", "change_log", "operations", "user_passwords")
    seen("users", "user_loads", "profile_gates", "change_log")
    added("users", where=may("administer"))
    changed("users", where=may("administer"))
    # Routing locks the gate of a profile and notes whom it chose.
    works = may("work_tasks", "edit_tickets", "plan", "import", "dial")
    changed("user_loads", "profile_gates", where=works)
    op.execute(_LOGINS)
    seen("operations", where=f"user_id = {ME}")
    added("operations", where=f"user_id = {ME}")


def _own() -> None:
    close("user_settings", "saved_filters")
    seen("user_settings", where=f"user_id = {ME}")
    added("user_settings", where=f"user_id = {ME}")
    changed("user_settings", where=f"user_id = {ME}")
    seen("saved_filters", where=f"user_id = {ME} OR is_shared")
    written("saved_filters", where=f"user_id = {ME} OR (is_shared AND {may('administer')})")


def _mail() -> None:
    close("mail_accounts", "mailing_list_addresses")
    seen("mail_accounts", "mailing_list_addresses", by=WORKERS)
    written("mail_accounts", "mailing_list_addresses", where=may("administer"), by=GROUPS)


# The functions that make log-ins belong to a role of this database, which also works before there is any user.
_LOGINS = """
    DO $$
    DECLARE
        logins text := current_database() || '_logins';
    BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = logins) THEN
            EXECUTE format('CREATE POLICY users_update_logins ON users FOR UPDATE TO %I USING (true)', logins);
        END IF;
    END $$
"""
