"""Everything that was done for a ticket, as data: put into words in the reader's language when shown.

Each kind of row is asked for along its own index and never for more than a page; the pages are merged by their times.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.tickets.names import shown_number
from app.models.mail import IncomingMessage, OutboxMessage
from app.models.people import Group, User
from app.models.planner import Visit
from app.models.processes import ActivityType, Process, Stage
from app.models.tickets import File, Note, NoteKind, Task, TaskStep, Ticket
from app.services.context import actor, reads
from app.services.tickets import calls

PAGE = 40


class Kind(StrEnum):
    """What happened; of what happened at the same moment the later one here comes first."""

    OPENED = "opened"
    MAIL_IN = "mail_in"
    TASK = "task"
    STEP = "step"
    VISIT = "visit"
    CALL = "call"
    NOTE = "note"
    FILE = "file"
    MAIL_OUT = "mail_out"
    TASK_CLOSED = "task_closed"
    CLOSED = "closed"


_RANKS = {kind: place for place, kind in enumerate(Kind)}
Edge = tuple[datetime, Kind, int]
Asked = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done for a ticket, with whom and when it concerns; `id` is the key of its row.

    `who` did it. Of a task: `group` plans it or `person` handles it, `is_active` while it is open, `is_waiting` while
    it has no visit. Of a visit: `person` is the technician, `is_active` while it is on the plan. Of a step: `person`
    has it now, `giver` had it before; `stage` it went to from `stage_before` by `rule`. Of a mail: `person` is the
    other side, `state` what became of it. Of a call: `state` is its kind, `note_kind` its result, `title` the campaign.
    Of a closed ticket: `number` it goes on under.
    """

    kind: Kind
    id: int
    at: datetime
    who: str | None = None
    title: str = ""
    text: str = ""
    activity: str | None = None
    colour: str | None = None
    person: str | None = None
    group: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True
    is_waiting: bool = False
    task_id: int | None = None
    giver: str | None = None
    process: str | None = None
    stage: str | None = None
    stage_before: str | None = None
    rule: str | None = None
    is_automatic: bool = False
    closes: bool = False
    state: str | None = None
    size: int = 0
    note_kind: tuple[str | None, str | None] = (None, None)
    is_alert: bool = False
    is_dismissed: bool = False
    number: str | None = None

    @property
    def edge(self) -> Edge:
        """Where it stands, the newest having the highest."""
        return self.at, self.kind, self.id

    @property
    def place(self) -> tuple[datetime, int, int]:
        """The same in an order that can be compared."""
        return self.at, _RANKS[self.kind], self.id


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a time line, the newest first, and whether there is more below."""

    entries: tuple[Entry, ...]
    has_more: bool


@reads
def timeline(
    session: Session,
    ticket_id: int,
    *,
    after: Edge | None = None,
    kinds: Collection[Kind] = frozenset(Kind),
    limit: int = PAGE,
) -> Line:
    """A page of what was done for a ticket, visits taken off the plan and closed tasks too, going on after an edge."""
    found: list[list[Entry]] = []
    reader = {"actor": actor(session)}
    for kind, (source, moment, key, read) in _SOURCES.items():
        if kind in kinds:
            asked = source(ticket_id).where(_below(moment, key, kind, after))
            asked = asked.order_by(moment.desc(), key.desc()).limit(limit + 1)
            rows: Iterable[Any] = session.execute(asked, reader)
            found.append([read(kind, row) for row in rows])
    entries = tuple(islice(merge(*found, key=lambda entry: entry.place, reverse=True), limit + 1))
    return Line(_with_waiting(session, entries[:limit]), has_more=len(entries) > limit)


def _below(moment: Any, key: Any, kind: Kind, after: Edge | None) -> ColumnElement[bool]:
    if after is None:
        return and_(moment.is_not(None))
    at, edge_kind, edge_id = after
    if _RANKS[kind] == _RANKS[edge_kind]:
        return or_(moment < at, and_(moment == at, key < edge_id))
    return and_(moment <= at if _RANKS[kind] < _RANKS[edge_kind] else moment < at)


def _with_waiting(session: Session, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Mark the open tasks that are to be planned and are not."""
    candidates = [entry.id for entry in entries if entry.is_waiting]
    if not candidates:
        return entries
    planned = set(session.scalars(select(Visit.task_id).where(Visit.task_id.in_(candidates), Visit.is_active)))
    return tuple(replace(each, is_waiting=False) if each.id in planned else each for each in entries)


_setter, _technician, _giver, _creator = aliased(User), aliased(User), aliased(User), aliased(User)
_before, _onward = aliased(Stage), aliased(Ticket)


