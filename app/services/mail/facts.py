"""What a mail can tell of a record: read when the mail is written, put into words in its reader's language."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from app import i18n
from app.domain.mail.rendering import one_line, plain
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.mail import MailAccount
from app.models.people import User
from app.models.planner import Visit
from app.models.processes import Process, Stage
from app.models.tickets import Task, TaskStep, Ticket

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Before:
    """Where and when a visit was before it changed."""

    technician_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """The record a mail is about, by the keys of its parts; what one part names need not be said again."""

    customer_id: int | None = None
    ticket_id: int | None = None
    task_id: int | None = None
    visit_id: int | None = None
    user_id: int | None = None
    stage_id: int | None = None
    old: Before | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody a mail may go to; without an address it cannot."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything templates may ask for, and who may be written to; `about` names all parts that were found."""

    about: About
    language: str
    zone: ZoneInfo
    lines: dict[str, str]
    moments: dict[str, datetime] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)

    def values(self, language: str) -> dict[str, str]:
        """The value of every field, moments by the habits of the language and the company's clock."""
        known = language if language in i18n.LANGUAGES else "en"
        said = {name: _said(moment.astimezone(self.zone), known) for name, moment in self.moments.items()}
        return {**self.lines, **said}


def _said(moment: datetime, language: str) -> str:
    return f"{i18n.format_date(moment.date(), 'full', language)}, {moment:%H:%M}"


def questions(session: Session, about: About) -> list[Callable[[], object]]:
    """What `gather` will ask, as far as the records it goes by are read already, to be asked together."""
    task = _known(session, Task, about.task_id)
    ticket = _known(session, Ticket, about.ticket_id or (task.ticket_id if task else None))
    visit = _known(session, Visit, about.visit_id)
    customer_id = about.customer_id or (ticket.customer_id if ticket else None) or (task.customer_id if task else None)
    people = (
        about.user_id,
        visit.technician_id if visit else None,
        about.old.technician_id if about.old else None,
    )
    ticket_id = about.ticket_id or (task.ticket_id if task else None)
    asked: list[Callable[[], object]] = [partial(_company, session), partial(_people, session, people, ticket_id)]
    keys = ((Visit, about.visit_id), (Task, about.task_id), (Ticket, ticket_id), (Customer, customer_id))
    asked += [partial(session.get, model, key) for model, key in keys if key and _known(session, model, key) is None]
    if about.task_id:
        asked.append(partial(_stage, session, about.stage_id or (task.stage_id if task else None)))
        asked.append(partial(_last_note, session, about.task_id))
    if customer_id:
        asked.append(partial(_phone, session, customer_id))
    return asked


def ticket_of(session: Session, about: About) -> int | None:
    """The ticket it is about, where that is known without asking."""
    task = _known(session, Task, about.task_id)
    return about.ticket_id or (task.ticket_id if task else None)


def _known(session: Session, model: type[M], key: int | None) -> M | None:
    return None if key is None else session.identity_map.get(identity_key(model, key))


def _company(session: Session) -> Any:
    return session.execute(select(Company.name, Company.time_zone, Company.language)).first()


def _people(session: Session, ids: Iterable[int | None], ticket_id: int | None) -> Sequence[Any]:
    """These, and who answers for the ticket: whoever asks ahead need not know him."""
    own = select(MailAccount.address).where(MailAccount.user_id == User.id).limit(1).scalar_subquery()
    reached = func.coalesce(func.nullif(User.email, ""), own, "")
    asked = select(User.id, User.name, reached, User.language, User.is_active)
    responsible = select(Ticket.responsible_id).where(Ticket.id == ticket_id).scalar_subquery()
    keys = sorted({each for each in ids if each})
    return session.execute(asked.where(or_(User.id.in_(keys), User.id == responsible))).all()


def _stage(session: Session, stage_id: int | None) -> Any:
    asked = select(Stage.name, Process.name).join(Process, Process.id == Stage.process_id)
    return session.execute(asked.where(Stage.id == stage_id)).first()


