"""What follows a placement: the task's history says so, and whom the templates name gets mail."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.mail.events import Event
from app.domain.processes.routing import Rule, reason
from app.models.customers import Customer
from app.models.planner import Visit
from app.models.tickets import Task, Ticket
from app.services.context import now
from app.services.mail.facts import About, Before
from app.services.mail.queueing import Parts, queue
from app.services.mail.queueing import questions as of_mail
from app.services.planner.rows import Place, VisitRow
from app.services.tickets import steps
from app.services.tickets.steps import NewStep


def note_step(session: Session, task_id: int, stage_id: int | None, was: int | None, user_id: int | None) -> None:
    """The plan is one of the ways by which a task changes hands: its history says so too."""
    rule = Rule.GROUP if user_id is None else Rule.BY_HAND
    step = NewStep(
        task_id=task_id,
        at=now(session),
        from_stage_id=stage_id,
        to_stage_id=stage_id,
        from_user_id=was,
        to_user_id=user_id,
        rule=rule.value,
        reason=reason(rule),
        is_automatic=False,
    )
    steps.note_step(session, step)


def send_mail(session: Session, row: VisitRow, before: Place | None) -> None:
    """Tell whom the templates name that a call was loaded, moved or cancelled."""
    if row.task_id is None or (before == Place(row.technician_id, row.starts_at, row.ends_at) and row.is_active):
        return
    parts = Parts(visit_id=row.id, task_id=row.task_id, user_id=row.technician_id, old=_old(before))
    queue(session, _event(before, is_active=row.is_active), key=f"{row.id}:{row.version}", **parts)


def questions(session: Session, visit: Visit, before: Place | None) -> list[Callable[[], object]]:
    """What `send_mail` will ask, to be asked together."""
    about = About(visit_id=visit.id, task_id=visit.task_id, user_id=visit.technician_id, old=_old(before))
    return of_mail(session, _event(before, is_active=visit.is_active), about)


def card_of(session: Session, task_id: int) -> None:
    """Take in whom and what a task is about, which the mail about it will ask for one by one."""
    _keep(session, _CARD.where(Task.id == task_id))


def card_of_visit(session: Session, visit_id: int) -> None:
    """The same by a visit of the task."""
    _keep(session, _CARD.join(Visit, Visit.task_id == Task.id).where(Visit.id == visit_id))


def _keep(session: Session, card: Any) -> None:
    # A session forgets what nobody holds.
    session.info["card"] = session.execute(card).first()


_CARD = (
    select(Task, Ticket, Customer)
    .select_from(Task)
    .outerjoin(Ticket, Ticket.id == Task.ticket_id)
    .outerjoin(Customer, Customer.id == func.coalesce(Ticket.customer_id, Task.customer_id))
)


def _event(before: Place | None, *, is_active: bool) -> Event:
    if not is_active:
        return Event.CALL_CANCELLED
    return Event.CALL_LOADED if before is None else Event.CALL_MOVED


def _old(before: Place | None) -> Before | None:
    return Before(before.technician_id, before.starts_at, before.ends_at) if before else None
