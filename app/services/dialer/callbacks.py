"""Callbacks: who is to be called back, by whom and when; moved, taken over, given away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from app.bus import RowsChanged
from app.domain.errors import Conflict, NotFound, Refused, UserError
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.customers import Customer
from app.models.dialer import CallWindow, Campaign, CampaignUser, Lane, QueuedCall
from app.models.people import GroupMember, User
from app.models.planner import Absence
from app.models.tickets import Reminder
from app.services.context import actor, announce, now, reads, require, writes
from app.services.dialer.handing import release, set_callback

__all__ = [
    "CallbackRow", "Colleague", "Handed", "Whose", "away", "calling_hours", "colleagues", "give", "hand_over", "leave",
    "list_callbacks", "move", "release_absent", "take_over",
]  # fmt: skip

MOST = 200
COMING = timedelta(hours=12)
"""So far ahead those of anyone are listed; one's own and the group's are listed whenever they are."""


class Whose(StrEnum):
    """Which callbacks are listed."""

    MINE = "mine"
    ANYONE = "anyone"
    GROUP = "group"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CallbackRow:
    """A promise to call back: `user_id` None is anyone's; `zone` is the customer's clock."""

    entry_id: int
    campaign_id: int
    campaign: str
    customer_id: int
    customer: str
    due_at: datetime
    user_id: int | None
    user: str
    zone: str
    is_due: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody a callback may be given to."""

    id: int
    name: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """How many callbacks went to the colleague, how many to anyone, and how many stayed with an open card."""

    given: int
    to_anyone: int
    stayed: int


@reads
def list_callbacks(session: Session, whose: Whose = Whose.MINE) -> tuple[CallbackRow, ...]:
    """The callbacks that are due or coming in my campaigns, the nearest first."""
    require(session, Permission.RUN_CAMPAIGNS if whose is Whose.ALL else Permission.DIAL)
    moment = now(session)
    asked: Any = (
        _rows(moment).where(*_of(session, whose, moment)).order_by(QueuedCall.due_at, QueuedCall.id).limit(MOST)
    )
    return tuple(CallbackRow(*row) for row in session.execute(asked))


def _rows(moment: datetime) -> Any:
    owner = aliased(User)
    return (
        select(
            QueuedCall.id,
            QueuedCall.campaign_id,
            Campaign.name,
            QueuedCall.customer_id,
            Customer.name,
            QueuedCall.due_at,
            QueuedCall.callback_user_id,
            func.coalesce(owner.name, ""),
            Lane.zone,
            QueuedCall.due_at <= moment,
        )
        .join(Campaign, Campaign.id == QueuedCall.campaign_id)
        .join(Customer, Customer.id == QueuedCall.customer_id)
        .join(Lane, Lane.id == QueuedCall.lane_id)
        .outerjoin(owner, owner.id == QueuedCall.callback_user_id)
        .where(Campaign.closed_at.is_(None), QueuedCall.is_callback)
    )


_STANDING = QueuedCall.state.in_(("callback", "waiting"))


def _of(session: Session, whose: Whose, moment: datetime) -> tuple[ColumnElement[bool], ...]:
    me = actor(session)
    if whose is Whose.MINE:
        return (_STANDING, QueuedCall.callback_user_id == me)
    if whose is Whose.ALL:
        return (_STANDING, QueuedCall.due_at <= moment + COMING)
    in_mine = QueuedCall.campaign_id.in_(select(CampaignUser.campaign_id).where(CampaignUser.user_id == me))
    if whose is Whose.ANYONE:
        near = QueuedCall.due_at <= moment + COMING
        return (_STANDING, in_mine, QueuedCall.callback_user_id.is_(None), near)
    shared = Campaign.reminds_caller_only.is_(False)
    return (_STANDING, in_mine, shared, QueuedCall.callback_user_id.in_(group_mates(session)))


def group_mates(session: Session) -> Select[Any]:
    """Who is in a group with me, without me."""
    me = actor(session)
    mine = select(GroupMember.group_id).where(GroupMember.user_id == me)
    return select(GroupMember.user_id).where(GroupMember.group_id.in_(mine), GroupMember.user_id != (me or 0))


@reads
def colleagues(session: Session, campaign_id: int) -> tuple[Colleague, ...]:
    """Who works in a campaign and could call back, by name; who is away now is marked."""
    moment = now(session)
    asked = (
        select(User.id, User.name, away(moment))
        .join(CampaignUser, CampaignUser.user_id == User.id)
        .where(CampaignUser.campaign_id == campaign_id, User.is_active)
        .order_by(func.lower(User.name), User.id)
    )
    return tuple(Colleague(user_id, name, bool(is_away)) for user_id, name, is_away in session.execute(asked))


def away(moment: datetime) -> ColumnElement[bool]:
    """Whether a user has an absence at a moment."""
    return (
        select(Absence.id)
        .where(Absence.user_id == User.id, Absence.starts_at <= moment, Absence.ends_at > moment)
        .exists()
    )


