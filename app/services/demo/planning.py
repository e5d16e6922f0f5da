"""A morning as a scheduler would have planned it: calls each technician may do, at his site, with time between."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.planner import Run
from app.models.people import GroupMember, Role, User
from app.models.processes import ActivityState, ActivityType, Enablement
from app.models.tickets import Task, Ticket
from app.services.planner.calendar import TimeSpan, read_runs
from app.services.planner.placing import schedule

BETWEEN = timedelta(minutes=15)
AT_WORK = 5
"""A day is planned when at least so many technicians are there."""
LEFT_WAITING = 60
"""Calls that stay to be planned, whatever happens."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that waits."""

    task_id: int
    version: int
    type_id: int
    length: timedelta
    site_id: int | None


@dataclass(frozen=True, slots=True)
class _Wish:
    """How full a day becomes: visits in the first white stretch of each technician, and in the ones after it."""

    first: int
    later: int


def plan_days(session: Session, today: date, zone: tzinfo) -> int:
    """Plan the next working day well and the one after it a little; how many visits there are."""
    calls = _waiting(session)
    able = _able(session)
    users = sorted(able)
    made = 0
    wishes = [_Wish(3, 1), _Wish(1, 1)]
    for ahead in range(10):
        day = today + timedelta(days=ahead)
        start, end = (datetime.combine(at, time(), zone).astimezone(UTC) for at in (day, day + timedelta(days=1)))
        white = {
            user: [run for run in runs if run.is_white and run.start >= start]
            for user, runs in read_runs(session, users, TimeSpan(start, end)).items()
        }
        if wishes and sum(bool(runs) for runs in white.values()) >= AT_WORK:
            made += _plan_day(session, white, able, calls, wishes.pop(0))
    _confirm_some(session)
    return made


def _plan_day(
    session: Session, white: dict[int, list[Run]], able: dict[int, set[int]], calls: list[_Call], wish: _Wish
) -> int:
    made = 0
    for number, (user, runs) in enumerate(sorted(white.items())):
        for place, run in enumerate(runs):
            # Not all alike: some begin later, some have a gap, some are full.
            count = wish.first - number % 2 if place == 0 else (wish.later if number % 3 == 0 else 0)
            start = run.start + (number % 3) * BETWEEN
            for _ in range(count):
                if len(calls) <= LEFT_WAITING:
                    return made
                call = _fitting(calls, able[user], run, start)
                if call is None:
                    break
                calls.remove(call)
                if _put(session, call, user, start):
                    made += 1
                    start += call.length + BETWEEN
    return made


def _fitting(calls: Iterable[_Call], able: set[int], run: Run, start: datetime) -> _Call | None:
    for call in calls:
        is_there = call.site_id is None or None in run.site_ids or call.site_id in run.site_ids
        if call.type_id in able and is_there and start + call.length <= run.end:
            return call
    return None


def _put(session: Session, call: _Call, user: int, start: datetime) -> bool:
    try:
        with session.begin_nested():
            schedule(session, call.task_id, call.version, user, start)
    except Refused:
        return False
    return True


def _waiting(session: Session) -> list[_Call]:
    minutes = func.coalesce(Task.expected_minutes, ActivityType.expected_minutes)
    rows = session.execute(
        select(Task.id, Task.version, ActivityType.id, minutes, ActivityType.any_site, Ticket.site_id)
        .join(ActivityType, ActivityType.id == Task.activity_type_id)
        .join(Ticket, Ticket.id == Task.ticket_id)
        .where(Task.closed_at.is_(None), Task.group_id.is_not(None), ActivityType.is_schedulable)
        .order_by(Ticket.customer_id.is_(None), Ticket.priority, Task.due_at.is_(None), Task.due_at, Task.id)
    )
    return [
        _Call(task_id, version, type_id, timedelta(minutes=length), None if any_site else site_id)
        for task_id, version, type_id, length, any_site, site_id in rows
    ]


def _able(session: Session) -> dict[int, set[int]]:
    """What each technician may do, by himself or by a group of his."""
    found: dict[int, set[int]] = {}
    own = select(Enablement.user_id, Enablement.activity_type_id).where(Enablement.user_id.is_not(None))
    shared = select(GroupMember.user_id, Enablement.activity_type_id).join(
        Enablement, Enablement.group_id == GroupMember.group_id
    )
    working = set(
        session.scalars(
            select(User.id).join(Role, Role.id == User.role_id).where(Role.code == "technician", User.is_active)
        )
    )
    for question in (own, shared):
        for user_id, type_id in session.execute(question):
            if user_id in working:
                found.setdefault(user_id, set()).add(type_id)
    return found


def _confirm_some(session: Session) -> None:
    """Every other planned call has been confirmed by telephone, so that the planner shows two states."""
    confirmed = session.scalar(select(ActivityState.id).where(ActivityState.code == "confirmed"))
    planned = session.scalars(
        select(Task.id).where(Task.user_id.is_not(None), Task.closed_at.is_(None)).order_by(Task.id)
    ).all()
    if confirmed is not None and planned:
        session.execute(
            update(Task).where(Task.id.in_(planned[::2])).values(state_id=confirmed, version=Task.version + 1)
        )
