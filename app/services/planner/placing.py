"""Every way of placing a visit: each is judged by the same `check`, in the transaction that writes it.

Whoever says what he saw (`seen`) is refused only where that is another by now: words that somebody else changed
meanwhile stay, and stop nobody. Without it any change since the version he saw stops him. Two that write at once meet
at the row's version in the database; the second is judged again by what the first made of it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.bus import RowsChanged
from app.db.asking import asked_together, writing_later
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.planner import Placement, Seen, check, is_refused
from app.domain.planner.violations import Code, Violation
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.people import Group, User
from app.models.planner import Visit
from app.models.processes import ActivityType
from app.models.tickets import Task, Ticket
from app.services.context import actor, announce, now, require, writes
from app.services.planner import refusals
from app.services.planner.company import company
from app.services.planner.facts import facts_for, questions
from app.services.planner.rows import Place, Placed, SeenCall, VisitDraft, VisitRow
from app.services.planner.visits import visit_row
from app.services.presence.changing import who_changed


@writes
def schedule(
    session: Session,
    task_id: int,
    task_version: int,
    technician_id: int,
    start: datetime,
    *,
    seen: SeenCall | None = None,
) -> Placed:
    """Put a waiting call on a technician's day for as long as its type is expected to take."""
    asked_together(
        session,
        partial(require, session, Permission.PLAN),
        partial(_found_task, session, task_id),
        partial(_planned_id, session, task_id),
        partial(_following().card_of, session, task_id),
        *questions(session, technician_id, start),
    )
    task, kind, site_id = _waiting_task(session, task_id)
    if task.version != task_version and seen != SeenCall(task.group_id, task.expected_minutes or kind.expected_minutes):
        raise _call_changed(session, task_id)
    minutes = task.expected_minutes or kind.expected_minutes
    placement = Placement(
        technician_id,
        start,
        start + timedelta(minutes=minutes),
        activity_type_id=kind.id,
        site_id=None if kind.any_site else site_id,
        task_id=task_id,
    )
    is_past = _judge(session, placement)
    with writing_later(session):
        visit = Visit(task_id=task_id, site_id=site_id, title="", set_at=now(session))
        session.add(visit)
        _put(session, visit, placement)
        task.user_id, task.group_id = technician_id, None
        _following().note_step(session, task.id, task.stage_id, None, technician_id)
        return _placed(session, visit, None, is_past)


@writes
def move(
    session: Session,
    visit_id: int,
    version: int,
    technician_id: int,
    start: datetime,
    end: datetime | None = None,
    *,
    seen: Seen | None = None,
) -> Placed:
    """Bring a visit to another technician or time; without `end` it keeps its length."""
    row, visit = _active(session, visit_id, *questions(session, technician_id, start, visit_id))
    before = Place(row.technician_id, row.starts_at, row.ends_at)
    finish = end if end is not None else start + (row.ends_at - row.starts_at)
    is_past = _judge(session, _placement_of(row, technician_id, start, finish, version, seen))
    with writing_later(session):
        _put(session, visit, _placement_of(row, technician_id, start, finish))
        if visit.task_id is not None and technician_id != before.technician_id:
            _hand_task(session, visit.task_id, technician_id)
        return _placed(session, visit, before, is_past)


@writes
def resize(
    session: Session, visit_id: int, version: int, start: datetime, end: datetime, *, seen: Seen | None = None
) -> Placed:
    """Give a visit other edges on the same technician."""
    row, visit = _active(session, visit_id)
    before = Place(row.technician_id, row.starts_at, row.ends_at)
    asked_together(session, *questions(session, row.technician_id, start, visit_id))
    is_past = _judge(session, _placement_of(row, row.technician_id, start, end, version, seen))
    with writing_later(session):
        _put(session, visit, _placement_of(row, row.technician_id, start, end))
        return _placed(session, visit, before, is_past)


@writes
def change(session: Session, visit_id: int, version: int, draft: VisitDraft) -> Placed:
    """Save what the form of a visit says; a conflict when somebody else has saved it since it was read.

    Only another place is judged: the words of a visit that lies on grey may be mended where it lies.
    """
    row, visit = _active(session, visit_id)
    if row.version != version:
        raise refusals.visit_changed()
    before, is_call = Place(row.technician_id, row.starts_at, row.ends_at), row.task_id is not None
    if not is_call:
        _require_title(draft.title)
    site_id = row.site_id if is_call else draft.site_id
    placement = _placement_of(replace(row, site_id=site_id), draft.technician_id, draft.start, draft.end)
    is_elsewhere = Place(draft.technician_id, draft.start, draft.end) != before
    is_past = _judge(session, placement) if is_elsewhere or site_id != row.site_id else False
    with writing_later(session):
        visit.title, visit.notes, visit.site_id = draft.title.strip(), draft.notes.strip() or None, site_id
        visit.activity_type_id = visit.activity_type_id if is_call else draft.type_id
        if is_elsewhere:
            # Who put it where it is stays told of whoever only mends its words.
            _put(session, visit, placement)
        if row.task_id is not None and draft.technician_id != before.technician_id:
            _hand_task(session, row.task_id, draft.technician_id)
        return _placed(session, visit, before, is_past)


