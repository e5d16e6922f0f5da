"""Mail is written into the outbox in the transaction of what it tells of: undone with it, and there once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import Insert, func, select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.db.asking import asked_together, is_writing_later
from app.domain.mail import addresses
from app.domain.mail.events import Event, Recipient, Sender
from app.domain.mail.failures import Failure
from app.domain.mail.rendering import apart, fill, one_line, plain, tagged
from app.i18n import LANGUAGES
from app.models.mail import IncomingMessage, MailAccount, MailingListAddress, MailTemplate, OutboxMessage
from app.models.processes import ActivityType
from app.models.tickets import Task
from app.services.context import actor, announce, now
from app.services.mail import facts
from app.services.mail.facts import About, Before, Facts, Reader, gather

NOWHERE = "callboard.invalid"
"""The domain of Message-IDs until the office has a mailbox."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text in its reader's language."""

    language: str
    subject: str
    body: str


class Parts(TypedDict, total=False):
    """The keys of what a mail is about; `user_id` is who handles it now."""

    customer_id: int | None
    ticket_id: int | None
    task_id: int | None
    visit_id: int | None
    user_id: int | None
    stage_id: int | None
    old: Before | None


def queue(
    session: Session,
    event: str,
    *,
    key: str,
    template_id: int | None = None,
    ahead: About | None = None,
    **parts: Unpack[Parts],
) -> int:
    """Write what the active templates of the event say about this record; gives the number of mails written.

    `key` names the occurrence: the same one never writes twice. Nobody to write to is no error: whoever does the work
    is not held up by the mail about it. `ahead` is what the caller knows of the record: it saves waiting.
    """
    if is_writing_later(session):
        about = ahead or About(**parts)
        asked_together(session, *questions(session, event, about, template_id))
    templates = _templates(session, event, template_id)
    if not templates or (event == Event.TASK_GIVEN and _is_quiet(session, parts.get("task_id"))):
        return 0
    known = gather(session, About(**parts))
    rows = [row for template in templates for row in _rows(session, known, template, f"{event}:{key}:{template.id}")]
    return _write(session, rows) if rows else 0


def questions(session: Session, event: str, about: About, template_id: int | None = None) -> list[Callable[[], object]]:
    """What `queue` will ask about it, as far as that is known by now, to be asked together."""
    asked: list[Callable[[], object]] = [partial(_templates, session, event, template_id), partial(_domain, session)]
    if event == Event.TASK_GIVEN:
        asked.append(partial(_is_quiet, session, about.task_id))
    asked.extend(facts.questions(session, about))
    if ticket_id := facts.ticket_of(session, about):
        asked.append(partial(_sent, session, ticket_id))
    return asked


def _templates(session: Session, event: str, template_id: int | None = None) -> Sequence[MailTemplate]:
    asked = select(MailTemplate).where(MailTemplate.event == event, MailTemplate.is_active)
    if template_id is not None:
        asked = asked.where(MailTemplate.id == template_id)
    return session.scalars(asked.order_by(MailTemplate.id)).all()


def _sent(session: Session, ticket_id: int) -> Sequence[Any]:
    """The latest mail of the ticket to each address."""
    latest = (
        select(func.max(OutboxMessage.id))
        .where(OutboxMessage.ticket_id == ticket_id, OutboxMessage.state.not_in(("dead", "cancelled")))
        .group_by(OutboxMessage.to_address)
    )
    out = select(OutboxMessage.to_address, OutboxMessage.created_at, OutboxMessage.message_id)
    return session.execute(out.where(OutboxMessage.id.in_(latest))).all()


def _is_quiet(session: Session, task_id: int | None) -> bool:
    """Whether tasks of this type come without a word."""
    asked = select(ActivityType.notifies).join(Task, Task.activity_type_id == ActivityType.id)
    return session.scalar(asked.where(Task.id == task_id)) is False


