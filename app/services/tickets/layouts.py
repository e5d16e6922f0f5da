"""Which fields a card shows, in which order, and which of them a task needs before it can be closed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.tickets.complete import CUSTOM, missing_fields
from app.models.tickets import Layout
from app.services.tickets.custom_fields import kinds


def missing_of_task(
    session: Session, activity_type_id: int | None, custom: Mapping[str, Any] | None
) -> tuple[str, ...]:
    """The codes of the own fields a task of this type needs to be closed and does not have.

    The layout of the type decides; a type without one follows the general layout of tasks.
    """
    required = required_of_task(session, activity_type_id)
    if not required:
        return ()
    return missing_fields({CUSTOM: custom or {}}, required, kinds(session))


def required_of_task(session: Session, activity_type_id: int | None) -> tuple[str, ...]:
    """The codes of the fields a task of this type needs to be closed."""
    general = Layout.activity_type_id.is_(None)
    asked = select(Layout.required).where(Layout.kind == "task")
    asked = asked.where(
        general if activity_type_id is None else general | (Layout.activity_type_id == activity_type_id)
    )
    found = session.scalars(asked.order_by(general, Layout.id).limit(1)).first()
    return tuple(found or ())
