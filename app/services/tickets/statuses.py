"""Ticket states: the company's own list, in its own order, each with the fields a ticket in it must have filled."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, cast, delete, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.people import Permission
from app.domain.tickets.fields import FIELDS, NEVER_EMPTY, custom_id
from app.domain.words import N_, message
from app.models.tickets import StatusField, Ticket, TicketStatus
from app.services.context import reads, require, writes
from app.services.saving import cleaned, moved, refuse_double, seen, tell, wrong
from app.services.tickets.custom_fields import kinds, own_value
from app.services.tickets.uses import refuse_used


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A ticket state; a built-in one has a code and is shown from the catalogue until it gets a name.

    `fields` are the codes that must be filled; `lacking` how many open tickets in it have one of them empty, because
    they came into it before it asked: they stay as they are until somebody fills them in.
    """

    id: int
    version: int
    code: str | None
    name: str | None
    is_closed: bool
    position: int
    fields: tuple[str, ...]
    lacking: int


@dataclass(frozen=True, slots=True)
class StatusDraft:
    """What an administrator says about a ticket state."""

    name: str | None
    is_closed: bool = False
    fields: tuple[str, ...] = ()


@reads
def list_statuses(session: Session) -> tuple[StatusRow, ...]:
    """Every state in its order."""
    return _rows(session)


def _rows(session: Session, status_id: int | None = None) -> tuple[StatusRow, ...]:
    asked = select(TicketStatus).order_by(TicketStatus.position, TicketStatus.id)
    if status_id is not None:
        asked = asked.where(TicketStatus.id == status_id)
    fields: dict[int, list[str]] = {}
    for owner, field in session.execute(select(StatusField.status_id, StatusField.field).order_by(StatusField.id)):
        fields.setdefault(owner, []).append(field)
    return tuple(_row(session, status, tuple(fields.get(status.id, ()))) for status in session.scalars(asked))


def _row(session: Session, status: TicketStatus, fields: tuple[str, ...]) -> StatusRow:
    return StatusRow(
        status.id,
        status.version,
        status.code,
        status.name,
        status.is_closed,
        status.position,
        fields,
        _lacking(session, status.id, fields),
    )


def _lacking(session: Session, status_id: int, fields: Iterable[str]) -> int:
    """How many open tickets in a state have one of these fields empty."""
    own = kinds(session)
    empty = [found for field in fields if (found := _is_empty(session, field, own)) is not None]
    if not empty:
        return 0
    asked = select(func.count()).select_from(Ticket).where(Ticket.status_id == status_id, Ticket.closed_at.is_(None))
    return session.scalar(asked.where(or_(*empty))) or 0


def _is_empty(session: Session, field: str, own: dict[int, str]) -> ColumnElement[bool] | None:
    key = custom_id(field)
    if key is not None:
        if key not in own:
            return None
        value = own_value(session, Ticket.custom, key)
        if own[key] == "check":
            return func.coalesce(value, "").not_in(("true", "1"))
        return func.trim(func.coalesce(value, "")) == ""
    if field not in FIELDS:
        return None
    return func.trim(func.coalesce(cast(getattr(Ticket, field), Text), "")) == ""


@writes
def save_status(session: Session, draft: StatusDraft, *, row_id: int | None = None, version: int = 0) -> StatusRow:
    """Add a state at the end, or change the one that was seen in this version, with exactly these mandatory fields.

    Whether a state closes its tickets cannot change while tickets have it, nor for a built-in one.
    """
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name) if draft.name is not None else None
    if name is not None:
        refuse_double(session, TicketStatus.name, name, row_id)
    _check_fields(session, draft.fields)
    if row_id is None:
        last = session.scalar(select(func.max(TicketStatus.position)))
        status = TicketStatus(position=(last or 0) + 1, is_closed=draft.is_closed)
        session.add(status)
    else:
        status = seen(session, TicketStatus, row_id, version)
        _refuse_turned(session, status, is_closed=draft.is_closed)
    status.name = name if status.code else cleaned(name or "")
    status.is_closed = draft.is_closed
    session.flush()
    if _set_fields(session, status.id, draft.fields):
        # What a state asks for is part of its row: whoever edits it at the same time is told.
        flag_modified(status, "name")
        session.flush()
    tell(session, "ticket_statuses", status.id)
    return _rows(session, status.id)[0]


def _check_fields(session: Session, fields: tuple[str, ...]) -> None:
    own = kinds(session)
    for field in fields:
        key = custom_id(field)
        if field in NEVER_EMPTY or (field not in FIELDS if key is None else key not in own):
            raise wrong("FIELDS", message(N_("There is no such field.")))


def _refuse_turned(session: Session, status: TicketStatus, *, is_closed: bool) -> None:
    if status.is_closed is is_closed:
        return
    if status.code:
        raise wrong("CLOSES", message(N_("This state is built in: whether it closes its tickets stays as it is.")))
    refuse_used(session, Ticket, Ticket.status_id == status.id)


def _set_fields(session: Session, status_id: int, wanted: tuple[str, ...]) -> bool:
    held = set(session.scalars(select(StatusField.field).where(StatusField.status_id == status_id)))
    gone = held - set(wanted)
    new = [field for field in (*FIELDS, *sorted(set(wanted) - set(FIELDS))) if field in set(wanted) - held]
    if gone:
        session.execute(delete(StatusField).where(StatusField.status_id == status_id, StatusField.field.in_(gone)))
    session.add_all(StatusField(status_id=status_id, field=field) for field in new)
    session.flush()
    return bool(gone or new)


@writes
def move_status(session: Session, row_id: int, *, up: bool) -> None:
    """Put a state one place earlier or later."""
    require(session, Permission.ADMINISTER)
    moved(session, TicketStatus, row_id, up=up)


@writes
def delete_status(session: Session, row_id: int, version: int) -> None:
    """Remove a state of the company's own that no ticket has; built-in ones stay."""
    require(session, Permission.ADMINISTER)
    status = seen(session, TicketStatus, row_id, version)
    if status.code:
        raise wrong("BUILT_IN", message(N_("This state is built in: it can be renamed, not deleted.")))
    refuse_used(session, Ticket, Ticket.status_id == row_id)
    session.delete(status)
    session.flush()
    tell(session, "ticket_statuses", row_id)
