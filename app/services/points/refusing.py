"""A step the ledger refuses, said with the numbers where the guard itself had no words for them."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.services.context import is_postgresql


def refusal(session: Session, error: IntegrityError, task_id: int, stage_id: int | None) -> Refused | None:
    """What a balance that is too low refuses, on SQLite, whose triggers raise fixed texts; None for all else.

    The step was undone alone: its transaction still answers, with the balance as it is.
    """
    if is_postgresql(session) or stage_id is None or "callboard:BALANCE" not in str(error.orig):
        return None
    # Asked for by those who are refused only.
    from app.domain.points.refusals import too_little
    from app.models.points import CustomerBalance
    from app.models.tickets import Task
    from app.services.points.settings import in_force

    has = select(CustomerBalance.balance).join(Task, Task.customer_id == CustomerBalance.customer_id)
    balance = session.scalar(has.where(Task.id == task_id)) or Decimal(0)
    return too_little(balance, -in_force(session, [stage_id])[stage_id].customer_points)
