"""Points: everybody sees his own, who may see points sees all; only reversals are written by hand."""

from migrations.grants import DESK, TECHNICIAN
from migrations.policies import ME, added, any_of, close, may, seen

_TABLES = ("stage_points", "points_entries", "worker_days", "customer_balances", "points_checks")


def protect() -> None:
    """Close these tables and say who gets in."""
    close(*_TABLES)
    seen("stage_points")
    seen("points_checks", where=may("see_points", "administer"))
    added("stage_points", where=may("administer"))
    added("points_checks", where=may("see_points", "administer"))
    # What a customer has is read through functions (migrations/closing/points.py), without what a colleague got for it.
    seen("points_entries", where=f"worker_id = {ME} OR {may('see_points', 'correct_points')}")
    added("points_entries", where=may("correct_points"))
    seen("worker_days", where=f"user_id = {ME} OR (SELECT sees_team_points())")
    seen("customer_balances", by=(*DESK, "read_only"))
    seen("customer_balances", by=TECHNICIAN, name="on_my_way", where=f"customer_id = {any_of('my_customers')}")
