"""Ticket types: what customers ask for, in up to three levels, and what becomes of it.

A type may name the activity type or the process of its task, its priority, when it is due and how it is numbered.
"""

from dataclasses import replace
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.tickets.names import PRIORITIES
from app.domain.words import N_, counted, message
from app.models.processes import ActivityType, Process
from app.models.tickets import Ticket, TicketSubtype, TicketSubtype2, TicketType
from app.services.context import reads, require, writes
from app.services.processes.rows import Offered, Subtype, Subtype2, TicketTypeDraft, TicketTypeRow
from app.services.saving import cleaned, refuse_double, seen, tell, wrong
from app.services.tickets.uses import refuse_used


@reads
def list_ticket_types(session: Session) -> tuple[TicketTypeRow, ...]:
    """Every ticket type by name."""
    return _rows(session)


def _rows(session: Session, type_id: int | None = None) -> tuple[TicketTypeRow, ...]:
    kind = TicketType
    asked: Any = (
        select(
            kind.id,
            kind.version,
            kind.name,
            kind.activity_type_id,
            func.coalesce(ActivityType.name, ""),
            kind.due_hours,
            kind.priority,
            kind.process_id,
            func.coalesce(Process.name, ""),
            kind.numerator_id,
        )
        .outerjoin(ActivityType, ActivityType.id == kind.activity_type_id)
        .outerjoin(Process, Process.id == kind.process_id)
        .order_by(func.lower(kind.name), kind.id)
    )
    if type_id is not None:
        asked = asked.where(kind.id == type_id)
    subtypes = _subtypes(session, type_id)
    return tuple(TicketTypeRow(*(*row, tuple(subtypes.get(row.id, ())))) for row in session.execute(asked))


def _subtypes(session: Session, type_id: int | None) -> dict[int, list[Subtype]]:
    """The sub-types of each type, or of this one."""
    first, second = TicketSubtype, TicketSubtype2
    lower = select(second.subtype_id, second.id, second.name).order_by(func.lower(second.name), second.id)
    upper = select(first.type_id, first.id, first.name).order_by(func.lower(first.name), first.id)
    if type_id is not None:
        lower = lower.join(first, first.id == second.subtype_id).where(first.type_id == type_id)
        upper = upper.where(first.type_id == type_id)
    parts: dict[int, list[Subtype2]] = {}
    for owner, part_id, name in session.execute(lower):
        parts.setdefault(owner, []).append(Subtype2(name, part_id))
    found: dict[int, list[Subtype]] = {}
    for owner, subtype_id, name in session.execute(upper):
        found.setdefault(owner, []).append(Subtype(name, subtype_id, tuple(parts.get(subtype_id, ()))))
    return found


@reads
def offered_processes(session: Session) -> tuple[Offered, ...]:
    """The processes a type can start."""
    asked = select(Process.id, Process.name, Process.is_active).order_by(func.lower(Process.name), Process.id)
    return tuple(Offered(*row) for row in session.execute(asked))


@writes
def save_ticket_type(
    session: Session, draft: TicketTypeDraft, *, row_id: int | None = None, version: int = 0
) -> TicketTypeRow:
    """Add a ticket type, or change the one that was seen in this version, with exactly these sub-types."""
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name)
    refuse_double(session, TicketType.name, name, row_id)
    if draft.priority is not None and draft.priority not in PRIORITIES:
        raise wrong("PRIORITY", message(N_("There is no such priority.")))
    if row_id is None:
        kind = TicketType(name=name)
        session.add(kind)
    else:
        kind = seen(session, TicketType, row_id, version)
    kind.name, kind.activity_type_id, kind.due_hours = name, draft.activity_type_id, draft.due_hours or None
    kind.priority, kind.process_id, kind.numerator_id = draft.priority, draft.process_id, draft.numerator_id
    session.flush()
    if _set_subtypes(session, kind.id, draft.subtypes):
        # What is under a type is part of its row: whoever edits it at the same time is told.
        flag_modified(kind, "name")
        session.flush()
        tell(session, "ticket_subtypes")
    tell(session, "ticket_types", kind.id)
    return _rows(session, kind.id)[0]


def _set_subtypes(session: Session, type_id: int, wanted: tuple[Subtype, ...]) -> bool:
    upper = _set_level(session, TicketSubtype, {"type_id": type_id}, Ticket.subtype_id, wanted)
    lower = [
        _set_level(session, TicketSubtype2, {"subtype_id": row_id}, Ticket.subtype2_id, subtype.parts)
        for row_id, subtype in upper.rows
    ]
    return upper.is_changed or any(level.is_changed for level in lower)


S = TypeVar("S", Subtype, Subtype2)


class _Level(Generic[S]):
    """What became of one level: its rows, each with what was wanted."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, S]] = []
        self.is_changed = False


def _set_level(session: Session, model: Any, scope: dict[str, int], used_by: Any, wanted: tuple[S, ...]) -> _Level[S]:
    """Make the rows of one level exactly these; one is known by its id, else by its name in any case of letters."""
    level: _Level[S] = _Level()
    held = {row.id: row for row in session.scalars(select(model).filter_by(**scope).order_by(model.id))}
    pairs = list(_paired(held, wanted))
    for gone in held.keys() - {row.id for row, _subtype in pairs if row is not None}:
        _refuse_subtype(session, used_by, held[gone])
        session.delete(held[gone])
        level.is_changed = True
    # What goes makes room first: a new row may have its name.
    session.flush()
    for known, subtype in pairs:
        row = known or model(name=subtype.name, **scope)
        session.add(row)
        level.is_changed = level.is_changed or known is None or row.name != subtype.name
        row.name = subtype.name
        session.flush()
        level.rows.append((row.id, subtype))
    return level


def _paired(held: dict[int, Any], wanted: tuple[S, ...]) -> list[tuple[Any, S]]:
    by_name = {row.name.casefold(): row for row in held.values()}
    pairs: dict[str, tuple[Any, S]] = {}
    taken = {subtype.id for subtype in wanted}
    for subtype in wanted:
        if not subtype.name.strip():
            continue
        kept = replace(subtype, name=cleaned(subtype.name))
        row = held.get(subtype.id) if subtype.id is not None else by_name.get(kept.name.casefold())
        if subtype.id is None and row is not None and row.id in taken:
            row = None
        pairs.setdefault(kept.name.casefold(), (row, kept))
    return list(pairs.values())


def _refuse_subtype(session: Session, used_by: Any, row: Any) -> None:
    if count := session.scalar(select(func.count()).select_from(Ticket).where(used_by == row.id)):
        raise Refused(
            "USED",
            counted(
                "{count} ticket has the sub-type {name}.",
                "{count} tickets have the sub-type {name}.",
                count,
                name=row.name,
            ),
            message(N_("Nothing was saved.")),
        )


@writes
def delete_ticket_type(session: Session, row_id: int, version: int) -> None:
    """Remove a ticket type that no ticket has."""
    require(session, Permission.ADMINISTER)
    kind = seen(session, TicketType, row_id, version)
    refuse_used(session, Ticket, Ticket.type_id == row_id)
    session.delete(kind)
    session.flush()
    tell(session, "ticket_types", row_id)