def _last_note(session: Session, task_id: int) -> str | None:
    asked = select(TaskStep.note).where(TaskStep.task_id == task_id)
    return session.scalar(asked.order_by(TaskStep.id.desc()).limit(1))


def _phone(session: Session, customer_id: int) -> str | None:
    asked = select(CustomerPhone.raw).where(CustomerPhone.customer_id == customer_id)
    return session.scalar(asked.order_by(CustomerPhone.position).limit(1))


def gather(session: Session, about: About) -> Facts:
    """Read what is known of the record."""
    name, zone, language = _company(session) or ("", "UTC", "en")
    visit = about.visit_id and session.get(Visit, about.visit_id)
    task_id = about.task_id or (visit and visit.task_id)
    task = task_id and session.get(Task, task_id)
    ticket_id = about.ticket_id or (task and task.ticket_id)
    ticket = ticket_id and session.get(Ticket, ticket_id)
    customer_id = about.customer_id or (ticket and ticket.customer_id) or (task and task.customer_id)
    customer = customer_id and session.get(Customer, customer_id)
    handler_id = about.user_id or (task and task.user_id) or (visit and visit.technician_id)
    known = replace(
        about,
        customer_id=customer_id or None,
        ticket_id=ticket_id or None,
        task_id=task_id or None,
        user_id=handler_id or (ticket and ticket.handler_id) or None,
    )
    facts = Facts(known, language, ZoneInfo(zone), {"company": one_line(name)})
    _of_people(session, facts, ticket or None, visit or None)
    if visit:
        facts.moments.update(visit_start=visit.starts_at, visit_end=visit.ends_at)
    if ticket:
        _of_ticket(facts, ticket)
    if task:
        _of_task(session, facts, task)
    if customer:
        _of_customer(session, facts, customer)
    return facts


def _of_people(session: Session, facts: Facts, ticket: Ticket | None, visit: Visit | None) -> None:
    old = facts.about.old
    roles: dict[str, int | None] = {
        "handler": facts.about.user_id,
        "technician": visit.technician_id if visit else None,
        "old_technician": old.technician_id if old else None,
    }
    found = {row[0]: row for row in _people(session, roles.values(), facts.about.ticket_id)}
    roles["responsible"] = ticket.responsible_id if ticket else None
    for role, user_id in roles.items():
        if user_id in found:
            _id, name, address, language, is_active = found[user_id]
            facts.lines[role] = one_line(name)
            # Whoever left is named, but not written to.
            facts.readers[role] = Reader(address if is_active else "", one_line(name), language)
    if old:
        facts.moments.update(old_start=old.starts_at, old_end=old.ends_at)


def _of_ticket(facts: Facts, ticket: Ticket) -> None:
    facts.lines.update(
        ticket=one_line(ticket.number or str(ticket.id)),
        subject=one_line(ticket.subject),
        description=plain(ticket.description),
        address=one_line(ticket.address or ""),
    )
    if ticket.due_at is not None:
        facts.moments["due"] = ticket.due_at


def _of_task(session: Session, facts: Facts, task: Task) -> None:
    stage, process = _stage(session, facts.about.stage_id or task.stage_id) or ("", "")
    facts.lines.update(
        task=one_line(task.title) or facts.lines.get("subject", ""),
        stage=one_line(stage),
        process=one_line(process),
        note=plain(_last_note(session, task.id) or ""),
    )
    if task.due_at is not None:
        facts.moments["due"] = task.due_at


def _of_customer(session: Session, facts: Facts, customer: Customer) -> None:
    phone = _phone(session, customer.id)
    name = one_line(customer.name)
    facts.lines.update(customer=name, phone=one_line(phone or ""))
    if not facts.lines.get("address"):
        facts.lines["address"] = one_line(customer.address or "")
    facts.readers["customer"] = Reader(customer.email or "", name, customer.language or facts.language)
