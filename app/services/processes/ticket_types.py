"""Ticket types with their sub-types; a type may name the activity type its tickets are planned as."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.processes import ActivityType
from app.models.tickets import Ticket, TicketSubtype, TicketType
from app.services.context import reads, require, writes
from app.services.processes.rows import TicketTypeDraft, TicketTypeRow
from app.services.saving import cleaned, refuse_double, seen, tell, wrong


@reads
def list_ticket_types(session: Session) -> tuple[TicketTypeRow, ...]:
    """Every ticket type by name."""
    return _rows(session)


def _rows(session: Session, type_id: int | None = None) -> tuple[TicketTypeRow, ...]:
    kind = TicketType
    asked = (
        select(
            kind.id,
            kind.version,
            kind.name,
            kind.activity_type_id,
            func.coalesce(ActivityType.name, ""),
            kind.due_hours,
        )
        .outerjoin(ActivityType, ActivityType.id == kind.activity_type_id)
        .order_by(func.lower(kind.name), kind.id)
    )
    parts = select(TicketSubtype.type_id, TicketSubtype.name).order_by(func.lower(TicketSubtype.name))
    if type_id is not None:
        asked, parts = asked.where(kind.id == type_id), parts.where(TicketSubtype.type_id == type_id)
    subtypes: dict[int, list[str]] = {}
    for owner, name in session.execute(parts):
        subtypes.setdefault(owner, []).append(name)
    return tuple(TicketTypeRow(*row, subtypes=tuple(subtypes.get(row.id, ()))) for row in session.execute(asked))


@writes
def save_ticket_type(
    session: Session, draft: TicketTypeDraft, *, row_id: int | None = None, version: int = 0
) -> TicketTypeRow:
    """Add a ticket type, or change the one that was seen in this version, with exactly these sub-types."""
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name)
    refuse_double(session, TicketType.name, name, row_id)
    if row_id is None:
        kind = TicketType(name=name)
        session.add(kind)
    else:
        kind = seen(session, TicketType, row_id, version)
    kind.name, kind.activity_type_id, kind.due_hours = name, draft.activity_type_id, draft.due_hours or None
    session.flush()
    _set_subtypes(session, kind.id, draft.subtypes)
    tell(session, "ticket_types", kind.id)
    return _rows(session, kind.id)[0]


def _set_subtypes(session: Session, type_id: int, names: tuple[str, ...]) -> None:
    wanted = {cleaned(name).casefold(): cleaned(name) for name in names if name.strip()}
    for held in session.scalars(select(TicketSubtype).where(TicketSubtype.type_id == type_id)).all():
        name = wanted.pop(held.name.casefold(), None)
        if name is not None:
            held.name = name
            continue
        if session.scalar(select(Ticket.id).where(Ticket.subtype_id == held.id).limit(1)) is not None:
            raise wrong("USED", message(N_("Tickets have the sub-type {name}."), name=held.name))
        session.delete(held)
    session.add_all(TicketSubtype(type_id=type_id, name=name) for name in wanted.values())
    session.flush()
    tell(session, "ticket_subtypes")


@writes
def delete_ticket_type(session: Session, row_id: int, version: int) -> None:
    """Remove a ticket type that no ticket has."""
    require(session, Permission.ADMINISTER)
    session.delete(seen(session, TicketType, row_id, version))
    session.flush()
    tell(session, "ticket_types", row_id)
