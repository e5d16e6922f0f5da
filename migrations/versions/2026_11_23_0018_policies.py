"""Row security on every table: an agent's own SQL log-in sees and changes what his screens allow, and nothing else."""

import sqlalchemy as sa
from alembic import op

from migrations import grants
from migrations.security import asking, cards, dialer, points, settings

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEPT = (
    "customers", "tickets", "tasks", "visits", "reminders", "incoming_messages", "outbox_messages", "company",
    "routing_rules", "user_settings", "campaigns", "pools", "lanes", "call_queue", "desk_spans",
    "desk_signs", "phone_lines",
)  # fmt: skip

_RUN = (
    "campaigns", "campaign_users", "call_statuses", "call_forms", "campaign_forms", "call_windows", "pause_reasons",
    "register_batches", "register_checks", "points_entries",
)  # fmt: skip
"""What takes a permission that nobody of the back office's reach holds."""


def upgrade() -> None:
    """Let the company limit log-ins to addresses, make the functions that policies ask, then close every table."""
    op.add_column("company", sa.Column("allowed_addresses", sa.Text(), server_default="", nullable=False))
    if op.get_context().dialect.name != "postgresql":
        return
    asking.make()
    # What is never removed from a screen is not removed by SQL either; what hangs on a row goes with it as the owner's.
    grants.take("DELETE", *_KEPT)
    grants.take("INSERT, UPDATE, DELETE", *_RUN, by=("back_office",))
    grants.take("UPDATE (count, listed)", "register_batches", by=("back_office",))
    for feature in (settings, cards, dialer, points):
        feature.protect()
