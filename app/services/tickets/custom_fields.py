"""Fields of the company's own: what there is, and what states ask of them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.tickets import CustomField, StatusField
from app.services.context import reads


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of the company's own as a card shows it; an inactive one is kept where it has a value."""

    id: int
    name: str
    kind: str
    choices: tuple[str, ...]
    is_active: bool


def own_fields(session: Session) -> dict[int, OwnField]:
    """Every field of the company's own by key, in order of name."""
    field = CustomField
    asked = select(field.id, field.name, field.kind, field.choices, field.is_active)
    rows = session.execute(asked.order_by(func.lower(field.name), field.id))
    return {row.id: OwnField(row.id, row.name, row.kind, tuple(row.choices), row.is_active) for row in rows}


def kinds(session: Session) -> dict[int, str]:
    """The kinds of the company's own fields by key."""
    return dict(session.execute(select(CustomField.id, CustomField.kind)).tuples().all())


def names(session: Session) -> dict[int, str]:
    """The names of the company's own fields by key."""
    return dict(session.execute(select(CustomField.id, CustomField.name)).tuples().all())


def required_fields(session: Session, status_id: int) -> tuple[str, ...]:
    """The codes of the fields that a ticket in this state must have filled, in the order they were ticked."""
    asked = select(StatusField.field).where(StatusField.status_id == status_id).order_by(StatusField.id)
    return tuple(session.scalars(asked))


@reads
def list_own_fields(session: Session) -> tuple[OwnField, ...]:
    """Every field of the company's own by name."""
    return tuple(own_fields(session).values())