def _opened(ticket_id: int) -> Asked:
    asked = select(Ticket.id, Ticket.opened_at, _creator.name).outerjoin(_creator, _creator.id == Ticket.created_by_id)
    return asked.where(Ticket.id == ticket_id)


def _read_opened(kind: Kind, row: Any) -> Entry:
    return Entry(kind, *row)


def _closed(ticket_id: int) -> Asked:
    asked = select(Ticket.id, Ticket.closed_at, Ticket.merged_into_id, _onward.number)
    asked = asked.outerjoin(_onward, _onward.id == Ticket.merged_into_id)
    return asked.where(Ticket.id == ticket_id, Ticket.closed_at.is_not(None))


def _read_closed(kind: Kind, row: Any) -> Entry:
    number, at, onward, onward_number = row
    return Entry(kind, number, at, number=None if onward is None else shown_number(onward, onward_number))


_TASK = (
    select(
        Task.id,
        Task.opened_at,
        Task.closed_at,
        Task.title,
        ActivityType.name,
        ActivityType.colour,
        ActivityType.is_schedulable,
        Group.name,
        User.name,
        Process.name,
        Stage.name,
    )
    .outerjoin(ActivityType, ActivityType.id == Task.activity_type_id)
    .outerjoin(Group, Group.id == Task.group_id)
    .outerjoin(User, User.id == Task.user_id)
    .outerjoin(Stage, Stage.id == Task.stage_id)
    .outerjoin(Process, Process.id == Stage.process_id)
)


def _tasks(ticket_id: int) -> Asked:
    return _TASK.where(Task.ticket_id == ticket_id)


def _closed_tasks(ticket_id: int) -> Asked:
    return _TASK.where(Task.ticket_id == ticket_id, Task.closed_at.is_not(None))


def _read_task(kind: Kind, row: Any) -> Entry:
    task_id, opened_at, closed_at, title, activity, colour, is_schedulable, group, person, process, stage = row
    is_open = closed_at is None
    if kind is Kind.TASK_CLOSED:
        return Entry(kind, task_id, closed_at, title=title, activity=activity, colour=colour, task_id=task_id)
    return Entry(
        kind,
        task_id,
        opened_at,
        title=title,
        activity=activity,
        colour=colour,
        person=person,
        group=group,
        process=process,
        stage=stage,
        is_active=is_open,
        is_waiting=is_open and bool(is_schedulable) and group is not None,
        task_id=task_id,
    )


_TELLS_MORE = and_(
    TaskStep.closes.is_(False),
    or_(TaskStep.is_automatic, TaskStep.to_stage_id.is_not(None), TaskStep.from_user_id.is_not(None)),
)
"""A first step into the hands the card names, and one that only closes, are told by the task itself."""


def _steps(ticket_id: int) -> Asked:
    return (
        select(
            TaskStep.id,
            TaskStep.at,
            _setter.name,
            Task.title,
            TaskStep.task_id,
            _giver.name,
            User.name,
            _before.name,
            Stage.name,
            Process.name,
            TaskStep.rule,
            TaskStep.is_automatic,
            TaskStep.closes,
            TaskStep.note,
        )
        .join(Task, Task.id == TaskStep.task_id)
        .outerjoin(_setter, _setter.id == TaskStep.by_id)
        .outerjoin(_giver, _giver.id == TaskStep.from_user_id)
        .outerjoin(User, User.id == TaskStep.to_user_id)
        .outerjoin(_before, _before.id == TaskStep.from_stage_id)
        .outerjoin(Stage, Stage.id == TaskStep.to_stage_id)
        .outerjoin(Process, Process.id == Stage.process_id)
        .where(Task.ticket_id == ticket_id, or_(TaskStep.note != "", _TELLS_MORE))
    )


def _read_step(kind: Kind, row: Any) -> Entry:
    step_id, at, who, title, task_id, giver, person, before, stage, process, rule, is_automatic, closes, note = row
    return Entry(
        kind,
        step_id,
        at,
        who,
        title=title,
        text=note,
        person=person,
        giver=giver,
        task_id=task_id,
        process=process,
        stage=stage,
        stage_before=before,
        rule=rule,
        is_automatic=is_automatic,
        closes=closes,
    )


def _visits(ticket_id: int) -> Asked:
    return (
        select(
            Visit.id,
            Visit.set_at,
            _setter.name,
            Visit.task_id,
            _technician.name,
            Visit.starts_at,
            Visit.ends_at,
            Visit.is_active,
            ActivityType.name,
            ActivityType.colour,
        )
        .join(Task, Task.id == Visit.task_id)
        .join(_technician, _technician.id == Visit.technician_id)
        .outerjoin(_setter, _setter.id == Visit.set_by_id)
        .outerjoin(ActivityType, ActivityType.id == func.coalesce(Visit.activity_type_id, Task.activity_type_id))
        .where(Task.ticket_id == ticket_id)
    )


