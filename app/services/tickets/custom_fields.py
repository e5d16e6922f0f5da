"""Fields of the company's own: what there is, what states ask of them, and how an administrator shapes them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.tickets.fields import custom_code
from app.domain.tickets.names import status_name
from app.domain.tickets.own_fields import KINDS
from app.domain.words import N_, message
from app.models.tickets import CustomField, Layout, StatusField, Task, Ticket, TicketStatus
from app.services.context import reads, require, writes
from app.services.saving import cleaned, refuse_double, seen, tell, wrong
from app.services.tickets.uses import refuse_used


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of the company's own as a card shows it; an inactive one is kept where it has a value."""

    id: int
    name: str
    kind: str
    choices: tuple[str, ...]
    is_active: bool
    version: int = 1


@dataclass(frozen=True, slots=True)
class OwnFieldDraft:
    """What an administrator says about a field of the company's own."""

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    is_active: bool = True


def own_fields(session: Session) -> dict[int, OwnField]:
    """Every field of the company's own by key, in order of name."""
    asked = select(CustomField).order_by(func.lower(CustomField.name), CustomField.id)
    return {field.id: _row(field) for field in session.scalars(asked)}


def _row(field: CustomField) -> OwnField:
    return OwnField(field.id, field.name, field.kind, tuple(field.choices), field.is_active, field.version)


def kinds(session: Session) -> dict[int, str]:
    """The kinds of the company's own fields by key."""
    return {row.id: row.kind for row in session.execute(select(CustomField.id, CustomField.kind))}


def names(session: Session) -> dict[int, str]:
    """The names of the company's own fields by key."""
    return {row.id: row.name for row in session.execute(select(CustomField.id, CustomField.name))}


def required_fields(session: Session, status_id: int) -> tuple[str, ...]:
    """The codes of the fields that a ticket in this state must have filled, in the order they were ticked."""
    asked = select(StatusField.field).where(StatusField.status_id == status_id).order_by(StatusField.id)
    return tuple(session.scalars(asked))


def own_value(session: Session, column: Any, field_id: int) -> ColumnElement[Any]:
    """The text of one own field in a `custom` column; null where a row has none."""
    if session.get_bind().dialect.name == "sqlite":
        return cast(func.json_extract(column, f'$."{field_id}"'), Text)
    text: ColumnElement[Any] = column.op("->>", return_type=Text())(literal(str(field_id), Text()))
    return text


@reads
def list_own_fields(session: Session) -> tuple[OwnField, ...]:
    """Every field of the company's own by name."""
    return tuple(own_fields(session).values())


@writes
def save_own_field(session: Session, draft: OwnFieldDraft, *, row_id: int | None = None, version: int = 0) -> OwnField:
    """Add a field, or change the one that was seen in this version; its kind stays once anything has a value in it.

    A choice that is taken away stays where it was chosen.
    """
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name)
    refuse_double(session, CustomField.name, name, row_id)
    choices = _choices(draft)
    if row_id is None:
        field = CustomField(name=name, kind=draft.kind, choices=[])
        session.add(field)
    else:
        field = seen(session, CustomField, row_id, version)
        if field.kind != draft.kind:
            _refuse_filled(session, row_id)
        if field.is_active and not draft.is_active:
            _refuse_asked(session, row_id)
    field.name, field.kind, field.is_active = name, draft.kind, draft.is_active
    if list(field.choices) != choices:
        field.choices = choices
    session.flush()
    tell(session, "custom_fields", field.id)
    return _row(field)


def _choices(draft: OwnFieldDraft) -> list[str]:
    if draft.kind not in KINDS:
        raise wrong("KIND", message(N_("There is no such kind of field.")))
    if draft.kind != "choice":
        return []
    wanted: dict[str, str] = {}
    for choice in map(cleaned, filter(str.strip, draft.choices)):
        wanted.setdefault(choice.casefold(), choice)
    if not wanted:
        raise wrong("CHOICES", message(N_("Write down what there is to choose from.")))
    return list(wanted.values())


def _refuse_filled(session: Session, field_id: int) -> None:
    for model in (Ticket, Task):
        refuse_used(session, model, own_value(session, model.custom, field_id).is_not(None))


def _refuse_asked(session: Session, field_id: int) -> None:
    asked = select(TicketStatus.code, TicketStatus.name).join(StatusField, StatusField.status_id == TicketStatus.id)
    state = session.execute(asked.where(StatusField.field == custom_code(field_id)).limit(1)).first()
    if state is not None:
        raise Refused(
            "ASKED",
            message(N_("This field is mandatory in the ticket state “{state}”."), state=status_name(*state)),
            message(N_("Nothing was changed. Remove it from that state first.")),
        )


@writes
def delete_own_field(session: Session, row_id: int, version: int) -> None:
    """Remove a field nothing has a value in and no state asks for; it leaves every card it is on."""
    require(session, Permission.ADMINISTER)
    field = seen(session, CustomField, row_id, version)
    _refuse_filled(session, row_id)
    _refuse_asked(session, row_id)
    code = custom_code(row_id)
    for layout in session.scalars(select(Layout).with_for_update()):
        if code in layout.fields or code in layout.required:
            layout.fields = [each for each in layout.fields if each != code]
            layout.required = [each for each in layout.required if each != code]
            tell(session, "layouts", layout.id)
    session.delete(field)
    session.flush()
    tell(session, "custom_fields", row_id)