@reads
def calling_hours(session: Session, campaign_id: int, zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """When a campaign may call people of a zone, from now on as far as it is laid out."""
    asked = (
        select(CallWindow.opens_at, CallWindow.closes_at)
        .where(CallWindow.campaign_id == campaign_id, CallWindow.zone == zone, CallWindow.closes_at > now(session))
        .order_by(CallWindow.opens_at)
    )
    return tuple((opens, closes) for opens, closes in session.execute(asked))


@writes
def move(session: Session, entry_id: int, seen_user: int | None, seen_at: datetime, to_at: datetime) -> None:
    """Promise a callback for another time."""
    require(session, Permission.DIAL)
    change(session, entry_id, seen_user, seen_at, seen_user, to_at)


@writes
def take_over(session: Session, entry_id: int, seen_user: int | None, seen_at: datetime) -> None:
    """Make a callback mine."""
    require(session, Permission.DIAL)
    change(session, entry_id, seen_user, seen_at, actor(session), seen_at)


@writes
def give(session: Session, entry_id: int, seen_user: int | None, seen_at: datetime, to: int | None) -> None:
    """Give a callback to a colleague of the campaign, or with None to whoever is free first."""
    require(session, Permission.DIAL)
    change(session, entry_id, seen_user, seen_at, to, seen_at)


def change(
    session: Session, entry_id: int, seen_user: int | None, seen_at: datetime, to: int | None, at: datetime
) -> None:
    """Set who calls back and when, within another call; refuses in words."""
    code = set_callback(session, entry_id, seen_user, seen_at, to, at)
    if code is not None:
        raise _refusal(code)
    announce(session, RowsChanged("reminders", None))
    announce(session, RowsChanged("call_queue", frozenset({entry_id})))


@writes
def hand_over(session: Session, user_id: int, to: int | None) -> Handed:
    """Give all callbacks and reminders of somebody to a colleague, or his callbacks to anyone.

    A callback of a campaign in which the colleague does not work goes to anyone. Reminders of his own that belong to
    no callback go with them to a colleague; where there is none they stay.
    """
    if user_id != actor(session):
        require(session, Permission.RUN_CAMPAIGNS)
    return _hand_over(session, user_id, to)


def leave(session: Session, user_id: int, campaign_id: int | None = None) -> Handed:
    """What somebody had promised, in a campaign or in all, is anyone's now; within the call that takes him out."""
    return _hand_over(session, user_id, None, campaign_id)


def _hand_over(session: Session, user_id: int, to: int | None, campaign_id: int | None = None) -> Handed:
    given = to_anyone = stayed = 0
    asked: Any = (
        select(QueuedCall.id, QueuedCall.due_at)
        .join(Campaign, Campaign.id == QueuedCall.campaign_id)
        .where(QueuedCall.callback_user_id == user_id, QueuedCall.is_callback, _STANDING)
        .order_by(QueuedCall.id)
    )
    if campaign_id is not None:
        asked = asked.where(QueuedCall.campaign_id == campaign_id)
    for entry_id, due_at in session.execute(asked).all():
        code = set_callback(session, entry_id, user_id, due_at, to, due_at)
        if code == "OTHER_CAMPAIGN":
            code = set_callback(session, entry_id, user_id, due_at, None, due_at)
            to_anyone += code is None
        elif code is None:
            given, to_anyone = given + (to is not None), to_anyone + (to is None)
        stayed += code is not None
    if to is not None:
        _hand_reminders(session, user_id, to)
    announce(session, RowsChanged("reminders", None))
    return Handed(given, to_anyone, stayed)


def _hand_reminders(session: Session, user_id: int, to: int) -> None:
    """Those that belong to no callback; the others have gone with theirs."""
    kept = select(Reminder).where(Reminder.user_id == user_id, Reminder.done_at.is_(None), Reminder.entry_id.is_(None))
    for reminder in session.scalars(kept):
        reminder.user_id = to
    session.flush()


@writes
def release_absent(session: Session) -> int:
    """Let the due callbacks of those who are away fall to anyone; gives their number.

    Two looks into an index where somebody is away, one into the absences where nobody is.
    """
    freed = release(session)
    if freed:
        announce(session, RowsChanged("reminders", None))
    return freed


_UNCHANGED = message(N_("Nothing was changed."))


def _refusal(code: str) -> UserError:
    if code == "GONE":
        return NotFound(message(N_("This customer is not to be called back any more.")), _UNCHANGED)
    if code == "CHANGED":
        return Conflict(
            message(N_("Somebody else has moved this callback in the meantime.")),
            message(N_("Nothing was overwritten. Look at it as it is now.")),
        )
    if code == "HELD":
        return Refused("HELD", message(N_("Somebody has this customer open right now.")), _UNCHANGED)
    if code == "OTHER_CAMPAIGN":
        return Refused(code, message(N_("This colleague does not work in the campaign.")), _UNCHANGED)
    return Refused("FORBIDDEN", message(N_("This callback is somebody else's.")), _UNCHANGED)
