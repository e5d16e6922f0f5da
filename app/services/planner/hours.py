"""Working hours: the week of each technician, in wall-clock time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import Role, User
from app.models.planner import WorkingHours
from app.services.context import announce, reads, require, writes
from app.services.planner.refusals import UNCHANGED
from app.services.tickets.advancing import reroute


@dataclass(frozen=True, slots=True)
class DayHours:
    """One stretch of work on a weekday, Monday = 0."""

    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class UserHours:
    """A technician's week, sorted by day and start."""

    user_id: int
    name: str
    week: tuple[DayHours, ...]


@reads
def working_hours(session: Session) -> tuple[UserHours, ...]:
    """Every active technician's week, by name."""
    rows = session.execute(
        select(User.id, User.name, WorkingHours.weekday, WorkingHours.starts, WorkingHours.ends)
        .join(Role, Role.id == User.role_id)
        .outerjoin(WorkingHours, WorkingHours.user_id == User.id)
        .where(User.is_active, Role.takes_visits)
        .order_by(User.name, User.id, WorkingHours.weekday, WorkingHours.starts)
    )
    weeks: dict[tuple[int, str], list[DayHours]] = {}
    for user_id, name, weekday, starts, ends in rows:
        week = weeks.setdefault((user_id, name), [])
        if weekday is not None:
            week.append(DayHours(weekday, starts, ends))
    return tuple(UserHours(user_id, name, tuple(week)) for (user_id, name), week in weeks.items())


@writes
def set_hours(session: Session, user_ids: Collection[int], week: tuple[DayHours, ...]) -> int:
    """Give each of these technicians this week in place of the old one; the answer is how many they are."""
    require(session, Permission.PLAN)
    _refuse_wrong(week)
    chosen = list(dict.fromkeys(user_ids))
    session.execute(delete(WorkingHours).where(WorkingHours.user_id.in_(chosen)))
    rows = [
        {"user_id": user_id, "weekday": each.weekday, "starts": each.starts, "ends": each.ends}
        for user_id in chosen
        for each in week
    ]
    if rows:
        session.execute(insert(WorkingHours), rows)
    reroute(session)
    announce(session, RowsChanged("working_hours", None))
    return len(chosen)


def _refuse_wrong(week: tuple[DayHours, ...]) -> None:
    ordered = sorted(week, key=lambda each: (each.weekday, each.starts))
    if any(each.ends <= each.starts for each in ordered):
        raise Refused("HOURS", message(N_("Working hours end after they start.")), UNCHANGED)
    if any(one.weekday == two.weekday and two.starts < one.ends for one, two in pairwise(ordered)):
        raise Refused("HOURS", message(N_("Two stretches of working hours overlap on one day.")), UNCHANGED)