def _read_visit(kind: Kind, row: Any) -> Entry:
    visit_id, at, who, task_id, technician, starts_at, ends_at, is_active, activity, colour = row
    return Entry(
        kind,
        visit_id,
        at,
        who,
        activity=activity,
        colour=colour,
        person=technician,
        starts_at=starts_at,
        ends_at=ends_at,
        is_active=is_active,
        task_id=task_id,
    )


def _read_call(kind: Kind, row: Any) -> Entry:
    call_id, at, who, form, code, name, text, campaign = row
    return Entry(kind, call_id, at, who, title=campaign or "", text=text, state=form, note_kind=(code, name))


def _notes(ticket_id: int) -> Asked:
    """The note of a step is told by the step; what lies with a task lies with its ticket too."""
    asked = select(
        Note.id,
        Note.at,
        User.name,
        Note.text,
        NoteKind.code,
        NoteKind.name,
        Note.is_alert,
        Note.dismissed_at.is_not(None),
        Note.task_id,
    )
    asked = asked.outerjoin(User, User.id == Note.by_id).outerjoin(NoteKind, NoteKind.id == Note.kind_id)
    return asked.where(Note.ticket_id == ticket_id, Note.step_id.is_(None))


def _read_note(kind: Kind, row: Any) -> Entry:
    note_id, at, who, text, code, name, is_alert, is_dismissed, task_id = row
    return Entry(
        kind,
        note_id,
        at,
        who,
        text=text,
        note_kind=(code, name),
        is_alert=is_alert,
        is_dismissed=is_dismissed,
        task_id=task_id,
    )


def _files(ticket_id: int) -> Asked:
    asked = select(File.id, File.at, User.name, File.name, File.size, File.task_id)
    return asked.outerjoin(User, User.id == File.by_id).where(File.ticket_id == ticket_id)


def _read_file(kind: Kind, row: Any) -> Entry:
    file_id, at, who, name, size, task_id = row
    return Entry(kind, file_id, at, who, title=name, size=size, task_id=task_id)


def _mails_out(ticket_id: int) -> Asked:
    mail = OutboxMessage
    asked = select(mail.id, mail.created_at, User.name, mail.subject, mail.to_address, mail.state, mail.last_error)
    return asked.outerjoin(User, User.id == mail.created_by_id).where(mail.ticket_id == ticket_id)


def _read_mail_out(kind: Kind, row: Any) -> Entry:
    mail_id, at, who, subject, address, state, error = row
    return Entry(kind, mail_id, at, who, title=subject, person=address, state=state, text=error or "")


def _mails_in(ticket_id: int) -> Asked:
    mail = IncomingMessage
    asked = select(mail.id, mail.received_at, mail.from_name, mail.from_address, mail.subject, mail.body, mail.outcome)
    return asked.where(mail.ticket_id == ticket_id)


def _read_mail_in(kind: Kind, row: Any) -> Entry:
    mail_id, at, name, address, subject, body, outcome = row
    return Entry(kind, mail_id, at, title=subject, person=name or address, text=body, state=outcome)


Source = tuple[Callable[[int], Asked], Any, Any, Callable[[Kind, Any], Entry]]

_SOURCES: dict[Kind, Source] = {
    Kind.OPENED: (_opened, Ticket.opened_at, Ticket.id, _read_opened),
    Kind.MAIL_IN: (_mails_in, IncomingMessage.received_at, IncomingMessage.id, _read_mail_in),
    Kind.TASK: (_tasks, Task.opened_at, Task.id, _read_task),
    Kind.STEP: (_steps, TaskStep.at, TaskStep.id, _read_step),
    Kind.VISIT: (_visits, Visit.set_at, Visit.id, _read_visit),
    Kind.CALL: (calls.calls, calls.AT, calls.KEY, _read_call),
    Kind.NOTE: (_notes, Note.at, Note.id, _read_note),
    Kind.FILE: (_files, File.at, File.id, _read_file),
    Kind.MAIL_OUT: (_mails_out, OutboxMessage.created_at, OutboxMessage.id, _read_mail_out),
    Kind.TASK_CLOSED: (_closed_tasks, Task.closed_at, Task.id, _read_task),
    Kind.CLOSED: (_closed, Ticket.closed_at, Ticket.id, _read_closed),
}
