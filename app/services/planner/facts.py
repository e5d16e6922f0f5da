"""The facts one placement is judged by, read in the transaction that will write it."""

from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.planner import Busy, Facts, Interval, Placement, TechnicianFacts, VisitState
from app.models.customers import Customer
from app.models.people import User
from app.models.places import Site
from app.models.planner import Visit
from app.models.processes import ActivityType
from app.models.tickets import Task, Ticket
from app.services.context import now
from app.services.planner.calendar import TimeSpan, read_enabled, read_runs
from app.services.planner.company import company

_AROUND = timedelta(days=2)
"""How far from the wish the nearest free time is looked for."""

_setter = aliased(User)

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
    select(Visit.version, func.coalesce(_setter.name, ""), User.name, Visit.starts_at)
    .join(User, User.id == Visit.technician_id)
    .outerjoin(_setter, _setter.id == Visit.set_by_id)
    .where(Visit.id == bindparam("visit"))
)


def facts_for(session: Session, placement: Placement) -> Facts:
    """Everything `check` and `nearest_legal` need to judge this placement, two days on either side of it."""
    span = TimeSpan(placement.start - _AROUND, placement.end + _AROUND)
    technician_id = placement.technician_id
    name = session.scalar(select(User.name).where(User.id == technician_id)) or ""
    values = {"technician": technician_id, "start": span.start, "end": span.end}
    busy = [
        Busy(visit_id, Interval(start, end), label, set_by)
        for visit_id, start, end, label, set_by in session.execute(_BUSY, values)
    ]
    technician = TechnicianFacts.of(
        technician_id,
        name,
        runs=read_runs(session, [technician_id], span)[technician_id],
        busy=busy,
        enabled=read_enabled(session, [technician_id]).get(technician_id, ()),
    )
    states = {}
    if placement.visit_id is not None:
        row = session.execute(_STATE, {"visit": placement.visit_id}).first()
        if row is not None:
            states[placement.visit_id] = VisitState(*row)
    return Facts(
        now=now(session),
        zone=company(session).zone,
        technicians={technician_id: technician},
        states=states,
        type_names=_names(session, ActivityType, placement.activity_type_id),
        site_names=dict(session.execute(select(Site.id, Site.name)).all()),
    )


def _names(session: Session, model: type[ActivityType], key: int | None) -> dict[int, str]:
    if key is None:
        return {}
    return dict(session.execute(select(model.id, model.name).where(model.id == key)).all())
