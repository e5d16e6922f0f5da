"""A role whose permissions are changed alone, as by SQL, is told in the feed: open windows ask what they may do."""

from migrations import feed

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Log the role with each of its permissions that comes, changes or goes."""
    feed.watch_permissions()
