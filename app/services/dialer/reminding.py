"""Reminders put off, handed over, and shared by a group; one that stands for a callback takes the callback with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.customers import Customer
from app.models.dialer import Campaign, CampaignUser, QueuedCall
from app.models.people import RolePermission, User
from app.models.tickets import Reminder
from app.services.context import actor, now, reads, require, writes
from app.services.dialer.callbacks import Colleague, away, change, group_mates
from app.services.saving import seen, tell
from app.services.tickets.reminders import MOST, own

__all__ = ["GroupReminder", "hand_over", "of_group", "receivers", "snooze", "take"]

_UNCHANGED = message(N_("Nothing was changed."))


@dataclass(frozen=True, slots=True)
class GroupReminder:
    """A colleague's reminder that his campaign shares with the group."""

    id: int
    version: int
    at: datetime
    text: str
    customer_id: int | None
    customer: str
    user_id: int
    user: str
    campaign_id: int


@reads
def of_group(session: Session) -> tuple[GroupReminder, ...]:
    """The open reminders of those in a group with me, of campaigns that share them; the nearest first."""
    require(session, Permission.DIAL)
    asked = (
        select(
            Reminder.id,
            Reminder.version,
            Reminder.at,
            Reminder.text,
            Reminder.customer_id,
            func.coalesce(Customer.name, ""),
            Reminder.user_id,
            User.name,
            Campaign.id,
        )
        .join(User, User.id == Reminder.user_id)
        .join(Campaign, Campaign.id == Reminder.campaign_id)
        .outerjoin(Customer, Customer.id == Reminder.customer_id)
        .where(*_shared(session))
        .order_by(Reminder.at, Reminder.id)
        .limit(MOST)
    )
    return tuple(GroupReminder(*row) for row in session.execute(asked))


def _shared(session: Session) -> tuple[Any, ...]:
    return (
        Reminder.done_at.is_(None),
        Reminder.user_id.in_(group_mates(session)),
        Campaign.reminds_caller_only.is_(False),
        Campaign.closed_at.is_(None),
    )


@reads
def receivers(session: Session, campaign_id: int | None = None) -> tuple[Colleague, ...]:
    """Who a reminder of mine may be handed to: of a campaign those who work in it, of any other whoever has tasks."""
    if campaign_id is not None:
        is_able = select(CampaignUser.user_id).where(CampaignUser.campaign_id == campaign_id)
    else:
        is_able = (
            select(User.id)
            .join(RolePermission, RolePermission.role_id == User.role_id)
            .where(RolePermission.permission == Permission.WORK_TASKS.value)
        )
    asked = (
        select(User.id, User.name, away(now(session)))
        .where(User.is_active, User.id != (actor(session) or 0), User.id.in_(is_able))
        .order_by(func.lower(User.name), User.id)
    )
    return tuple(Colleague(user_id, name, bool(is_away)) for user_id, name, is_away in session.execute(asked))


@writes
def snooze(session: Session, reminder_id: int, version: int, at: datetime) -> int:
    """Be reminded at another time, and call back then where it stands for a callback; gives its version now."""
    require(session, Permission.WORK_TASKS)
    reminder = own(session, reminder_id, version)
    if at <= now(session):
        raise Refused("PAST", message(N_("{moment} is past already."), moment=at), _UNCHANGED)
    return _set(session, reminder, reminder.user_id, at)


@writes
def hand_over(session: Session, reminder_id: int, version: int, to: int) -> int:
    """Let a colleague be reminded instead of me; gives its version now."""
    require(session, Permission.WORK_TASKS)
    reminder = own(session, reminder_id, version)
    if not session.scalar(select(User.is_active).where(User.id == to)):
        raise Refused("DISABLED", message(N_("This colleague no longer works here.")), _UNCHANGED)
    return _set(session, reminder, to, reminder.at)


@writes
def take(session: Session, reminder_id: int, version: int) -> int:
    """Make a colleague's reminder mine, where his campaign shares it with the group; gives its version now."""
    require(session, Permission.DIAL)
    me = actor(session)
    reminder = seen(session, Reminder, reminder_id, version)
    asked = select(Reminder.id).join(Campaign, Campaign.id == Reminder.campaign_id)
    if me is None or session.scalar(asked.where(Reminder.id == reminder_id, *_shared(session))) is None:
        raise NotFound(message(N_("This reminder is somebody else's.")), _UNCHANGED)
    return _set(session, reminder, me, reminder.at)


def _set(session: Session, reminder: Reminder, to: int, at: datetime) -> int:
    """Change whose it is and when: of a callback that still stands, the callback with it."""
    standing = None
    if reminder.entry_id is not None:
        standing = session.execute(
            select(QueuedCall.callback_user_id, QueuedCall.due_at).where(
                QueuedCall.id == reminder.entry_id,
                QueuedCall.is_callback,
                QueuedCall.callback_user_id == reminder.user_id,
                QueuedCall.state.in_(("callback", "waiting")),
            )
        ).first()
    if standing is not None and standing.due_at is not None and reminder.entry_id is not None:
        change(session, reminder.entry_id, standing.callback_user_id, standing.due_at, to, at)
        session.refresh(reminder)
    else:
        reminder.user_id, reminder.at = to, at
        session.flush()
    tell(session, "reminders", reminder.id)
    return reminder.version
