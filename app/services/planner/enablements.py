"""Enabled types: which activity types a technician, or everybody of a group, may do, and from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import Group, GroupMember
from app.models.processes import Enablement
from app.services.context import announce, reads, require, writes
from app.services.planner.company import practices, technicians, types
from app.services.planner.refusals import UNCHANGED
from app.services.planner.rows import Named, TypeRow


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is enabled: a technician or a group."""

    id: int
    is_group: bool


@dataclass(frozen=True, slots=True)
class EnablementRow:
    """That somebody may do a type, both days included; None is open."""

    type_id: int
    holder: Holder
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything the window of enabled types shows; `groups_of` says by which groups a technician is enabled too."""

    types: tuple[TypeRow, ...]
    practices: tuple[Named, ...]
    groups: tuple[Named, ...]
    technicians: tuple[Named, ...]
    enabled: tuple[EnablementRow, ...]
    groups_of: Mapping[int, tuple[int, ...]]


@reads
def matrix(session: Session) -> Matrix:
    """The types, those who could do them, and who may."""
    rows = session.execute(
        select(
            Enablement.activity_type_id,
            Enablement.user_id,
            Enablement.group_id,
            Enablement.valid_from,
            Enablement.valid_until,
        )
    )
    enabled = tuple(
        EnablementRow(kind, Holder(user_id or group_id or 0, is_group=user_id is None), first, last)
        for kind, user_id, group_id, first, last in rows
    )
    groups = session.execute(select(Group.id, Group.name).where(~Group.is_back_office).order_by(Group.name))
    groups_of: dict[int, tuple[int, ...]] = {}
    for user_id, group_id in session.execute(select(GroupMember.user_id, GroupMember.group_id)):
        groups_of[user_id] = (*groups_of.get(user_id, ()), group_id)
    named = tuple(Named(*row) for row in groups)
    return Matrix(types(session), practices(session), named, technicians(session), enabled, groups_of)


@writes
def enable(
    session: Session,
    type_id: int,
    holder: Holder,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> None:
    """Let somebody do a type, or change from when to when he may."""
    require(session, Permission.PLAN)
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise Refused("RANGE", message(N_("The last day is before the first.")), UNCHANGED)
    known = session.scalar(select(Enablement).where(_is(type_id, holder)))
    if known is None:
        known = Enablement(
            activity_type_id=type_id,
            group_id=holder.id if holder.is_group else None,
            user_id=None if holder.is_group else holder.id,
        )
        session.add(known)
    known.valid_from, known.valid_until = valid_from, valid_until
    session.flush()
    announce(session, RowsChanged("enablements", frozenset({known.id})))


@writes
def disable(session: Session, type_id: int, holder: Holder) -> None:
    """Let somebody do a type no longer; visits already there stay."""
    require(session, Permission.PLAN)
    session.execute(delete(Enablement).where(_is(type_id, holder)))
    announce(session, RowsChanged("enablements", None))


def _is(type_id: int, holder: Holder) -> ColumnElement[bool]:
    column = Enablement.group_id if holder.is_group else Enablement.user_id
    return (Enablement.activity_type_id == type_id) & (column == holder.id)
