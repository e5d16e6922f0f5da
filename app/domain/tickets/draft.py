"""What a person fills in on a ticket's card, and what is missing before it can be saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeVar

from app.domain.words import N_, Message, message


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """The fields of a card; no state means the first one, no due date the one its type asks for.

    The priority is that of the type unless `is_priority_by_hand`. `custom` are the values of the company's own fields
    by the text of their keys; a field without a value is not in it.
    """

    subject: str = ""
    description: str = ""
    customer_id: int | None = None
    type_id: int | None = None
    subtype_id: int | None = None
    status_id: int | None = None
    priority: int = 2
    responsible_id: int | None = None
    handler_id: int | None = None
    site_id: int | None = None
    address: str | None = None
    due_at: datetime | None = None
    subtype2_id: int | None = None
    product_group_id: int | None = None
    product_id: int | None = None
    project_id: int | None = None
    subproject_id: int | None = None
    is_priority_by_hand: bool = False
    custom: Mapping[str, Any] = field(default_factory=dict)


def problems(draft: TicketDraft, *, is_automatic: bool) -> dict[str, Message]:
    """What is wrong, by the name of the field; `is_automatic` when somebody is found to do it without being named."""
    found: dict[str, Message] = {}
    if not draft.subject.strip():
        found["subject"] = message(N_("Say in a few words what it is about."))
    if draft.handler_id is None and not is_automatic:
        found["handler_id"] = message(N_("Choose who handles it."))
    return found


def wrong_value(kind: str, value: Any, choices: Iterable[str]) -> Message | None:
    """What is wrong with the value of a field of the company's own, by the kind of the field."""
    if kind == "check":
        return None if isinstance(value, bool) else message(N_("Tick it or leave it empty."))
    if not isinstance(value, str):
        return message(N_("This cannot be read."))
    if kind == "number":
        return None if number_text(value) == value else message(N_("Write a number here."))
    if kind == "date":
        return None if _is_day(value) else message(N_("Write a date here."))
    if kind == "choice":
        return None if value in choices else message(N_("Choose one from the list."))
    return None


def number_text(typed: str) -> str | None:
    """A number as it is kept: exact decimal text with a point; None for what is no number."""
    try:
        number = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) < 20 else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class _Person(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def is_active(self) -> bool: ...


P = TypeVar("P", bound=_Person)


def offered(people: Iterable[P], *, keep: Iterable[int | None] = ()) -> tuple[P, ...]:
    """Whom a card offers as responsible or handler: the active users, and an inactive one only while it has him."""
    kept = set(keep)
    return tuple(person for person in people if person.is_active or person.id in kept)
