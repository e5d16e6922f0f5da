"""What a person fills in on a ticket's card, and what is missing before it can be saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain.words import N_, Message, message


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """The fields of a card; no state means the first one, no due date the one its type asks for."""

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


def problems(draft: TicketDraft, *, is_planned: bool) -> dict[str, Message]:
    """What is wrong, by the name of the field; `is_planned` when the back office will find somebody to do it."""
    found: dict[str, Message] = {}
    if not draft.subject.strip():
        found["subject"] = message(N_("Say in a few words what it is about."))
    if draft.handler_id is None and not is_planned:
        found["handler_id"] = message(N_("Choose who handles it."))
    return found


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
