"""A template tried on a real record: what would be written, to whom, and nothing is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.mail.events import Event
from app.i18n import LANGUAGES
from app.models.customers import Customer
from app.models.planner import Visit
from app.models.tickets import Task, Ticket
from app.services.context import reads
from app.services.mail.facts import About, Before, gather
from app.services.mail.queueing import readers, write
from app.services.mail.rows import Preview, Sample, TemplateDraft
from app.services.mail.templates import checked, sender_of, shown

SAMPLES = 20

_OF_TICKETS = frozenset({Event.TICKET_OPENED, Event.TICKET_CLOSED})
_OF_VISITS = frozenset({Event.CALL_LOADED, Event.CALL_MOVED, Event.CALL_CANCELLED})


@reads
def samples(session: Session, event: str) -> tuple[Sample, ...]:
    """The newest records a template of this event can be tried on: tickets, visits of calls, or tasks."""
    if event in _OF_TICKETS:
        asked = select(Ticket.id, Ticket.subject, Customer.name, Ticket.number).order_by(Ticket.id.desc())
        asked = asked.outerjoin(Customer, Customer.id == Ticket.customer_id)
    else:
        key = Visit.id if event in _OF_VISITS else Task.id
        asked = select(key, Ticket.subject, Customer.name, Task.title).outerjoin(Ticket, Ticket.id == Task.ticket_id)
        asked = asked.outerjoin(Customer, Customer.id == Ticket.customer_id).order_by(key.desc())
        if event in _OF_VISITS:
            asked = asked.join(Visit, Visit.task_id == Task.id)
    rows = session.execute(asked.limit(SAMPLES))
    return tuple(
        Sample(row_id, " · ".join(part for part in (title or subject, customer) if part) or str(row_id))
        for row_id, subject, customer, title in rows
    )


@reads
def preview(
    session: Session, draft: TemplateDraft, record_id: int | None = None, language: str | None = None
) -> Preview:
    """What the draft would write about the record (the newest where none is named), to its first reader.

    `language` shows it as somebody else would read it. A draft that could not be saved is refused the same way.
    """
    texts = checked(draft)
    if record_id is None:
        record_id = next((sample.id for sample in samples(session, draft.event)), None)
    facts = gather(session, _about(session, draft.event, record_id))
    found = readers(session, facts, draft.recipient, draft.list_id)
    reader = found[0] if found else None
    written = write(facts, texts, language or (reader.language if reader else facts.language))
    return Preview(
        to=shown(reader.name, reader.address) if reader else "",
        sender=sender_of(session, draft.sender, facts.about.user_id),
        language=written.language,
        is_rtl=written.language in LANGUAGES and LANGUAGES[written.language].is_rtl,
        subject=written.subject,
        body=written.body,
    )


def _about(session: Session, event: str, record_id: int | None) -> About:
    if event in _OF_TICKETS:
        return About(ticket_id=record_id)
    if event not in _OF_VISITS:
        return About(task_id=record_id)
    visit = session.get(Visit, record_id) if record_id is not None else None
    old = Before(visit.technician_id, visit.starts_at, visit.ends_at) if visit else None
    return About(visit_id=record_id, old=old)
