"""Row security on every table: an agent's own SQL log-in sees and changes what his screens allow, and nothing else."""

import sqlalchemy as sa
from alembic import op

from migrations.security import asking, cards, dialer, points, settings

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the company limit log-ins to addresses, make the functions that policies ask, then close every table."""
    op.add_column("company", sa.Column("allowed_addresses", sa.Text(), server_default="", nullable=False))
    if op.get_context().dialect.name != "postgresql":
        return
    asking.make()
    for feature in (settings, cards, dialer, points):
        feature.protect()