def _rows(session: Session, known: Facts, template: MailTemplate, event_key: str) -> Iterator[dict[str, Any]]:
    about, moment = known.about, now(session)
    for reader in readers(session, known, template.recipient, template.list_id):
        address = addresses.cleaned(reader.address)
        written = write(known, template.texts, reader.language)
        is_listed = template.recipient == Recipient.LIST
        yield {
            "event": template.event,
            "event_key": f"{event_key}:{reader.address}" if is_listed else event_key,
            "template_id": template.id,
            "sender_id": about.user_id if template.sender == Sender.HANDLER else None,
            "to_address": address or one_line(reader.address),
            "to_name": reader.name,
            "language": written.language,
            "subject": written.subject,
            "body": written.body,
            "message_id": f"<{uuid4().hex}@{_domain(session)}>",
            "in_reply_to": _last_mail(session, about.ticket_id, address, to_customer=template.recipient == "customer"),
            "customer_id": about.customer_id,
            "ticket_id": about.ticket_id,
            "task_id": about.task_id,
            # An address nothing can be sent to is shown to the office instead of being lost.
            "state": "waiting" if address else "dead",
            "last_error": None if address else Failure.ADDRESS.value,
            "next_at": moment + timedelta(minutes=template.hold_minutes),
            "created_at": moment,
            "created_by_id": actor(session),
        }


def readers(session: Session, facts: Facts, recipient: str, list_id: int | None) -> Sequence[Reader]:
    """Those a template goes to who have something like an address."""
    if recipient == Recipient.LIST:
        asked = select(MailingListAddress).where(MailingListAddress.list_id == list_id)
        listed = session.scalars(asked.order_by(MailingListAddress.id))
        return [Reader(row.address, one_line(row.name), row.language or facts.language) for row in listed]
    found = facts.readers.get(recipient)
    return [found] if found and found.address.strip() else []


def write(facts: Facts, texts: dict[str, Any], language: str) -> Written:
    """The text for a reader of this language: in it, or in the company's, or in the first there is."""
    order = (language, facts.language, "en", *texts)
    chosen = next((code for code in order if texts.get(code, {}).get("body", "").strip()), "en")
    text, values = texts.get(chosen, {}), facts.values(chosen)
    is_rtl = chosen in LANGUAGES and LANGUAGES[chosen].is_rtl
    subject = one_line(fill(text.get("subject", ""), values))
    body = plain(fill(text.get("body", ""), {name: apart(value, is_rtl=is_rtl) for name, value in values.items()}))
    return Written(chosen, tagged(subject, facts.lines.get("ticket", "")), body)


def _domain(session: Session) -> str:
    if "mail_domain" not in session.info:
        office = session.scalar(select(MailAccount.address).where(MailAccount.is_office)) or ""
        domain = addresses.domain_of(addresses.cleaned(office) or "")
        session.info["mail_domain"] = domain if domain.isascii() and domain else NOWHERE
    return str(session.info["mail_domain"])


def _last_mail(session: Session, ticket_id: int | None, address: str | None, *, to_customer: bool) -> str | None:
    """The mail of this ticket that the reader has seen last, which a new one answers so that both stand together."""
    if ticket_id is None or address is None:
        return None
    found: list[Any] = [row[1:] for row in _sent(session, ticket_id) if row[0] == address]
    if to_customer:
        came = select(IncomingMessage.received_at, IncomingMessage.message_id).where(
            IncomingMessage.ticket_id == ticket_id, IncomingMessage.message_id.is_not(None)
        )
        found += [tuple(row) for row in session.execute(came.order_by(IncomingMessage.id.desc()).limit(1))]
    return str(max(found)[1]) if found else None


def _write(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    if is_writing_later(session):
        for row in rows:
            session.connection().execute(_insert(session).inline(), row)
        announce(session, RowsChanged("outbox_messages", None))
        return len(rows)
    statement = _insert(session).returning(OutboxMessage.id)
    ids = session.scalars(statement, list(rows)).all()
    if ids:
        announce(session, RowsChanged("outbox_messages", frozenset(ids)))
    return len(ids)


def _insert(session: Session) -> Insert:
    """An insert that leaves what is there: the same occurrence may be told by two desktops at once."""
    # The engines' own inserts come in with the first mail, not with the start.
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(OutboxMessage).on_conflict_do_nothing(index_elements=["event_key"])
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(OutboxMessage).on_conflict_do_nothing(index_elements=["event_key"])
