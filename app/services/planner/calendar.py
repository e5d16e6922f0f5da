"""What the rules are judged by, read for some technicians and some time: runs, visits and enabled types."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, bindparam, select, union_all
from sqlalchemy.orm import Session

from app.domain.planner import EnabledType, Interval, OffTime, Run, Segment, compute_runs
from app.models.people import GroupMember
from app.models.planner import Absence, Holiday, Presence
from app.models.processes import Enablement

_USERS: BindParameter[Any] = bindparam("users", expanding=True)
_START: BindParameter[Any] = bindparam("start")
_END: BindParameter[Any] = bindparam("end")

_PRESENCES = select(Presence.user_id, Presence.starts_at, Presence.ends_at, Presence.site_id).where(
    Presence.user_id.in_(_USERS), Presence.starts_at < _END, Presence.ends_at > _START
)
_ABSENCES = select(Absence.user_id, Absence.starts_at, Absence.ends_at, Absence.reason).where(
    Absence.user_id.in_(_USERS), Absence.starts_at < _END, Absence.ends_at > _START
)
_HOLIDAYS = select(Holiday.starts_at, Holiday.ends_at, Holiday.names).where(
    Holiday.starts_at < _END, Holiday.ends_at > _START
)
_BY_USER = select(
    Enablement.user_id.label("user_id"), Enablement.activity_type_id, Enablement.valid_from, Enablement.valid_until
).where(Enablement.user_id.in_(_USERS))
_BY_GROUP = (
    select(GroupMember.user_id, Enablement.activity_type_id, Enablement.valid_from, Enablement.valid_until)
    .join(GroupMember, GroupMember.group_id == Enablement.group_id)
    .where(GroupMember.user_id.in_(_USERS))
)
_ENABLED: CompoundSelect[Any] = union_all(_BY_USER, _BY_GROUP)


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A stretch of time that is read, `[start, end)`."""

    start: datetime
    end: datetime


def holiday_name(names: Mapping[str, Any], language: str) -> str:
    """The holiday's name in the language, or in English, or in whichever there is."""
    return str(names.get(language) or names.get("en") or next(iter(names.values()), ""))


def questions(session: Session, users: Sequence[int], span: TimeSpan) -> list[Callable[[], object]]:
    """What `read_runs` and `read_enabled` will ask, to be asked together."""
    values = {"users": list(users), "start": span.start, "end": span.end}
    return [
        partial(session.execute, _PRESENCES, values),
        partial(session.execute, _ABSENCES, values),
        partial(read_holidays, session, span),
        partial(read_enabled, session, list(users)),
    ]


def read_runs(
    session: Session, users: Sequence[int], span: TimeSpan, language: str = "en"
) -> dict[int, tuple[Run, ...]]:
    """White and grey of each of these users, sorted; who has neither presence nor absence has the holidays alone."""
    values = {"users": list(users), "start": span.start, "end": span.end}
    segments: dict[int, list[Segment]] = {}
    for user_id, start, end, site_id in session.execute(_PRESENCES, values):
        segments.setdefault(user_id, []).append(Segment(Interval(start, end), site_id))
    absences: dict[int, list[OffTime]] = {}
    for user_id, start, end, reason in session.execute(_ABSENCES, values):
        absences.setdefault(user_id, []).append(OffTime(Interval(start, end), reason))
    holidays = read_holidays(session, span, language)
    return {user_id: compute_runs(segments.get(user_id, ()), absences.get(user_id, ()), holidays) for user_id in users}


def read_holidays(session: Session, span: TimeSpan, language: str = "en") -> tuple[OffTime, ...]:
    """The holidays of a time."""
    rows = session.execute(_HOLIDAYS, {"start": span.start, "end": span.end})
    return tuple(OffTime(Interval(start, end), holiday_name(names, language)) for start, end, names in rows)


def read_enabled(session: Session, users: Iterable[int]) -> dict[int, tuple[EnabledType, ...]]:
    """The types each user may do, by himself or by a group of his."""
    found: dict[int, list[EnabledType]] = {}
    for user_id, type_id, first, last in session.execute(_ENABLED, {"users": list(users)}):
        found.setdefault(user_id, []).append(EnabledType(type_id, first, last))
    return {user_id: tuple(types) for user_id, types in found.items()}
