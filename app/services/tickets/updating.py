"""What the update window saves in one go: the task moved on, and the time that went into it."""

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.tickets.hours import HoursDraft
from app.models.company import Company
from app.services.context import now, writes
from app.services.tickets import hours
from app.services.tickets.advancing import Update, advance
from app.services.tickets.tasks import Advanced


@writes
def update(session: Session, task_id: int, version: int, change: Update, *, minutes: int = 0) -> Advanced:
    """Move a task as the person asked; `minutes` worked are reported with it or not at all."""
    done = advance(session, task_id, version, change)
    if minutes:
        worked(session, task_id, minutes, note=change.note)
    return done


@writes
def worked(session: Session, task_id: int, minutes: int, *, note: str = "") -> int:
    """Report time worked on a task today, by the company's clock."""
    zone = ZoneInfo(session.scalar(select(Company.time_zone).limit(1)) or "UTC")
    day = now(session).astimezone(zone).date()
    return hours.report(session, HoursDraft(day, minutes, task_id=task_id, note=note))
