"""Handlers reminded of the tasks that are due on the next day, where the company wants that."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.mail.events import Event
from app.models.company import Company
from app.models.mail import MailTemplate, OutboxMessage
from app.models.processes import RoutingRules
from app.models.tickets import Task
from app.services.context import now, reads, writes
from app.services.mail.queueing import queue

FROM_HOUR = 7
"""Nobody is reminded before that hour of the company's day."""
AT_ONCE = 200


@reads
def unreminded(session: Session) -> tuple[int, ...]:
    """The open tasks due tomorrow whose handlers were not told so today."""
    wanted = exists().where(RoutingRules.reminds_day_before)
    told = exists().where(MailTemplate.event == Event.DUE_TOMORROW, MailTemplate.is_active)
    if not session.scalar(select(wanted & told)):
        return ()
    zone = ZoneInfo(session.scalar(select(Company.time_zone)) or "UTC")
    local = now(session).astimezone(zone)
    if local.hour < FROM_HOUR:
        return ()
    tomorrow = local.date() + timedelta(days=1)
    told_already = exists().where(
        OutboxMessage.task_id == Task.id,
        OutboxMessage.event == Event.DUE_TOMORROW,
        OutboxMessage.created_at >= _midnight(local.date(), zone),
    )
    due = select(Task.id).where(
        Task.closed_at.is_(None),
        Task.user_id.is_not(None),
        Task.due_at >= _midnight(tomorrow, zone),
        Task.due_at < _midnight(tomorrow + timedelta(days=1), zone),
        ~told_already,
    )
    return tuple(session.scalars(due.order_by(Task.id).limit(AT_ONCE)))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


@writes
def remind(session: Session, task_ids: tuple[int, ...]) -> int:
    """Write to the handlers of these tasks, once for each day they are due on; gives the number of mails."""
    zone = ZoneInfo(session.scalar(select(Company.time_zone)) or "UTC")
    written = 0
    for task_id in task_ids:
        task = session.get(Task, task_id)
        if task is not None and task.due_at is not None and task.closed_at is None:
            day = task.due_at.astimezone(zone).date()
            key = f"{task_id}:{day.isoformat()}:{task.user_id}"
            written += queue(session, Event.DUE_TOMORROW, key=key, task_id=task_id)
    return written
