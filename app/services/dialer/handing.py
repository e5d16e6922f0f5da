"""Callbacks change hands and times: queue and reminders in one transaction, each in the state that was seen.

On PostgreSQL functions of the database do it, for a log-in may not write the queue; on SQLite this does the same.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.domain.dialer.sharing import may_move
from app.domain.people import Permission
from app.models.base import table_of
from app.models.dialer import CallAttempt, Campaign, CampaignUser, Lane, Pool, QueuedCall
from app.models.people import GroupMember, RolePermission, User
from app.models.planner import Absence
from app.models.tickets import Reminder
from app.services.context import actor, is_postgresql, now

__all__ = ["LONGEST_NOTE", "release", "set_callback"]

LONGEST_NOTE = 500
_QUEUE = table_of(QueuedCall)
_REMINDERS = table_of(Reminder)
_MOVE = "SELECT move_callback(%s::bigint, %s::bigint, %s::bigint, %s, %s::bigint, %s, %s)"


def set_callback(
    session: Session, entry_id: int, seen_user: int | None, seen_at: datetime, to: int | None, at: datetime
) -> str | None:
    """Give a callback to a user, or to anyone, at a time; gives back the code of what was against it."""
    session.flush()
    if is_postgresql(session):
        values = (actor(session), entry_id, seen_user, seen_at, to, at, now(session))
        return session.connection().exec_driver_sql(_MOVE, values).scalar()
    code = _against(session, entry_id, seen_user, seen_at, to)
    if code is None:
        _set(session, entry_id, to, at)
    return code


def release(session: Session) -> int:
    """Let the due callbacks of those who are away, or no longer here, fall to anyone; gives their number."""
    session.flush()
    if is_postgresql(session):
        found = session.connection().exec_driver_sql("SELECT release_callbacks(%s)", (now(session),)).scalar()
        return int(found or 0)
    moment = now(session)
    away = select(Absence.user_id).where(Absence.starts_at <= moment, Absence.ends_at > moment)
    gone = set(session.scalars(away.union(select(User.id).where(User.is_active.is_(False)))))
    orphans = _wake_orphans(session, gone, moment)
    if not gone:
        return orphans
    due = select(_QUEUE.c.id).where(
        _QUEUE.c.callback_user_id.in_(gone),
        _QUEUE.c.is_callback,
        _QUEUE.c.state.in_(("callback", "waiting")),
        _QUEUE.c.due_at <= moment,
    )
    freed = session.scalars(due).all()
    for entry_id in freed:
        _set(session, entry_id, None, None)
    return orphans + len(freed)


def _wake_orphans(session: Session, gone: Collection[int], moment: datetime) -> int:
    """What is anyone's already, but lies in the pool of somebody who asks for nobody."""
    works = select(CampaignUser.id).where(
        CampaignUser.campaign_id == Pool.campaign_id, CampaignUser.user_id == Pool.user_id
    )
    of_nobody = (
        select(Lane.id)
        .join(Pool, Pool.id == Lane.pool_id)
        .where(Pool.user_id.is_not(None), Pool.removed_at.is_(None))
        .where(or_(Pool.user_id.in_(gone), ~works.exists()))
    )
    is_due = (_QUEUE.c.state == "waiting") & (_QUEUE.c.due_at <= moment)
    is_anyones = _QUEUE.c.is_callback & _QUEUE.c.callback_user_id.is_(None)
    woken = update(_QUEUE).where(is_due, is_anyones, _QUEUE.c.lane_id.in_(of_nobody))
    return session.connection().execute(woken.values(state="callback", blocked=None)).rowcount


def _against(session: Session, entry_id: int, seen_user: int | None, seen_at: datetime, to: int | None) -> str | None:
    row = session.execute(select(_QUEUE).where(_QUEUE.c.id == entry_id)).first()
    if row is None or not row.is_callback or row.state == "done":
        return "GONE"
    me = actor(session)
    if me is not None and not _may(session, me, row.callback_user_id, row.campaign_id):
        return "FORBIDDEN"
    if row.callback_user_id != seen_user or row.due_at != seen_at:
        return "CHANGED"
    if row.state == "held":
        return "HELD"
    if to is not None and not _works(session, to, row.campaign_id):
        return "OTHER_CAMPAIGN"
    return None


def _may(session: Session, me: int, owner: int | None, campaign_id: int) -> bool:
    held = set(
        session.scalars(
            select(RolePermission.permission)
            .join(User, User.role_id == RolePermission.role_id)
            .where(User.id == me, User.is_active)
        )
    )
    groups: dict[int, set[int]] = {me: set(), owner or 0: set()}
    members = select(GroupMember.user_id, GroupMember.group_id).where(GroupMember.user_id.in_(list(groups)))
    for user_id, group_id in session.execute(members):
        groups[user_id].add(group_id)
    return may_move(
        me,
        owner,
        works_in_campaign=_works(session, me, campaign_id),
        runs_campaigns=not held.isdisjoint({Permission.RUN_CAMPAIGNS.value, Permission.ADMINISTER.value}),
        reminds_caller_only=bool(
            session.scalar(select(Campaign.reminds_caller_only).where(Campaign.id == campaign_id))
        ),
        my_groups=groups[me],
        owners_groups=groups[owner or 0],
    )


def _works(session: Session, user_id: int, campaign_id: int) -> bool:
    asked = (
        select(CampaignUser.id)
        .join(User, User.id == CampaignUser.user_id)
        .where(CampaignUser.campaign_id == campaign_id, CampaignUser.user_id == user_id, User.is_active)
    )
    return session.scalar(asked) is not None


def _set(session: Session, entry_id: int, to: int | None, at: datetime | None) -> None:
    """Write it; without a time the callback keeps its own."""
    moment = now(session)
    row = session.execute(select(_QUEUE).where(_QUEUE.c.id == entry_id)).one()
    due_at = at or row.due_at
    state = "waiting" if due_at > moment else "callback"
    values = {} if row.state == "blocked" else {"state": state, "blocked": None}
    session.execute(update(_QUEUE).where(_QUEUE.c.id == entry_id).values(callback_user_id=to, due_at=due_at, **values))
    is_open = (_REMINDERS.c.entry_id == entry_id) & _REMINDERS.c.done_at.is_(None)
    version = _REMINDERS.c.version + 1
    if to is None:
        session.execute(update(_REMINDERS).where(is_open).values(done_at=moment, version=version))
        session.expire_all()
        return
    has_one = session.scalar(select(_REMINDERS.c.id).where(is_open).limit(1)) is not None
    if has_one:
        session.execute(update(_REMINDERS).where(is_open).values(user_id=to, at=due_at, version=version))
    else:
        note = (
            select(func.substr(CallAttempt.note, 1, LONGEST_NOTE))
            .where(CallAttempt.customer_id == row.customer_id, CallAttempt.entry_id == entry_id)
            .where(CallAttempt.kind == "call")
            .order_by(CallAttempt.finished_at.desc())
            .limit(1)
        )
        session.execute(
            insert(_REMINDERS).values(
                user_id=to,
                at=due_at,
                text=session.scalar(note) or "",
                customer_id=row.customer_id,
                campaign_id=row.campaign_id,
                entry_id=entry_id,
                by_id=actor(session),
            )
        )
    session.expire_all()
