"""Who may touch a table on PostgreSQL: every log-in is a role of its own and a member of one group role.

Deny by default: a table nobody was granted is nobody's. Row policies come with the shared-mode issue.
"""

from alembic import op

GROUPS = ("administrator", "manager", "back_office", "agent", "technician", "read_only")
"""Group roles by the code of the program's role; on the server each has the prefix `callboard_`."""

OFFICE = ("administrator", "manager", "back_office")
DESK = (*OFFICE, "agent")
TECHNICIAN = ("technician",)
WORKERS = (*DESK, *TECHNICIAN)
"""Who has tasks of his own to work on."""

ADMINISTRATOR = ("administrator",)
IMPORTERS = ("manager", "back_office")
"""Who is no administrator and may import: a file may name sites and types that are not there yet."""


def prepare() -> None:
    """Make the group roles where they are missing and close the schema to everybody else."""
    if op.get_context().dialect.name != "postgresql":
        return
    for group in GROUPS:
        op.execute(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'callboard_{group}') THEN "
            f"CREATE ROLE callboard_{group} NOLOGIN; END IF; END $$"
        )
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {_roles(GROUPS)}")


def read(*tables: str, by: tuple[str, ...] = GROUPS) -> None:
    """Let these groups read."""
    _grant("SELECT", tables, by)


def write(*tables: str, by: tuple[str, ...]) -> None:
    """Let these groups insert, change and delete."""
    _grant("INSERT, UPDATE, DELETE", tables, by)


def append(*tables: str, by: tuple[str, ...] = GROUPS) -> None:
    """Let these groups add rows and nothing else."""
    _grant("INSERT", tables, by)


def change(table: str, *columns: str, by: tuple[str, ...]) -> None:
    """Let these groups change these columns and nothing else."""
    _grant(f"UPDATE ({', '.join(columns)})", (table,), by)


def take(verbs: str, *tables: str, by: tuple[str, ...] = GROUPS) -> None:
    """Take these verbs back from these groups."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"REVOKE {verbs} ON {', '.join(tables)} FROM {_roles(by)}")


def _grant(verbs: str, tables: tuple[str, ...], groups: tuple[str, ...]) -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"GRANT {verbs} ON {', '.join(tables)} TO {_roles(groups)}")


def _roles(groups: tuple[str, ...]) -> str:
    return ", ".join(f"callboard_{group}" for group in groups)
