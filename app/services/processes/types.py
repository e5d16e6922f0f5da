"""Activity types: kinds of work, how long each is expected to take, its colour, and which group plans it."""

import re
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.processes import LONGEST_MINUTES, MACRO_TYPES, SHORTEST_MINUTES
from app.domain.words import N_, message
from app.models.people import Group
from app.models.processes import ActivityType, Practice
from app.services.context import reads, require, writes
from app.services.processes.rows import TypeDraft, TypeRow
from app.services.saving import cleaned, refuse_double, seen, tell, wrong

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@reads
def list_types(session: Session) -> tuple[TypeRow, ...]:
    """Every activity type, grouped by practice, those without one last."""
    return _rows(session)


def _rows(session: Session, type_id: int | None = None) -> tuple[TypeRow, ...]:
    kind = ActivityType
    asked: Any = (
        select(
            kind.id,
            kind.version,
            kind.name,
            kind.practice_id,
            func.coalesce(Practice.name, ""),
            kind.macro_type,
            kind.expected_minutes,
            kind.colour,
            kind.is_schedulable,
            kind.any_site,
            kind.back_office_group_id,
            func.coalesce(Group.name, ""),
            kind.is_active,
            kind.numerator_id,
            kind.notifies,
        )
        .outerjoin(Practice, Practice.id == kind.practice_id)
        .outerjoin(Group, Group.id == kind.back_office_group_id)
        .order_by(kind.practice_id.is_(None), func.lower(Practice.name), func.lower(kind.name), kind.id)
    )
    if type_id is not None:
        asked = asked.where(kind.id == type_id)
    return tuple(TypeRow(*row) for row in session.execute(asked))


@writes
def save_type(session: Session, draft: TypeDraft, *, row_id: int | None = None, version: int = 0) -> TypeRow:
    """Add an activity type, or change the one that was seen in this version.

    What the back office schedules needs a group that plans it; without a choice it is the first back-office group.
    """
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name)
    refuse_double(session, ActivityType.name, name, row_id)
    _check(draft)
    if row_id is None:
        kind = ActivityType(name=name)
        session.add(kind)
    else:
        kind = seen(session, ActivityType, row_id, version)
    kind.name, kind.practice_id, kind.macro_type = name, draft.practice_id, draft.macro_type
    kind.expected_minutes, kind.colour = draft.expected_minutes, draft.colour.upper()
    kind.is_schedulable, kind.any_site, kind.is_active = draft.is_schedulable, draft.any_site, draft.is_active
    kind.numerator_id, kind.notifies = draft.numerator_id, draft.notifies
    kind.back_office_group_id = _planning_group(session, draft)
    session.flush()
    tell(session, "activity_types", kind.id)
    return _rows(session, kind.id)[0]


def _check(draft: TypeDraft) -> None:
    if draft.macro_type not in MACRO_TYPES:
        raise wrong("MACRO", message(N_("There is no such kind of activity.")))
    if not SHORTEST_MINUTES <= draft.expected_minutes <= LONGEST_MINUTES:
        raise wrong("MINUTES", message(N_("The expected time is between 5 minutes and 7 days.")))
    if not COLOUR.fullmatch(draft.colour):
        raise wrong("COLOUR", message(N_("The colour is missing.")))


def _planning_group(session: Session, draft: TypeDraft) -> int | None:
    if draft.back_office_group_id is not None or not draft.is_schedulable:
        return draft.back_office_group_id
    return session.scalar(select(Group.id).where(Group.is_back_office).order_by(Group.id).limit(1))


@writes
def delete_type(session: Session, row_id: int, version: int) -> None:
    """Remove an activity type nothing was ever done under; one in use can be switched off instead."""
    require(session, Permission.ADMINISTER)
    session.delete(seen(session, ActivityType, row_id, version))
    session.flush()
    tell(session, "activity_types", row_id)