@writes
def unschedule(session: Session, visit_id: int, version: int, *, seen: Seen | None = None) -> Placed:
    """Take a visit off the plan: its call waits in the back office again; an appointment is gone."""
    row, visit = _active(session, visit_id)
    if row.version != version or (seen is not None and seen != row.seen):
        placement = _placement_of(row, row.technician_id, row.starts_at, row.ends_at, version, seen)
        _judge(session, placement, only_stale=True)
    with writing_later(session):
        visit.is_active, visit.set_by_id, visit.set_at = False, actor(session), now(session)
        if row.task_id is not None:
            _return_task(session, row)
        return _placed(session, visit, Place(row.technician_id, row.starts_at, row.ends_at))


@writes
def reinstate(session: Session, visit_id: int, version: int) -> Placed:
    """Put a visit that was taken off back where it was: what undoing an unscheduling asks for."""
    require(session, Permission.PLAN)
    visit = session.get(Visit, visit_id)
    row = visit_row(session, visit_id)
    if visit is None or row is None:
        raise refusals.gone()
    if row.version != visit.version:
        raise StaleDataError("the visit was changed while it was read")
    if row.version != version or row.is_active:
        _judge(session, _placement_of(row, row.technician_id, row.starts_at, row.ends_at, version), only_stale=True)
    if row.task_id is not None:
        _waiting_task(session, row.task_id)
    is_past = _judge(session, _placement_of(row, row.technician_id, row.starts_at, row.ends_at))
    visit.is_active, visit.set_by_id, visit.set_at = True, actor(session), now(session)
    if row.task_id is not None:
        _hand_task(session, row.task_id, row.technician_id)
    return _placed(session, visit, None, is_past)


@writes
def new_appointment(
    session: Session,
    technician_id: int,
    start: datetime,
    end: datetime,
    title: str,
    type_id: int | None = None,
    *,
    site_id: int | None = None,
    notes: str = "",
) -> Placed:
    """Put a free-standing appointment on a technician's day."""
    require(session, Permission.PLAN)
    _require_title(title)
    if end <= start:
        raise Refused("LENGTH", message(N_("An appointment ends after it starts.")), refusals.UNCHANGED)
    placement = Placement(technician_id, start, end, site_id=site_id)
    is_past = _judge(session, placement)
    visit = Visit(title=title.strip(), activity_type_id=type_id, site_id=site_id, set_at=now(session))
    visit.notes = notes.strip() or None
    session.add(visit)
    _put(session, visit, placement)
    return _placed(session, visit, None, is_past)


def _require_title(title: str) -> None:
    if not title.strip():
        raise Refused("TITLE", message(N_("An appointment needs a title.")), refusals.UNCHANGED)


def _waiting_task(session: Session, task_id: int) -> tuple[Task, ActivityType, int | None]:
    """The call with its type and site; refused when it does not wait any more."""
    found = _found_task(session, task_id)
    if found is None:
        raise refusals.gone()
    task, kind, site_id = found
    planned = _planned_id(session, task_id)
    if planned is not None:
        raise _planned(session, planned)
    if task.closed_at is not None or task.group_id is None or not kind.is_schedulable:
        raise refusals.call_closed()
    return task, kind, site_id


def _call_changed(session: Session, task_id: int) -> Refused:
    return refusals.call_changed(who_changed(session, "tasks", task_id), company(session).zone)


def _found_task(session: Session, task_id: int) -> Any:
    return session.execute(
        select(Task, ActivityType, Ticket.site_id)
        .join(ActivityType, ActivityType.id == Task.activity_type_id)
        .outerjoin(Ticket, Ticket.id == Task.ticket_id)
        .where(Task.id == task_id)
    ).first()


def _planned_id(session: Session, task_id: int) -> int | None:
    return session.scalar(select(Visit.id).where(Visit.task_id == task_id, Visit.is_active))


def _planned(session: Session, visit_id: int) -> Refused:
    row = visit_row(session, visit_id)
    assert row is not None
    names = facts_for(session, _placement_of(row, row.technician_id, row.starts_at, row.ends_at))
    state = names.states[visit_id]
    return refusals.planned_already(row, state.technician, state.changed_by, names.zone)


