"""What is on a technician's way is kept in tables, so that a policy looks a row up where it computed whole sets."""

from alembic import op

from migrations import reaches
from migrations.security import finding, reaching

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep it on PostgreSQL and let the policies ask it; a file has one user, who reaches everything."""
    if op.get_context().dialect.name != "postgresql":
        return
    reaches.make()
    reaching.amend()
    finding.make()
