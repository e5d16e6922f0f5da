"""Reading the mailboxes: how far was read is in the database, so that any computer can go on with it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.adapters.imap import Envelope, Mailbox, OpenMailbox, open_mailbox
from app.adapters.mime import read_letter
from app.domain.errors import Conflict, DatabaseUnavailable, UserError
from app.domain.mail.incoming import MAIL_SIZE
from app.domain.words import N_, Message, message
from app.models.mail import IncomingMessage, MailAccount
from app.services.context import now, reads
from app.services.mail.incoming import Place, Taken, pass_over, refuse, take

__all__ = ["Reading", "Source", "read_mail", "sources"]

logger = logging.getLogger(__name__)

Execute = Callable[..., Any]
"""A backend's `execute`."""

AT_ONCE = 200
"""So many mails of one mailbox in one round; the others wait for the next."""
_BEGINNING = 256 * 1024
_FIRST_TIME = timedelta(days=1)
"""Of a mailbox that is read for the first time, what came before that stays unread: it was answered elsewhere."""
_RENUMBERED = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Source:
    """A mailbox to read, and how far it was read. Mails that came before `since` are left where it is read anew."""

    account_id: int
    address: str
    where: Mailbox
    uid_validity: int | None
    last_uid: int
    since: datetime


@dataclass(slots=True)
class Reading:
    """What one round brought: what became of mails, by outcome, and what went wrong, by mailbox."""

    outcomes: dict[str, int] = field(default_factory=dict)
    troubles: dict[int, Message] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The mails recorded."""
        return sum(self.outcomes.values())

    def add(self, taken: Taken) -> None:
        """One more."""
        if taken.outcome is not None:
            self.outcomes[taken.outcome] = self.outcomes.get(taken.outcome, 0) + 1


@reads
def sources(session: Session) -> tuple[Source, ...]:
    """The active mailboxes that are read; their passwords are with the computer that reads."""
    asked = select(MailAccount).where(MailAccount.is_active, MailAccount.imap_host != "").order_by(MailAccount.id)
    return tuple(_source(session, account) for account in session.scalars(asked))


def _source(session: Session, account: MailAccount) -> Source:
    moment = now(session)
    since = moment - _FIRST_TIME
    if account.uid_validity is not None:
        first = select(IncomingMessage.received_at).where(IncomingMessage.account_id == account.id)
        first = first.order_by(IncomingMessage.id).limit(1)
        since = min(since, max(session.scalar(first) or since, moment - _RENUMBERED))
    where = Mailbox(
        account.imap_host,
        account.imap_port,
        account.imap_security,
        account.imap_login or account.address,
        "",
        account.imap_folder or "INBOX",
    )
    return Source(account.id, account.address, where, account.uid_validity, account.last_uid, since)


def read_mail(execute: Execute, password_of: Callable[[Source], str | None]) -> Reading:
    """Read every mailbox once; one that does not answer does not hold up the others."""
    reading = Reading()
    for source in execute(sources):
        password = password_of(source)
        if password is None:
            logger.info("no password for mailbox %s", source.account_id)
            reading.troubles[source.account_id] = message(
                N_("This computer does not have the password of {address}."), address=source.address
            )
            continue
        try:
            with open_mailbox(replace(source.where, password=password)) as box:
                _read(execute, source, box, reading)
        except DatabaseUnavailable:
            raise
        except UserError as error:
            logger.warning("mailbox %s: %s", source.account_id, error)
            reading.troubles[source.account_id] = error.what
    return reading


def _read(execute: Execute, source: Source, box: OpenMailbox, reading: Reading) -> None:
    is_new = box.uid_validity != source.uid_validity
    after, since = (0, source.since) if is_new else (source.last_uid, None)
    # A server names days in its own zone: one more is asked for, the moment decides.
    envelopes = box.after(after, since.date() - timedelta(days=1) if since else None)
    wanted = [each for each in envelopes if since is None or each.received_at >= since]
    for envelope in wanted[:AT_ONCE]:
        _take(execute, source, box, envelope, reading)
    if is_new and len(wanted) <= AT_ONCE:
        execute(pass_over, source.account_id, box.uid_validity, max(box.next_uid - 1, 0))


def _take(execute: Execute, source: Source, box: OpenMailbox, envelope: Envelope, reading: Reading) -> None:
    is_whole = envelope.size <= MAIL_SIZE
    raw = box.fetch(envelope.uid, None if is_whole else _BEGINNING)
    if raw is None:
        return
    letter = read_letter(raw, None if is_whole else envelope.size)
    place = Place(source.account_id, box.uid_validity, envelope.uid, envelope.received_at)
    try:
        reading.add(execute(take, place, letter))
    except (DatabaseUnavailable, Conflict):
        # Not the mail's fault: the next round asks again.
        raise
    except UserError as error:
        reading.add(execute(refuse, place, letter, error.what))
    except (DataError, IntegrityError, ValueError, LookupError):
        # One mail nobody thought of must not stand in the way of those behind it.
        logger.exception("mail %s of mailbox %s", envelope.uid, source.account_id)
        reading.add(execute(refuse, place, letter, message(N_("It could not be kept. The log says why."))))
