"""Hours: what each user reports, and what was promised against what was used."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from app.domain.errors import Incomplete, Refused
from app.domain.people import Permission
from app.domain.tickets.hours import HoursDraft, problems
from app.domain.words import N_, message
from app.models.customers import Customer
from app.models.people import User
from app.models.tickets import HoursEntry, Project, Task, Ticket
from app.services.context import actor, reads, require, writes
from app.services.saving import seen, tell, wrong


@dataclass(frozen=True, slots=True)
class HoursRow:
    """An entry as the list shows it, with the names of what it is linked to."""

    id: int
    version: int
    day: date
    minutes: int
    kind: str
    customer_id: int | None
    customer: str | None
    ticket_id: int | None
    number: str | None
    subject: str | None
    task_id: int | None
    task: str | None
    project_id: int | None
    project: str | None
    note: str
    user: str

    def draft(self) -> HoursDraft:
        """The entry as its form has it."""
        names = ("day", "minutes", "kind", "customer_id", "ticket_id", "task_id", "project_id", "note")
        return HoursDraft(**{name: getattr(self, name) for name in names})


@dataclass(frozen=True, slots=True)
class Balance:
    """Minutes allotted to a customer, ticket or project, and minutes worked for it."""

    kind: str
    id: int
    name: str
    allotted: int
    used: int

    @property
    def is_over(self) -> bool:
        """Whether more was used than was promised."""
        return self.used > self.allotted


@dataclass(frozen=True, slots=True)
class Links:
    """What an entry for a task or ticket belongs to, with the names a form shows."""

    customer_id: int | None = None
    customer: str = ""
    ticket_id: int | None = None
    ticket: str = ""
    task_id: int | None = None
    task: str = ""
    project_id: int | None = None


_ROWS = (
    select(
        HoursEntry.id,
        HoursEntry.version,
        HoursEntry.day,
        HoursEntry.minutes,
        HoursEntry.kind,
        HoursEntry.customer_id,
        Customer.name,
        HoursEntry.ticket_id,
        Ticket.number,
        Ticket.subject,
        HoursEntry.task_id,
        Task.title,
        HoursEntry.project_id,
        Project.name,
        HoursEntry.note,
        User.name,
    )
    .join(User, User.id == HoursEntry.user_id)
    .outerjoin(Customer, Customer.id == HoursEntry.customer_id)
    .outerjoin(Ticket, Ticket.id == HoursEntry.ticket_id)
    .outerjoin(Task, Task.id == HoursEntry.task_id)
    .outerjoin(Project, Project.id == HoursEntry.project_id)
)


@reads
def mine(session: Session, first: date, before: date) -> tuple[HoursRow, ...]:
    """One's own entries of these days, the newest day first."""
    asked = _ROWS.where(HoursEntry.user_id == actor(session), HoursEntry.day >= first, HoursEntry.day < before)
    ordered = asked.order_by(HoursEntry.day.desc(), HoursEntry.id.desc())
    found: Any = session.execute(ordered)
    return tuple(HoursRow(*row) for row in found)


@writes
def report(session: Session, draft: HoursDraft) -> int:
    """Write down hours of one's own; a task brings its ticket, customer and project along."""
    require(session, Permission.WORK_TASKS)
    me = actor(session)
    if me is None:
        raise Refused("FORBIDDEN", message(N_("Log in first: hours are reported by a person.")))
    row = HoursEntry(user_id=me)
    _write(session, row, draft)
    session.add(row)
    session.flush()
    tell(session, "hours_entries", row.id)
    return row.id


@writes
def change(session: Session, entry_id: int, version: int, draft: HoursDraft) -> int:
    """Correct an entry of one's own."""
    row = _own(session, entry_id, version)
    with session.no_autoflush:
        _write(session, row, draft)
    session.flush()
    tell(session, "hours_entries", row.id)
    return row.id


@writes
def delete(session: Session, entry_id: int, version: int) -> HoursDraft:
    """Take an entry of one's own away; what it said comes back, for whoever wants it again."""
    row = _own(session, entry_id, version)
    draft = HoursDraft(
        row.day, row.minutes, row.kind, row.customer_id, row.ticket_id, row.task_id, row.project_id, row.note
    )
    session.delete(row)
    tell(session, "hours_entries", entry_id)
    return draft


@reads
def links(
    session: Session, ticket_id: int | None = None, task_id: int | None = None, customer_id: int | None = None
) -> Links:
    """What hours for this task, ticket or customer belong to."""
    task = None if task_id is None else session.get(Task, task_id)
    if task is not None:
        ticket_id, customer_id = ticket_id or task.ticket_id, customer_id or task.customer_id
    ticket = None if ticket_id is None else session.get(Ticket, ticket_id)
    if ticket is not None:
        customer_id = customer_id or ticket.customer_id
    project_id = (task.project_id if task else None) or (ticket.project_id if ticket else None)
    customer = session.scalar(select(Customer.name).where(Customer.id == customer_id)) if customer_id else None
    subject, title = ticket.subject if ticket else "", task.title if task else ""
    return Links(customer_id, customer or "", ticket_id, subject, task_id, title, project_id)


@reads
def balances(session: Session) -> tuple[Balance, ...]:
    """Allotted against used for each customer, project and ticket that was promised time; over-used ones first."""
    found = []
    for kind, column, name in (
        ("customer", HoursEntry.customer_id, Customer.name),
        ("project", HoursEntry.project_id, Project.name),
        ("ticket", HoursEntry.ticket_id, Ticket.subject),
    ):
        found += [Balance(kind, *row) for row in session.execute(_balances(column, name))]
    return tuple(sorted(found, key=lambda row: (not row.is_over, row.kind, row.name.casefold(), row.id)))


def _balances(column: Any, name: Any) -> Select[Any]:
    promised = select(column).where(HoursEntry.kind == "allotment", column.is_not(None))
    allotted = func.sum(case((HoursEntry.kind == "allotment", HoursEntry.minutes), else_=0))
    used = func.sum(case((HoursEntry.kind.in_(("work", "general")), HoursEntry.minutes), else_=0))
    return (
        select(column, name, allotted, used)
        .join(name.class_, name.class_.id == column)
        .where(column.in_(promised))
        .group_by(column, name)
    )


def _own(session: Session, entry_id: int, version: int) -> HoursEntry:
    require(session, Permission.WORK_TASKS)
    row = seen(session, HoursEntry, entry_id, version)
    if row.user_id != actor(session):
        raise wrong("NOT_YOURS", message(N_("These are somebody else's hours.")))
    return row


def _write(session: Session, row: HoursEntry, draft: HoursDraft) -> None:
    if found := problems(draft):
        raise Incomplete(found)
    if draft.kind == "allotment":
        require(session, Permission.EDIT_TICKETS)
    known = links(session, draft.ticket_id, draft.task_id, draft.customer_id) if draft.kind == "work" else Links()
    row.day, row.minutes, row.kind, row.note = draft.day, draft.minutes, draft.kind, draft.note.strip()
    row.task_id = draft.task_id
    row.ticket_id = draft.ticket_id or known.ticket_id
    row.customer_id = draft.customer_id or known.customer_id
    row.project_id = draft.project_id or known.project_id
