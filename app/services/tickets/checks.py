"""What a ticket's card may say: lists that depend on each other, values of own fields, fields a state asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import Incomplete
from app.domain.tickets.complete import missing_fields
from app.domain.tickets.draft import TicketDraft, wrong_value
from app.domain.tickets.fields import custom_code, missing
from app.domain.words import N_, Message, message
from app.models.tickets import Product, Project, TicketSubtype, TicketSubtype2, TicketType
from app.services.tickets.custom_fields import kinds, names, own_fields, required_fields


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What a ticket type decides about its tickets besides their work."""

    priority: int | None = None
    numerator_id: int | None = None


def type_facts(session: Session, type_id: int | None) -> TypeFacts:
    """The facts of a type; none without one."""
    if type_id is None:
        return TypeFacts()
    asked = select(TicketType.priority, TicketType.numerator_id)
    row = session.execute(asked.where(TicketType.id == type_id)).first()
    return TypeFacts() if row is None else TypeFacts(*row)


def with_priority(draft: TicketDraft, facts: TypeFacts, before: TicketDraft | None = None) -> TicketDraft:
    """The draft with the priority of its type, unless a person has set another."""
    is_set_now = before is not None and before.type_id == draft.type_id and before.priority != draft.priority
    if draft.is_priority_by_hand or is_set_now:
        return replace(draft, is_priority_by_hand=True)
    return draft if facts.priority is None else replace(draft, priority=facts.priority)


def refuse_misfits(session: Session, draft: TicketDraft, before: TicketDraft | None = None) -> None:
    """Refuse choices that do not belong together and values that own fields cannot have; what was there may stay."""
    if wrong := _misfits(session, draft, before) | _wrong_values(session, draft, before):
        raise Incomplete(wrong)


def _misfits(session: Session, draft: TicketDraft, before: TicketDraft | None) -> dict[str, Message]:
    pairs: tuple[tuple[str, str, Any, str], ...] = (
        ("type_id", "subtype_id", TicketSubtype.type_id, N_("This sub-type belongs to another type.")),
        ("subtype_id", "subtype2_id", TicketSubtype2.subtype_id, N_("This belongs to another sub-type.")),
        ("product_group_id", "product_id", Product.group_id, N_("This product is of another group.")),
        ("project_id", "subproject_id", Project.parent_id, N_("This sub-project belongs to another project.")),
    )
    found: dict[str, Message] = {}
    for above, below, column, words in pairs:
        owner, chosen = getattr(draft, above), getattr(draft, below)
        is_kept = before is not None and (getattr(before, above), getattr(before, below)) == (owner, chosen)
        if chosen is None or is_kept or (owner is None and below == "product_id"):
            continue
        if owner is None or session.scalar(select(column).where(column.class_.id == chosen)) != owner:
            found[below] = message(words)
    return found


def _wrong_values(session: Session, draft: TicketDraft, before: TicketDraft | None) -> dict[str, Message]:
    kept = before.custom if before else {}
    changed = {key: value for key, value in draft.custom.items() if value != kept.get(key)}
    if not changed:
        return {}
    known, found = own_fields(session), {}
    for key, value in changed.items():
        field = known.get(int(key)) if key.isdecimal() else None
        if field is None:
            found[f"custom.{key}"] = message(N_("There is no such field."))
        elif (wrong := wrong_value(field.kind, value, field.choices)) is not None:
            found[custom_code(field.id)] = wrong
    return found


def refuse_empty(
    session: Session, status_id: int, values: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> None:
    """Refuse a state whose mandatory fields are empty, naming every one; `before` has the same state and may stay so.

    The database has the last word on every path; this says it in words before it is asked.
    """
    required = required_fields(session, status_id)
    if not required:
        return
    known = kinds(session)
    empty = missing_fields(values, required, known)
    if before is not None:
        was_empty = missing_fields(before, required, known)
        empty = tuple(code for code in empty if code not in was_empty)
    if empty:
        raise missing(empty, names(session))
