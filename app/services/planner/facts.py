"""The facts one placement is judged by, read in the transaction that will write it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.planner import Busy, Facts, Interval, Placement, Seen, TechnicianFacts, VisitState
from app.domain.processes.kinds import state_name
from app.models.base import alias_of
from app.models.customers import Customer
from app.models.people import User
from app.models.places import Site
from app.models.planner import Visit
from app.models.processes import ActivityState, ActivityType
from app.models.tickets import Task, Ticket
from app.services.context import now
from app.services.planner import calendar
from app.services.planner.calendar import TimeSpan
from app.services.planner.company import company

_AROUND = timedelta(days=2)
"""How far from the wish the nearest free time is looked for."""

_A_DAY = timedelta(days=1)

_setter = alias_of(User)

_BUSY = (
    select(
        Visit.id,
        Visit.starts_at,
        Visit.ends_at,
        func.coalesce(
            func.nullif(Customer.name, ""),
            func.nullif(Visit.title, ""),
            func.nullif(Ticket.subject, ""),
            func.nullif(Task.title, ""),
            ActivityType.name,
            "",
        ),
        func.coalesce(_setter.name, ""),
    )
    .outerjoin(Task, Task.id == Visit.task_id)
    .outerjoin(Ticket, Ticket.id == Task.ticket_id)
    .outerjoin(Customer, Customer.id == Ticket.customer_id)
    .outerjoin(ActivityType, ActivityType.id == func.coalesce(Visit.activity_type_id, Task.activity_type_id))
    .outerjoin(_setter, _setter.id == Visit.set_by_id)
    .where(
        Visit.is_active,
        Visit.technician_id == bindparam("technician"),
        Visit.starts_at < bindparam("end"),
        Visit.ends_at > bindparam("start"),
    )
)

_STATE = (
    select(
        Visit.version,
        func.coalesce(_setter.name, ""),
        User.name,
        Visit.starts_at,
        Visit.set_at,
        Visit.technician_id,
        Visit.ends_at,
        func.coalesce(ActivityState.code, ""),
        func.coalesce(ActivityState.name, ""),
    )
    .join(User, User.id == Visit.technician_id)
    .outerjoin(Task, Task.id == Visit.task_id)
    .outerjoin(ActivityState, ActivityState.id == func.coalesce(Visit.state_id, Task.state_id))
    .outerjoin(_setter, _setter.id == Visit.set_by_id)
    .where(Visit.id == bindparam("visit"))
)


def questions(
    session: Session, technician_id: int, start: datetime, visit_id: int | None = None
) -> list[Callable[[], object]]:
    """What `facts_for` will ask about a placement of a day at most, to be asked together with what comes before it."""
    span = _span(start, start)
    asked: list[Callable[[], object]] = [
        partial(_name, session, technician_id),
        partial(_busy, session, technician_id, span),
        *calendar.questions(session, [technician_id], span),
        partial(now, session),
        partial(company, session),
        partial(_type_names, session),
        partial(_site_names, session),
    ]
    return asked if visit_id is None else [*asked, partial(_state, session, visit_id)]


def facts_for(session: Session, placement: Placement) -> Facts:
    """Everything `check` and `nearest_legal` need to judge this placement, two days on either side of it."""
    span = _span(placement.start, placement.end)
    technician_id = placement.technician_id
    technician = TechnicianFacts.of(
        technician_id,
        _name(session, technician_id),
        runs=calendar.read_runs(session, [technician_id], span)[technician_id],
        busy=_busy(session, technician_id, span),
        enabled=calendar.read_enabled(session, [technician_id]).get(technician_id, ()),
    )
    states = {}
    if placement.visit_id is not None and (state := _state(session, placement.visit_id)) is not None:
        states[placement.visit_id] = state
    return Facts(
        now=now(session),
        zone=company(session).zone,
        technicians={technician_id: technician},
        states=states,
        type_names=_type_names(session),
        site_names=_site_names(session),
    )


def _span(start: datetime, end: datetime) -> TimeSpan:
    # The same for every placement of a day at most, so that it can be asked for before the length is known.
    return TimeSpan(start - _AROUND, max(end, start + _A_DAY) + _AROUND)


def _name(session: Session, user_id: int) -> str:
    return session.scalar(select(User.name).where(User.id == user_id)) or ""


def _busy(session: Session, technician_id: int, span: TimeSpan) -> list[Busy]:
    values = {"technician": technician_id, "start": span.start, "end": span.end}
    return [
        Busy(visit_id, Interval(start, end), label, set_by)
        for visit_id, start, end, label, set_by in session.execute(_BUSY, values)
    ]


def _state(session: Session, visit_id: int) -> VisitState | None:
    row = session.execute(_STATE, {"visit": visit_id}).first()
    if row is None:
        return None
    version, set_by, technician, start, set_at, technician_id, end, code, name = row
    stands = Seen(technician_id, start, end, code)
    return VisitState(version, set_by, technician, start, set_at, stands, state_name(code, name))


def _type_names(session: Session) -> dict[int, str]:
    return dict(session.execute(select(ActivityType.id, ActivityType.name)).all())


def _site_names(session: Session) -> dict[int, str]:
    return dict(session.execute(select(Site.id, Site.name)).all())
