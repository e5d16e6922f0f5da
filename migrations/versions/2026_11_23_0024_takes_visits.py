"""Who stands on the planner is said by his role: the technicians' own, and any the company makes for such people."""

from alembic import op

from migrations import audit, columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a role say that its people take visits; of the built-in ones the technicians' does."""
    audit.unwatch("roles")
    columns.add("roles", "takes_visits", "boolean", default=False)
    op.execute("UPDATE roles SET takes_visits = true WHERE code = 'technician'")
    audit.watch("roles", area="settings")