def _active(session: Session, visit_id: int, *ahead: Callable[[], object]) -> tuple[VisitRow, Visit]:
    """The visit where it stands now, for who may plan; refused when somebody has taken it off."""
    _may, row, visit, *_rest = asked_together(
        session,
        partial(require, session, Permission.PLAN),
        partial(visit_row, session, visit_id),
        partial(session.get, Visit, visit_id),
        partial(_following().card_of_visit, session, visit_id),
        *ahead,
    )
    if row is None or visit is None:
        raise refusals.gone()
    if not row.is_active:
        who = session.scalar(select(User.name).where(User.id == visit.set_by_id)) or ""
        raise refusals.taken_off(who)
    if row.version != visit.version:
        # Two statements, and somebody's commit between them: what is judged is what is written over.
        raise StaleDataError("the visit was changed while it was read")
    return row, visit


def _placement_of(
    row: VisitRow,
    technician_id: int,
    start: datetime,
    end: datetime,
    version: int | None = None,
    seen: Seen | None = None,
) -> Placement:
    return Placement(
        technician_id,
        start,
        end,
        activity_type_id=row.judged_type_id,
        site_id=row.judged_site_id,
        visit_id=row.id,
        task_id=row.task_id,
        version=version,
        seen=seen,
    )


def _judge(session: Session, placement: Placement, *, only_stale: bool = False) -> bool:
    """Refuse in words what a rule stops; the answer says whether it lies in the past, which only warns."""
    if placement.end <= placement.start:
        raise Refused("LENGTH", message(N_("A visit ends after it starts.")), refusals.UNCHANGED)
    facts = facts_for(session, placement)
    found = check(placement, facts)
    stale = tuple(each for each in found if each.code is Code.STALE)
    if stale:
        # Whoever moves a visit that is elsewhere by now has to learn that first.
        raise refusals.refuse(placement, facts, (_told(session, placement, stale[0]),))
    if not only_stale and is_refused(found):
        raise refusals.refuse(placement, facts, found)
    return any(each.code is Code.PAST for each in found)


def _told(session: Session, placement: Placement, broken: Violation) -> Violation:
    """The plan knows who placed a visit; who changed nothing but its state, the history of its task knows."""
    if "state" not in broken.fields or placement.task_id is None:
        return broken
    changed = who_changed(session, "tasks", placement.task_id)
    who = {"name": changed.name, "at": changed.at} if changed is not None else {"name": ""}
    return replace(broken, fields={**broken.fields, **who})


def _put(session: Session, visit: Visit, placement: Placement) -> None:
    visit.technician_id, visit.starts_at, visit.ends_at = placement.technician_id, placement.start, placement.end
    visit.is_active, visit.set_by_id, visit.set_at = True, actor(session), now(session)


def _hand_task(session: Session, task_id: int, user_id: int | None, group_id: int | None = None) -> None:
    asked = select(Task.stage_id, Task.user_id).where(Task.id == task_id, Task.closed_at.is_(None)).with_for_update()
    found = session.execute(asked).first()
    if found is None:
        return
    values = {"user_id": user_id, "group_id": group_id, "version": table_of(Task).c.version + 1}
    # The mail about it reads a task that is in the session already: nothing it tells of is changed here.
    session.connection().execute(update(table_of(Task)).where(Task.id == task_id).values(values))
    if found.user_id != user_id:
        _following().note_step(session, task_id, found.stage_id, found.user_id, user_id)


def _return_task(session: Session, row: VisitRow) -> None:
    """Give the call back to the group that plans its type, or to the first back office."""
    own = select(ActivityType.back_office_group_id).where(ActivityType.id == row.type_id).scalar_subquery()
    first = select(func.min(Group.id)).where(Group.is_back_office).scalar_subquery()
    group_id = session.scalar(select(func.coalesce(own, first)))
    if group_id is None:
        raise Refused(
            "NO_BACK_OFFICE",
            message(N_("There is no back-office group that the call could wait in.")),
            message(N_("Nothing was changed. Mark a group as back office, then try again.")),
        )
    assert row.task_id is not None
    _hand_task(session, row.task_id, None, group_id)


def _placed(session: Session, visit: Visit, before: Place | None, is_past: bool = False) -> Placed:
    session.flush()
    if visit.task_id is not None:
        asked_together(
            session,
            partial(visit_row, session, visit.id),
            *_following().questions(session, visit, before),
        )
    announce(session, RowsChanged("visits", frozenset({visit.id})))
    if visit.task_id is not None:
        announce(session, RowsChanged("tasks", frozenset({visit.task_id})))
    row = visit_row(session, visit.id)
    assert row is not None
    _following().send_mail(session, row, before)
    return Placed(row, before, is_past)


def _following() -> ModuleType:
    """What follows a placement: mail and the task's history, which the start of a desktop does without."""
    return import_module("app.services.planner.following")
