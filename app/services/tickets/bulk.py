"""One change for many tickets, each by itself: what the card would refuse is refused here with the same words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, Refused
from app.domain.words import N_, message
from app.models.tickets import Product, Ticket, TicketStatus
from app.services.context import reads, writes
from app.services.tickets import card

FIELDS = (
    "status_id",
    "priority",
    "responsible_id",
    "handler_id",
    "type_id",
    "subtype_id",
    "product_id",
    "project_id",
)
"""The fields many tickets can be given at once, by column."""

_WITH = {
    "type_id": ("subtype_id", "subtype2_id"),
    "subtype_id": ("subtype2_id",),
    "product_id": ("product_group_id",),
    "project_id": ("subproject_id",),
    "priority": ("is_priority_by_hand",),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket that was changed: its version now, and what it had before, for whoever wants it back."""

    id: int
    version: int
    before: dict[str, int | None]


@reads
def versions(session: Session, ids: Collection[int]) -> dict[int, int]:
    """The versions of these tickets now; a change made after that is a conflict."""
    return {row.id: row.version for row in session.execute(select(Ticket.id, Ticket.version).where(Ticket.id.in_(ids)))}


@writes
def change(session: Session, ticket_id: int, version: int, wanted: Mapping[str, int | None]) -> Changed:
    """Give one ticket these values by the card's own rules; what hangs on a changed field follows it."""
    if unknown := set(wanted) - {*FIELDS, *(name for names in _WITH.values() for name in names)}:
        raise ValueError(f"not for many tickets at once: {sorted(unknown)}")
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound(message(N_("This ticket is no longer there.")))
    if ticket.merged_into_id is not None and _opens(session, wanted):
        raise Refused("MERGED", message(N_("This ticket was merged into another; it stays closed.")))
    draft = card.load(session, ticket_id).draft
    values = dict(_dependent(session, wanted, draft.type_id)) | dict(wanted)
    before = {name: getattr(draft, name) for name in values}
    if all(getattr(draft, name) == value for name, value in values.items()):
        return Changed(ticket_id, ticket.version, {})
    changed: dict[str, Any] = values
    saved = card.save(session, ticket_id, version, replace(draft, **changed))
    return Changed(
        ticket_id, saved.version, {name: None if value is None else int(value) for name, value in before.items()}
    )


def _dependent(session: Session, wanted: Mapping[str, int | None], type_id: int | None) -> Mapping[str, Any]:
    """What follows from the values: a sub-type goes with its type, a product brings its group."""
    found: dict[str, Any] = {}
    if "type_id" in wanted and wanted["type_id"] != type_id:
        found |= dict.fromkeys(_WITH["type_id"])
    if "subtype_id" in wanted:
        found["subtype2_id"] = None
    if "project_id" in wanted:
        found["subproject_id"] = None
    if wanted.get("product_id") is not None:
        found["product_group_id"] = session.scalar(select(Product.group_id).where(Product.id == wanted["product_id"]))
    if "priority" in wanted:
        found["is_priority_by_hand"] = True
    return found


def _opens(session: Session, wanted: Mapping[str, int | None]) -> bool:
    status = wanted.get("status_id")
    return (
        status is not None and session.scalar(select(TicketStatus.is_closed).where(TicketStatus.id == status)) is False
    )
