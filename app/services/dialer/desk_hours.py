"""How agents spent their days at the dial desk: the time in each state, by agent and day of the company."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.dialer.desk_states import STATES
from app.models.dialer import CallAttempt, DeskSign, DeskSpan, DialRules
from app.models.people import User
from app.services.context import now
from app.services.dialer.asked import Asked, users_of
from app.services.dialer.days import company_zone, earlier_of, edges, later_of, millis, millis_of


@dataclass(frozen=True, slots=True)
class DeskDay:
    """An agent's day: whole seconds by state, and the calls he gave a result."""

    user_id: int
    name: str
    day: date
    seconds: Mapping[str, int]
    calls: int

    @property
    def present(self) -> int:
        """The seconds of all states together."""
        return sum(self.seconds.values())


def desk_day(session: Session, asked: Asked, day: date) -> tuple[DeskDay, ...]:
    """The agents who were at the desk on a day of the company, by name.

    Spans are cut at midnight. One that is open goes on until now; where the desk gives no sign of life any more it
    ended with its last one.
    """
    start, end = edges(day, company_zone(session))
    spent: dict[int, tuple[str, dict[str, int]]] = {}
    for user_id, name, state, took in _spent(session, asked, start, end):
        if took > 0:
            states = spent.setdefault(user_id, (name, {}))[1]
            states[state] = states.get(state, 0) + int(took)
    calls = _calls(session, asked, start, end)
    days = (
        DeskDay(user_id, name, day, _seconds(took), calls.get(user_id, 0)) for user_id, (name, took) in spent.items()
    )
    return tuple(sorted(days, key=lambda row: (row.name.casefold(), row.user_id)))


def _seconds(took: Mapping[str, int]) -> dict[str, int]:
    return {state: round(took.get(state, 0) / 1000) for state in STATES}


def _spent(session: Session, asked: Asked, start: datetime, end: datetime) -> list[Any]:
    """Milliseconds by user and state: of the spans begun on the day, and of those that reach into it."""
    earlier = aliased(DeskSpan)
    # The spans of a user follow each other: of those begun before the day only the last can reach into it.
    last = (
        select(earlier.id)
        .where(earlier.user_id == User.id, earlier.started_at < start)
        .order_by(earlier.started_at.desc())
        .limit(1)
        .correlate(User)
        .scalar_subquery()
    )
    reaching = [each for each in session.scalars(select(last).where(User.id.in_(users_of(asked)))) if each is not None]
    begun = (DeskSpan.user_id.in_(users_of(asked)), DeskSpan.started_at >= start, DeskSpan.started_at < end)
    found = _took(session, asked, start, end)
    rows = list(session.execute(found.where(*begun)))
    return rows + list(session.execute(found.where(DeskSpan.id.in_(reaching)))) if reaching else rows


def _took(session: Session, asked: Asked, start: datetime, end: datetime) -> Select[Any]:
    moment = now(session)
    alive = moment - timedelta(seconds=session.scalar(select(DialRules.lease_seconds)) or 45)
    begun = millis_of(session, DeskSpan.started_at)
    seen = millis_of(session, func.coalesce(DeskSign.seen_at, DeskSpan.started_at))
    last = case((seen >= millis(alive), millis(moment)), else_=seen)
    ended = later_of(begun, func.coalesce(millis_of(session, DeskSpan.ended_at), last))
    took = earlier_of(ended, millis(min(end, max(moment, start)))) - later_of(begun, millis(start))
    found: Select[Any] = (
        select(DeskSpan.user_id, User.name, DeskSpan.state, func.sum(later_of(took, 0)))
        .join(User, User.id == DeskSpan.user_id)
        .outerjoin(DeskSign, DeskSign.user_id == DeskSpan.user_id)
        .group_by(DeskSpan.user_id, User.name, DeskSpan.state)
    )
    return found if asked.campaign_id is None else found.where(DeskSpan.campaign_id == asked.campaign_id)


def _calls(session: Session, asked: Asked, start: datetime, end: datetime) -> dict[int | None, int]:
    found = (
        select(CallAttempt.user_id, func.count())
        .where(
            CallAttempt.user_id.in_(users_of(asked)),
            CallAttempt.finished_at >= start,
            CallAttempt.finished_at < end,
            CallAttempt.kind == "call",
        )
        .group_by(CallAttempt.user_id)
    )
    if asked.campaign_id is not None:
        found = found.where(CallAttempt.campaign_id == asked.campaign_id)
    rows: Any = session.execute(found)
    return dict(rows.all())
