"""Visits as rows: one way of reading them, for a time, by name, or of a task."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.planner import Interval, Run
from app.models.customers import Customer
from app.models.people import User
from app.models.planner import Visit
from app.models.processes import ActivityState, ActivityType
from app.models.tickets import Task, Ticket
from app.services.context import reads
from app.services.planner import refusals
from app.services.planner.calendar import TimeSpan, read_runs
from app.services.planner.rows import VisitCard, VisitDraft, VisitRow

_task, _ticket, _customer = aliased(Task), aliased(Ticket), aliased(Customer)
_type, _state = aliased(ActivityType), aliased(ActivityState)

_VISITS = (
    select(
        Visit.id,
        Visit.version,
        Visit.technician_id,
        Visit.starts_at,
        Visit.ends_at,
        func.coalesce(_customer.name, ""),
        func.coalesce(func.nullif(Visit.title, ""), func.nullif(_ticket.subject, ""), _task.title, ""),
        _type.id,
        func.coalesce(_type.name, ""),
        func.coalesce(_type.macro_type, "appointment"),
        func.coalesce(_type.colour, "#DDDDDD"),
        func.coalesce(_state.code, ""),
        func.coalesce(_state.name, ""),
        func.coalesce(_state.colour, ""),
        Visit.site_id,
        Visit.task_id,
        _task.ticket_id,
        Visit.is_active,
        func.coalesce(_type.any_site, false()),
    )
    .outerjoin(_task, _task.id == Visit.task_id)
    .outerjoin(_ticket, _ticket.id == _task.ticket_id)
    .outerjoin(_customer, _customer.id == _ticket.customer_id)
    .outerjoin(_type, _type.id == func.coalesce(Visit.activity_type_id, _task.activity_type_id))
    .outerjoin(_state, _state.id == func.coalesce(Visit.state_id, _task.state_id))
)


def active_visits(session: Session, technician_ids: Sequence[int], span: TimeSpan) -> list[VisitRow]:
    """The active visits of these technicians that lie in a time, by technician and start; none is flagged yet."""
    found = _VISITS.where(
        Visit.is_active,
        Visit.technician_id.in_(technician_ids),
        Visit.starts_at < span.end,
        Visit.ends_at > span.start,
    )
    return [VisitRow(*row) for row in session.execute(found.order_by(Visit.technician_id, Visit.starts_at))]


def visit_row(session: Session, visit_id: int) -> VisitRow | None:
    """One visit, active or not, as it stands in this transaction."""
    row = session.execute(_VISITS.where(Visit.id == visit_id)).first()
    return VisitRow(*row) if row else None


@reads
def visits_named(session: Session, ids: Iterable[int] = (), *, task_ids: Iterable[int] = ()) -> tuple[VisitRow, ...]:
    """The visits of these ids and of these tasks, active or not, flagged where they lie on grey."""
    found = _VISITS.where(Visit.id.in_(list(ids)) | Visit.task_id.in_(list(task_ids)))
    rows = [VisitRow(*row) for row in session.execute(found.order_by(Visit.technician_id, Visit.starts_at))]
    return tuple(flagged(rows, read_runs_of(session, rows)))


@reads
def visit_card(session: Session, visit_id: int) -> VisitCard:
    """The form of a visit that stands on the plan; refused when it does not any more."""
    visit, row = session.get(Visit, visit_id), visit_row(session, visit_id)
    if visit is None or row is None:
        raise refusals.gone()
    if not visit.is_active:
        raise refusals.taken_off(session.scalar(select(User.name).where(User.id == visit.set_by_id)) or "")
    draft = VisitDraft(
        visit.technician_id,
        visit.starts_at,
        visit.ends_at,
        visit.title,
        visit.activity_type_id,
        visit.site_id,
        visit.notes or "",
    )
    return VisitCard(visit.id, visit.version, row.label, visit.task_id is not None, draft)


def read_runs_of(session: Session, rows: Sequence[VisitRow]) -> dict[int, tuple[Run, ...]]:
    """The runs under these visits."""
    active = [row for row in rows if row.is_active]
    if not active:
        return {}
    span = TimeSpan(min(row.starts_at for row in active), max(row.ends_at for row in active))
    return read_runs(session, sorted({row.technician_id for row in active}), span)


def flagged(rows: Iterable[VisitRow], runs: Mapping[int, tuple[Run, ...]]) -> Iterator[VisitRow]:
    """The same visits, those that do not wholly lie on white marked; costs one walk over visits and runs."""
    technician_id, stretches, position = None, [], 0
    for row in rows:
        if not row.is_active:
            yield row
            continue
        if row.technician_id != technician_id:
            technician_id, position = row.technician_id, 0
            stretches = _joined(runs.get(row.technician_id, ()))
        while position < len(stretches) and stretches[position].end <= row.starts_at:
            position += 1
        is_white = (
            position < len(stretches)
            and stretches[position].start <= row.starts_at
            and row.ends_at <= stretches[position].end
        )
        yield row if is_white else replace(row, is_conflicting=True)


def _joined(runs: Iterable[Run]) -> list[Interval]:
    """White stretches of sorted runs, touching ones as one."""
    joined: list[Interval] = []
    for run in runs:
        if run.is_white:
            if joined and joined[-1].end >= run.start:
                joined[-1] = Interval(joined[-1].start, max(joined[-1].end, run.end))
            else:
                joined.append(Interval(run.start, run.end))
    return joined
