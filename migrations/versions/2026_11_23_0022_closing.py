"""Holes by raw SQL that policies cannot close: what a log-in writes is signed, dated and true, or refused."""

from alembic import op

from migrations import grants
from migrations.closing import calling, cards, desk, points, queue, work

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the guards and functions on PostgreSQL; a file belongs to its one user."""
    if op.get_context().dialect.name != "postgresql":
        return
    calling.amend()
    for feature in (queue, desk, work, cards, points):
        for statement in feature.STATEMENTS:
            op.execute(statement)
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join((*queue.INNER, *calling.INNER))} FROM PUBLIC")
    _let_call(queue.OUTER, grants.DESK)
    _let_call(points.OUTER, points.BY)


def _let_call(functions: tuple[str, ...], groups: tuple[str, ...]) -> None:
    roles = ", ".join(f"callboard_{group}" for group in groups)
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join(functions)} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {', '.join(functions)} TO {roles}")
