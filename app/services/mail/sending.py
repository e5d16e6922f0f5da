"""The outbox emptied: a mail is leased in one transaction, handed over outside any, and marked in another.

A sender that dies leaves its lease behind, which runs out; what the server had taken by then is sent again with the
same Message-ID. All times are the database's.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app.adapters.letters import Letter
from app.adapters.smtp import Server
from app.domain.mail.failures import PERMANENT, Failure, stored
from app.domain.mail.patience import MOST_ATTEMPTS, wait
from app.i18n import LANGUAGES
from app.models.base import alias_of
from app.models.mail import MailAccount, OutboxMessage
from app.models.people import User
from app.services.context import now, reads, writes
from app.services.saving import tell

LEASE = timedelta(minutes=15)
GRACE = timedelta(seconds=5)
"""A failover may set the database's clock back a little."""
BATCH = 20

_earlier = alias_of(OutboxMessage)


@dataclass(frozen=True, slots=True)
class Box:
    """The mailbox a mail leaves from; without a host there is none."""

    address: str
    server: Server


@dataclass(frozen=True, slots=True)
class Sendable:
    """A leased mail with the mailbox it leaves from."""

    id: int
    box: Box
    letter: Letter


@reads
def is_due(session: Session) -> bool:
    """Whether there is anything for a sender to do."""
    moment = now(session)
    return session.scalar(select(exists().where(or_(_ready(moment), _left(moment))))) or False


def _ready(moment: datetime) -> ColumnElement[bool]:
    """Due, and nothing older to the same reader is on its way or waits for another attempt."""
    mail = OutboxMessage
    is_before = or_(
        _earlier.state == "sending",
        and_(_earlier.state == "waiting", or_(_earlier.attempts > 0, _earlier.next_at <= moment)),
    )
    older = exists().where(_earlier.to_address == mail.to_address, _earlier.id < mail.id, is_before)
    return and_(mail.state == "waiting", mail.next_at <= moment, ~older)


def _left(moment: datetime) -> ColumnElement[bool]:
    """Leased by somebody who has not been heard of since."""
    return and_(OutboxMessage.state == "sending", OutboxMessage.lease_until < moment - GRACE)


@writes
def lease(session: Session, who: str, limit: int = BATCH) -> tuple[int, ...]:
    """Take mails that are due for this sender alone, at most one for each reader; the lease is kept by the commit."""
    moment = now(session)
    _take_back(session, moment)
    ready = select(OutboxMessage.id).where(_ready(moment)).order_by(OutboxMessage.next_at, OutboxMessage.id)
    ids = session.scalars(ready.limit(limit).with_for_update(skip_locked=True)).all()
    if ids:
        _set(
            session, OutboxMessage.id.in_(ids),
            state="sending", lease_until=moment + LEASE, leased_by=who, attempts=OutboxMessage.attempts + 1,
        )  # fmt: skip
        tell(session, "outbox_messages", *ids)
    return tuple(ids)


def _take_back(session: Session, moment: datetime) -> None:
    gone = select(OutboxMessage.id).where(_left(moment)).with_for_update(skip_locked=True)
    ids = session.scalars(gone).all()
    if not ids:
        return
    of_them, lost = OutboxMessage.id.in_(ids), stored(Failure.LOST, "the sender ended")
    free = {"lease_until": None, "leased_by": None, "last_error": lost}
    _set(session, and_(of_them, OutboxMessage.attempts >= MOST_ATTEMPTS), state="dead", **free)
    _set(session, and_(of_them, OutboxMessage.attempts < MOST_ATTEMPTS), state="waiting", next_at=moment, **free)


def _set(session: Session, where: ColumnElement[bool], **values: object) -> None:
    session.execute(
        update(OutboxMessage)
        .where(where)
        .values(version=OutboxMessage.version + 1, **values)
        .execution_options(synchronize_session=False)
    )


@reads
def sendable(session: Session, ids: Sequence[int]) -> tuple[Sendable, ...]:
    """The leased mails with their mailboxes, in the order they were written."""
    office = session.scalars(select(MailAccount).where(MailAccount.is_office, MailAccount.is_active)).first()
    own = and_(MailAccount.user_id == OutboxMessage.sender_id, MailAccount.is_active, MailAccount.smtp_host != "")
    rows = session.execute(
        select(OutboxMessage, User, MailAccount)
        .outerjoin(User, User.id == OutboxMessage.sender_id)
        .outerjoin(MailAccount, own)
        .where(OutboxMessage.id.in_(ids), OutboxMessage.state == "sending")
        .order_by(OutboxMessage.id)
    )
    found: list[Sendable] = []
    for row in rows:
        mail, handler, own_box = cast("tuple[OutboxMessage, User | None, MailAccount | None]", tuple(row))
        found.append(_sendable(mail, handler, own_box or office, is_own=own_box is not None))
    return tuple(found)


def _sendable(mail: OutboxMessage, handler: User | None, account: MailAccount | None, *, is_own: bool) -> Sendable:
    # A handler without a mailbox of his own writes through the office's, and gets the answers.
    answers_to = handler if handler is not None and handler.email and not is_own else None
    letter = Letter(
        from_address=account.address if account else "",
        from_name=(account.name or (handler.name if is_own and handler else "")) if account else "",
        to_address=mail.to_address,
        to_name=mail.to_name,
        language=mail.language,
        is_rtl=mail.language in LANGUAGES and LANGUAGES[mail.language].is_rtl,
        subject=mail.subject,
        body=mail.body,
        message_id=mail.message_id,
        written_at=mail.created_at,
        in_reply_to=mail.in_reply_to,
        reply_to=(answers_to.email or "") if answers_to else "",
        reply_to_name=answers_to.name if answers_to else "",
    )
    if account is None:
        return Sendable(mail.id, Box("", Server("", 0, "none")), letter)
    server = Server(account.smtp_host, account.smtp_port, account.smtp_security, account.smtp_login)
    return Sendable(mail.id, Box(account.address, server), letter)


@writes
def mark_sent(session: Session, row_id: int) -> None:
    """The server has said yes: whatever became of the lease meanwhile, the mail is sent."""
    _set(
        session, OutboxMessage.id == row_id,
        state="sent", sent_at=now(session), lease_until=None, leased_by=None, last_error=None,
    )  # fmt: skip
    tell(session, "outbox_messages", row_id)


@writes
def mark_failed(session: Session, who: str, row_id: int, failure: str, detail: str) -> None:
    """It did not leave: tried again later, or given up where that would not help."""
    mail, moment = session.get(OutboxMessage, row_id, with_for_update=True), now(session)
    if mail is None or mail.state != "sending" or mail.leased_by != who:
        return
    mail.lease_until = mail.leased_by = None
    mail.last_error = stored(Failure(failure), detail)
    if failure in PERMANENT or mail.attempts >= MOST_ATTEMPTS:
        mail.state = "dead"
    else:
        mail.state, mail.next_at = "waiting", moment + wait(mail.attempts, random.random())
    session.flush()
    tell(session, "outbox_messages", row_id)


@writes
def give_back(session: Session, who: str) -> None:
    """What this sender has leased and not tried waits as before: it stops."""
    mine = and_(OutboxMessage.state == "sending", OutboxMessage.leased_by == who)
    _set(
        session, mine,
        state="waiting", lease_until=None, leased_by=None, attempts=OutboxMessage.attempts - 1,
    )  # fmt: skip
