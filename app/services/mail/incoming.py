"""What becomes of a mail that came in: one transaction each, recorded once, whatever happens around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import Conflict, DatabaseUnavailable, NotFound, Refused, UserError
from app.domain.mail.failures import Failure, stored
from app.domain.mail.incoming import (
    LETTERS_AN_HOUR,
    REOPENED_WITHIN,
    Bounce,
    Letter,
    Outcome,
    automatic,
    cut,
    from_machine,
    is_hebrew,
    pack,
    remarks,
)
from app.domain.mail.rendering import number_in
from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.models.customers import Customer
from app.models.mail import IncomingMessage, MailAccount, OutboxMessage
from app.models.people import User
from app.models.tickets import Task, Ticket
from app.services.context import announce, now, require, writes
from app.services.mail.queueing import queue
from app.services.tickets import card
from app.services.tickets.files import add_file
from app.services.tickets.intake import Intake, take_in

_NEWEST = 2_000
_KEPT_OF_OTHERS = 2_000
"""So much of a mail's text is kept of what nobody will want to read again."""
_REPLACEABLE = frozenset({Outcome.REFUSED.value, Outcome.AUTO_REPLY.value, Outcome.LOOP.value})
"""What a person may take for an enquiry all the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies: its mailbox, and its number there."""

    account_id: int
    uid_validity: int
    uid: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail; no outcome for one that was recorded before."""

    outcome: str | None
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    said: tuple[Message, ...] = ()
    ticket_id: int | None = None
    customer_id: int | None = None
    outbox_id: int | None = None


@writes
def take(session: Session, place: Place, letter: Letter) -> Taken:
    """Decide what a mail is, do it, record it, and remember how far the mailbox was read."""
    account = session.get(MailAccount, place.account_id, with_for_update=True)
    if account is None:
        raise NotFound(message(N_("This mailbox is no longer there.")))
    if _is_recorded(session, place):
        return Taken(None)
    verdict = _judge(session, account, letter)
    taken = verdict.outcome in {Outcome.OPENED, Outcome.CONTINUED}
    row = IncomingMessage(
        account_id=place.account_id,
        uid_validity=place.uid_validity,
        uid=place.uid,
        message_id=letter.message_id,
        in_reply_to=letter.answers[0] if letter.answers else None,
        from_address=letter.from_address,
        from_name=letter.from_name,
        subject=letter.subject,
        body=letter.body if taken or verdict.outcome in _REPLACEABLE else cut(letter.body, _KEPT_OF_OTHERS),
        received_at=place.received_at,
        outcome=verdict.outcome.value,
        detail=pack((*verdict.said, *(remarks(letter) if taken else ()))),
        ticket_id=verdict.ticket_id,
        customer_id=verdict.customer_id,
        outbox_id=verdict.outbox_id,
    )
    session.add(row)
    session.flush()
    if taken:
        for file in letter.files:
            add_file(session, file.name, file.content, ticket_id=verdict.ticket_id, incoming_id=row.id)
    if verdict.outcome is Outcome.CONTINUED:
        _tell_handler(session, row)
    _advance(session, place.account_id, place.uid_validity, place.uid)
    announce(session, RowsChanged("incoming_messages", frozenset({row.id})))
    return Taken(verdict.outcome.value, verdict.ticket_id)


@writes
def refuse(session: Session, place: Place, letter: Letter, said: Message) -> Taken:
    """Record a mail that cannot be taken, with the reason, so that those behind it are read."""
    if _is_recorded(session, place):
        return Taken(None)
    session.add(
        IncomingMessage(
            account_id=place.account_id,
            uid_validity=place.uid_validity,
            uid=place.uid,
            message_id=letter.message_id,
            from_address=letter.from_address,
            from_name=letter.from_name,
            subject=letter.subject,
            body=letter.body,
            received_at=place.received_at,
            outcome=Outcome.REFUSED.value,
            detail=pack([said]),
        )
    )
    _advance(session, place.account_id, place.uid_validity, place.uid)
    return Taken(Outcome.REFUSED.value)


@writes
def take_all_the_same(session: Session, row_id: int) -> Taken:
    """Open a ticket for a mail that was left alone: a person says that it is an enquiry."""
    require(session, Permission.EDIT_TICKETS)
    row = session.get(IncomingMessage, row_id, with_for_update=True)
    if row is None:
        raise NotFound(message(N_("This mail is no longer there.")))
    if row.outcome not in _REPLACEABLE or not row.from_address:
        raise Refused(
            "STATE", message(N_("No ticket can be opened for this mail.")), message(N_("Nothing was changed."))
        )
    letter = Letter(row.from_address, row.from_name, row.subject, row.body, row.message_id)
    taken = take_in(session, _intake(letter))
    row.outcome, row.ticket_id, row.customer_id = Outcome.OPENED.value, taken.ticket_id, taken.customer_id
    session.flush()
    announce(session, RowsChanged("incoming_messages", frozenset({row.id})))
    return Taken(row.outcome, row.ticket_id)


@writes
def pass_over(session: Session, account_id: int, uid_validity: int, uid: int) -> None:
    """Remember that a mailbox was read up to here, where nothing was to be taken."""
    _advance(session, account_id, uid_validity, uid)


def _is_recorded(session: Session, place: Place) -> bool:
    asked = select(IncomingMessage.id).where(
        IncomingMessage.account_id == place.account_id,
        IncomingMessage.uid_validity == place.uid_validity,
        IncomingMessage.uid == place.uid,
    )
    return session.scalar(asked) is not None


def _advance(session: Session, account_id: int, uid_validity: int, uid: int) -> None:
    """Not through the mapped row: how far was read is no change of the account somebody may be editing."""
    values = {"uid_validity": uid_validity, "last_uid": uid}
    session.execute(update(MailAccount).where(MailAccount.id == account_id).values(values))


# --- What it is


def _judge(session: Session, account: MailAccount, letter: Letter) -> _Verdict:
    """Machines first, so that no ticket is opened and nobody answered; then the ticket it belongs to."""
    if _was_taken(session, letter):
        return _Verdict(Outcome.REPEATED, (message(N_("The same mail was taken before.")),))
    if letter.bounce is not None:
        return _bounced(session, letter, letter.bounce)
    if (loop := _loop(session, account, letter)) is not None:
        return _Verdict(Outcome.LOOP, (loop,))
    answered = _answered(session, letter)
    if (of_machine := _of_machine(session, letter, answered)) is not None:
        return of_machine
    if not letter.from_address:
        return _Verdict(Outcome.REFUSED, (message(N_("It names no sender that could be answered.")),))
    return _continued(session, letter, answered) or _opened(session, letter)


def _of_machine(session: Session, letter: Letter, answered: OutboxMessage | None) -> _Verdict | None:
    if from_machine(letter) and answered is not None:
        reason = letter.body.strip().partition("\n")[0]
        return _bounced(session, letter, Bounce(answered.message_id, cut(reason, 300), is_final=True))
    if (machine := automatic(letter)) is not None:
        return _Verdict(Outcome.AUTO_REPLY, (machine,), outbox_id=answered.id if answered else None)
    return None


def _was_taken(session: Session, letter: Letter) -> bool:
    asked = select(IncomingMessage.id).where(
        IncomingMessage.message_id == letter.message_id, IncomingMessage.from_address == letter.from_address
    )
    return letter.message_id is not None and session.scalar(asked.limit(1)) is not None


def _loop(session: Session, account: MailAccount, letter: Letter) -> Message | None:
    office = select(func.lower(MailAccount.address)).where(MailAccount.is_office)
    if letter.from_address in {account.address.lower(), *session.scalars(office)}:
        return message(N_("It comes from a mailbox of ours."))
    ours = select(OutboxMessage.id).where(OutboxMessage.message_id == letter.message_id)
    if letter.message_id is not None and session.scalar(ours) is not None:
        return message(N_("It is a mail of ours that came back."))
    # The newest ones alone: what came within an hour is among them, however long the list has become.
    newest = select(IncomingMessage.from_address, IncomingMessage.received_at).order_by(IncomingMessage.id.desc())
    lately = newest.limit(_NEWEST).subquery()
    of_sender = select(func.count()).select_from(lately).where(lately.c.from_address == letter.from_address)
    count = session.scalar(of_sender.where(lately.c.received_at > now(session) - timedelta(hours=1))) or 0
    if count >= LETTERS_AN_HOUR:
        return message(N_("{address} has sent {count} mails within an hour."), address=letter.from_address, count=count)
    return None


def _answered(session: Session, letter: Letter) -> OutboxMessage | None:
    """The mail of ours it answers."""
    asked = select(OutboxMessage).where(OutboxMessage.message_id.in_(letter.answers))
    found = {row.message_id: row for row in session.scalars(asked)} if letter.answers else {}
    return next((found[each] for each in letter.answers if each in found), None)


def _bounced(session: Session, letter: Letter, bounce: Bounce) -> _Verdict:
    asked = select(OutboxMessage).where(OutboxMessage.message_id == (bounce.message_id or ""))
    sent = session.scalar(asked) or _answered(session, letter)
    if sent is None:
        said = message(N_("A mail server reports: {reason}"), reason=bounce.reason or letter.subject)
        return _Verdict(Outcome.BOUNCE, (said,))
    reason = bounce.reason or letter.subject
    if not bounce.is_final:
        said = message(N_("The mail to {address} is late: {reason}"), address=sent.to_address, reason=reason)
    else:
        said = message(N_("The mail to {address} was not delivered: {reason}"), address=sent.to_address, reason=reason)
        if sent.state == "sent":
            sent.state, sent.last_error = "dead", stored(Failure.BOUNCED, reason)
            announce(session, RowsChanged("outbox_messages", frozenset({sent.id})))
    return _Verdict(Outcome.BOUNCE, (said,), outbox_id=sent.id)


# --- The ticket it belongs to


def _continued(session: Session, letter: Letter, answered: OutboxMessage | None) -> _Verdict | None:
    """The ticket it goes on with, opened again where it was closed a short while ago."""
    ticket_id = (answered.ticket_id if answered else None) or _ticket_of_earlier(session, letter)
    if ticket_id is None and (tag := number_in(letter.subject)) is not None:
        found = _tagged(session, tag)
        if found is not None and not _is_party(session, found, letter.from_address):
            said = message(N_("The ticket {number} is not of this sender, so another was opened."), number=tag)
            return _opened(session, letter, said)
        ticket_id = found.id if found else None
    ticket = None if ticket_id is None else _final(session, ticket_id)
    if ticket is None:
        return None
    said_too: tuple[Message, ...] = ()
    if ticket.closed_at is not None:
        number = ticket.number or str(ticket.id)
        if now(session) - ticket.closed_at > REOPENED_WITHIN or not _reopened(session, ticket):
            said = message(N_("The ticket {number} is closed, so another was opened."), number=number)
            return _opened(session, letter, said)
        said_too = (message(N_("The ticket was closed and is open again.")),)
    return _Verdict(
        Outcome.CONTINUED,
        said_too,
        ticket.id,
        ticket.customer_id,
        answered.id if answered else None,
    )


def _ticket_of_earlier(session: Session, letter: Letter) -> int | None:
    if not letter.answers:
        return None
    asked = select(IncomingMessage.message_id, IncomingMessage.ticket_id).where(
        IncomingMessage.message_id.in_(letter.answers), IncomingMessage.ticket_id.is_not(None)
    )
    found = {row[0]: row[1] for row in session.execute(asked)}
    return next((found[each] for each in letter.answers if each in found), None)


def _tagged(session: Session, tag: str) -> Ticket | None:
    is_key = tag.isascii() and tag.isdigit() and len(tag) < 10
    known = or_(Ticket.number == tag, Ticket.number.is_(None) & (Ticket.id == int(tag))) if is_key else None
    return session.scalar(select(Ticket).where(Ticket.number == tag if known is None else known))


def _is_party(session: Session, ticket: Ticket, address: str) -> bool:
    """Whether the address is the customer's or a user's: anybody can write a number into a subject."""
    customer = session.scalar(select(func.lower(Customer.email)).where(Customer.id == ticket.customer_id))
    user = select(User.id).where(func.lower(User.email) == address, User.is_active)
    return address == customer or session.scalar(user.limit(1)) is not None


def _final(session: Session, ticket_id: int) -> Ticket | None:
    """The ticket, or the one it was merged into."""
    ticket, seen = session.get(Ticket, ticket_id), {ticket_id}
    while ticket is not None and ticket.merged_into_id is not None and ticket.merged_into_id not in seen:
        seen.add(ticket.merged_into_id)
        ticket = session.get(Ticket, ticket.merged_into_id)
    return ticket


def _reopened(session: Session, ticket: Ticket) -> bool:
    """Open it again; False where its state asks for more than a mail can give."""
    try:
        with session.begin_nested():
            card.reopen(session, ticket.id, ticket.version)
    except (DatabaseUnavailable, Conflict):
        raise
    except UserError:
        return False
    return True


def _opened(session: Session, letter: Letter, *said: Message) -> _Verdict:
    """A new ticket for it; what the intake refuses is recorded with its reason."""
    try:
        with session.begin_nested():
            taken = take_in(session, _intake(letter))
    except (DatabaseUnavailable, Conflict):
        raise
    except UserError as error:
        return _Verdict(Outcome.REFUSED, (error.what,))
    # The thanks answer the mail, so that both stand together where the customer reads them.
    thanks = update(OutboxMessage).where(
        OutboxMessage.ticket_id == taken.ticket_id, OutboxMessage.in_reply_to.is_(None)
    )
    to_sender = func.lower(OutboxMessage.to_address) == letter.from_address
    session.execute(thanks.where(to_sender).values(in_reply_to=letter.message_id))
    return _Verdict(Outcome.OPENED, said, taken.ticket_id, taken.customer_id)


def _intake(letter: Letter) -> Intake:
    first_line = cut(letter.body.strip().partition("\n")[0], 120)
    return Intake(
        subject=letter.subject or first_line or letter.from_address,
        description=letter.body,
        name=letter.from_name,
        email=letter.from_address,
        channel="mail",
        language="he" if is_hebrew(f"{letter.subject}\n{letter.body[:2000]}") else None,
    )


def _tell_handler(session: Session, row: IncomingMessage) -> None:
    """Whoever handles the ticket hears of the answer, where a template for it exists."""
    asked = select(Task.id, Task.user_id).where(Task.ticket_id == row.ticket_id, Task.closed_at.is_(None))
    tasks: Sequence[tuple[int, int | None]] = [
        (found[0], found[1]) for found in session.execute(asked.order_by(Task.id.desc()).limit(1))
    ]
    task_id, user_id = tasks[0] if tasks else (None, None)
    handler_id = user_id or session.scalar(select(Ticket.handler_id).where(Ticket.id == row.ticket_id))
    own = select(func.lower(User.email)).where(User.id == handler_id)
    if session.scalar(own) == row.from_address:
        # It is his own answer: nobody is told what he wrote himself.
        return
    queue(
        session,
        "ticket_answered",
        key=str(row.id),
        ticket_id=row.ticket_id,
        task_id=task_id,
        user_id=handler_id,
        customer_id=row.customer_id,
    )
