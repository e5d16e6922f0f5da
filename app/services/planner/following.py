"""What follows a placement: the task's history says so, and whom the templates name gets mail."""

from sqlalchemy.orm import Session

from app.domain.mail.events import Event
from app.domain.processes.routing import Rule, reason
from app.services.context import now
from app.services.mail.facts import Before
from app.services.mail.queueing import queue
from app.services.planner.rows import Place, VisitRow
from app.services.tickets.steps import NewStep, add_step


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
    add_step(session, step)


def send_mail(session: Session, row: VisitRow, before: Place | None) -> None:
    """Tell whom the templates name that a call was loaded, moved or cancelled."""
    if row.task_id is None or (before == Place(row.technician_id, row.starts_at, row.ends_at) and row.is_active):
        return
    event = Event.CALL_CANCELLED
    if row.is_active:
        event = Event.CALL_LOADED if before is None else Event.CALL_MOVED
    old = Before(before.technician_id, before.starts_at, before.ends_at) if before else None
    queue(session, event, key=f"{row.id}:{row.version}", visit_id=row.id, user_id=row.technician_id, old=old)
