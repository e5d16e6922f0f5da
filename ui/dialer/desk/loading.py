"""What the desk asks of the database away from the window's thread: whole steps, each of a few services in a row."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.errors import DatabaseUnavailable, NotFound, Refused, UserError
from app.domain.tickets.draft import TicketDraft
from app.services.dialer import spans
from app.services.dialer.attempts import Finished, Result, finish, let_go
from app.services.dialer.campaigns import CampaignChoice, mine
from app.services.dialer.card import DialCard, dial_card
from app.services.dialer.claiming import Claimed, claim_customer, next_customer, resume
from app.services.dialer.nobody import nobody
from app.services.dialer.pauses import PauseRow, offered_pauses
from app.services.dialer.standing import Nobody
from app.services.tickets.card import create
from ui.dialer.desk.contact import Contact, Typed, from_entry, to_entry
from ui.dialer.desk.journal import Journal
from ui.kit.tasks import Executor

__all__ = ["Office", "Opening", "Sent", "fetch", "fetch_customer", "open_desk", "send"]

log = logging.getLogger(__name__)


class Office(Executor, Protocol):
    """The backend, which also runs a request under a key of ours."""

    def once(self, op_id: str) -> Executor:
        """A request that is carried out once however often it is sent."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What a desk begins with: where its agent works, why he may pause, and whom he had open when it ended."""

    campaigns: tuple[CampaignChoice, ...]
    pauses: tuple[PauseRow, ...]
    lease_seconds: int
    contact: Contact | None = None
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """A result that is saved; the ticket it opened, or why it did not."""

    finished: Finished
    ticket_id: int | None = None
    problem: UserError | None = None


def fetch(office: Office, op_id: str, campaign_id: int, filters: Mapping[str, Any] | None) -> Contact | Nobody:
    """Hold the next customer and read his card; with nobody to call, why."""
    claimed = office.once(op_id).execute(next_customer, campaign_id, filters)
    if claimed is None:
        return office.execute(nobody, campaign_id, filters)
    return _with_card(office, claimed)


def fetch_customer(office: Office, op_id: str, campaign_id: int, customer_id: int) -> Contact:
    """Hold this customer and read his card."""
    return _with_card(office, office.once(op_id).execute(claim_customer, campaign_id, customer_id))


def _with_card(office: Office, claimed: Claimed) -> Contact:
    try:
        return Contact(claimed, office.execute(dial_card, claimed.customer_id, claimed.campaign_id))
    except NotFound:
        office.execute(let_go, claimed.request_id)
        raise


def send(office: Office, op_id: str, result: Result, ticket: TicketDraft | None) -> Sent:
    """Save a result and open the ticket it asks for, each once however often it is sent."""
    finished = office.once(op_id).execute(finish, result)
    if ticket is None:
        return Sent(finished)
    try:
        return Sent(finished, office.once(f"{op_id}:ticket").execute(create, ticket).id)
    except DatabaseUnavailable:
        raise
    except UserError as problem:
        return Sent(finished, problem=problem)


def open_desk(office: Office, journal: Journal, me: int | None) -> Opening:
    """Everything the desk begins with; what an earlier one could not send is sent now."""
    campaigns, pauses = office.execute(mine), office.execute(offered_pauses)
    lease = office.execute(spans.lease_seconds)
    claimed = office.execute(resume)
    contact: Contact | None = None
    sent = 0
    for key, entry in journal.entries().items():
        try:
            kept, typed = from_entry(entry)
        except (KeyError, TypeError, ValueError):
            log.warning("the kept call %s is of another version", key)
            continue
        if claimed is not None and key == claimed.request_id:
            contact = Contact(claimed, _card(office, claimed), typed)
        elif typed.op_id and typed.status_id is not None and _send_again(office, kept, typed, me):
            journal.drop(key)
            sent += 1
        elif not _is_worth(typed):
            journal.drop(key)
        elif claimed is None and contact is None:
            contact = _left(office, kept, typed)
            if contact.key != key:
                journal.keep(contact.key, journal.ticket(), to_entry(contact))
                journal.drop(key)
    if claimed is not None and contact is None:
        contact = Contact(claimed, _card(office, claimed))
    return Opening(campaigns, pauses, lease, contact, sent)


def _card(office: Office, claimed: Claimed) -> DialCard:
    return office.execute(dial_card, claimed.customer_id, claimed.campaign_id)


def _is_worth(typed: Typed) -> bool:
    return bool(typed.note.strip() or typed.answers or typed.dialled_at or typed.callback_text)


def _send_again(office: Office, claimed: Claimed, typed: Typed, me: int | None) -> bool:
    """Whether a result that was chosen is on record now."""
    contact = Contact(claimed, _card(office, claimed), typed)
    assert typed.status_id is not None
    try:
        office.once(typed.op_id).execute(finish, contact.choose(typed.status_id, me))
    except Refused as refusal:
        log.info("a kept result is refused: %s", refusal)
        return False
    return True


def _left(office: Office, claimed: Claimed, typed: Typed) -> Contact:
    """A customer whose hold has ended comes back with his text: held again where he is free."""
    contact = Contact(claimed, _card(office, claimed), typed, is_lost=True)
    try:
        held = office.execute(claim_customer, claimed.campaign_id, claimed.customer_id)
    except Refused:
        return contact
    contact.claimed, contact.is_lost = held, False
    return contact
