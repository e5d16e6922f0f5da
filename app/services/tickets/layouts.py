"""Which fields a card shows, in which order, and which of them a task needs before it can be closed.

There is a general layout of all tickets and one of all tasks; a type may have one of its own instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.errors import Conflict
from app.domain.people import Permission
from app.domain.tickets.complete import CUSTOM, missing_fields
from app.domain.tickets.fields import ALWAYS, FIELDS, custom_code, custom_id, shown_fields
from app.domain.words import N_, message
from app.models.processes import ActivityType
from app.models.tickets import Layout, TicketType
from app.services.context import reads, require, writes
from app.services.saving import seen, tell, wrong
from app.services.tickets.custom_fields import OwnField, kinds, own_fields

TICKET = "ticket"
TASK = "task"


@dataclass(frozen=True, slots=True)
class CardLayout:
    """The layout of a kind of card, or of one type of it.

    `fields` are the codes it shows in order, `required` those a task needs to be closed. Without a row of its own
    (`id` None, version 0) it shows what the general layout shows. `own` are the company's own fields.
    """

    kind: str
    type_id: int | None
    id: int | None
    version: int
    fields: tuple[str, ...]
    required: tuple[str, ...]
    own: tuple[OwnField, ...]

    @property
    def available(self) -> tuple[str, ...]:
        """The codes of the fields that are not on the card and can be put there."""
        offered = [*all_fields(self.kind), *(custom_code(field.id) for field in self.own if field.is_active)]
        return tuple(code for code in offered if code not in self.fields)


@dataclass(frozen=True, slots=True)
class LayoutTarget:
    """What can have a layout: all tickets or tasks (no type), or one type of them."""

    kind: str
    type_id: int | None
    name: str


def all_fields(kind: str) -> tuple[str, ...]:
    """The built-in fields that can be arranged on a kind of card; what every task shows besides is always on it."""
    return tuple(FIELDS) if kind == TICKET else ()


def always(kind: str) -> tuple[str, ...]:
    """The fields that no layout of this kind can leave out."""
    return ALWAYS if kind == TICKET else ()


@reads
def layout_targets(session: Session) -> tuple[LayoutTarget, ...]:
    """Everything that can have a layout, in the order of a list to choose from."""
    targets = []
    for kind, model in ((TICKET, TicketType), (TASK, ActivityType)):
        rows = session.execute(select(model.id, model.name).order_by(func.lower(model.name), model.id))
        targets += [LayoutTarget(kind, None, ""), *(LayoutTarget(kind, *row) for row in rows)]
    return tuple(targets)


@reads
def load_layout(session: Session, kind: str, type_id: int | None = None) -> CardLayout:
    """The layout of all tickets or tasks, or of one type of them."""
    return _loaded(session, kind, type_id)


def _loaded(session: Session, kind: str, type_id: int | None) -> CardLayout:
    row = _row(session, kind, type_id)
    shown = row or (_row(session, kind, None) if type_id is not None else None)
    own = own_fields(session)
    known = [code for code in (shown.fields if shown else ()) if (key := custom_id(code)) is None or key in own]
    fields = shown_fields(known if shown else None) if kind == TICKET else tuple(known)
    required = tuple(code for code in (shown.required if shown else ()) if code in fields)
    return CardLayout(
        kind, type_id, row.id if row else None, row.version if row else 0, fields, required, tuple(own.values())
    )


def _row(session: Session, kind: str, type_id: int | None) -> Layout | None:
    asked = select(Layout).where(Layout.kind == kind, _is_of(kind, type_id)).order_by(Layout.id).limit(1)
    return session.scalars(asked).first()


def _is_of(kind: str, type_id: int | None) -> ColumnElement[bool]:
    column = Layout.ticket_type_id if kind == TICKET else Layout.activity_type_id
    return column.is_(None) if type_id is None else column == type_id


@writes
def save_layout(
    session: Session,
    kind: str,
    type_id: int | None,
    version: int,
    fields: tuple[str, ...],
    required: tuple[str, ...] = (),
) -> CardLayout:
    """Show these fields in this order; `version` is that of the layout that was seen, 0 when there was none."""
    require(session, Permission.ADMINISTER)
    _check(session, kind, fields, required)
    found = _row(session, kind, type_id)
    if found is None and version == 0:
        row = Layout(kind=kind, fields=[], required=[])
        row.ticket_type_id, row.activity_type_id = (type_id, None) if kind == TICKET else (None, type_id)
        session.add(row)
    elif found is None or version == 0:
        raise Conflict(
            message(N_("Somebody else changed this in the meantime.")),
            message(N_("Nothing was overwritten. Look at the new values, then save again.")),
        )
    else:
        row = seen(session, Layout, found.id, version)
    row.fields, row.required = list(fields), list(required)
    session.flush()
    tell(session, "layouts", row.id)
    return _loaded(session, kind, type_id)


def _check(session: Session, kind: str, fields: tuple[str, ...], required: tuple[str, ...]) -> None:
    own = kinds(session)
    known = {*all_fields(kind), *map(custom_code, own)}
    if len(set(fields)) != len(fields) or not known.issuperset(fields):
        raise wrong("FIELDS", message(N_("There is no such field.")))
    if not set(always(kind)).issubset(fields):
        raise wrong("ALWAYS", message(N_("Subject and state are on every card.")))
    # What a task needs is asked of its own fields alone; what tickets need is set for each of their states.
    if not set(required).issubset(fields) or any(kind != TASK or custom_id(code) is None for code in required):
        raise wrong("REQUIRED", message(N_("Only a field that is on the card can be mandatory.")))


@writes
def drop_layout(session: Session, kind: str, type_id: int | None, version: int) -> CardLayout:
    """Take away the layout a type has of its own: from then on it follows the general one."""
    require(session, Permission.ADMINISTER)
    found = _row(session, kind, type_id)
    if found is not None:
        session.delete(seen(session, Layout, found.id, version))
        session.flush()
        tell(session, "layouts", found.id)
    return _loaded(session, kind, type_id)


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
    own = Layout.activity_type_id == activity_type_id
    asked = select(Layout.required).where(Layout.kind == "task", general if activity_type_id is None else general | own)
    return tuple(session.scalars(asked.order_by(general, Layout.id).limit(1)).first() or ())
