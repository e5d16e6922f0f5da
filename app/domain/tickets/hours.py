"""Hours people report: what kinds there are, what each is linked to, and what cannot be written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from app.domain.words import N_, Message, counted, message

KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "work": message(N_("Work")),
        "general": message(N_("General")),
        "leave": message(N_("Leave")),
        "sickness": message(N_("Sickness")),
        "allotment": message(N_("Allotment")),
    }
)
"""The kinds of an entry by code; an allotment is time promised, the others are time used."""

ABSENT = frozenset({"leave", "sickness"})
"""Kinds that belong to nobody's work."""

_DAY = 24 * 60
_LONGEST_ALLOTMENT = 10_000
"""In hours."""


@dataclass(frozen=True, slots=True)
class HoursDraft:
    """What a user writes down: minutes of a day, of what kind, for whom and what."""

    day: date
    minutes: int
    kind: str = "work"
    customer_id: int | None = None
    ticket_id: int | None = None
    task_id: int | None = None
    project_id: int | None = None
    note: str = ""


def problems(draft: HoursDraft) -> dict[str, Message]:
    """What is wrong, by the name of the field."""
    found: dict[str, Message] = {}
    is_linked = any((draft.customer_id, draft.ticket_id, draft.task_id, draft.project_id))
    if draft.kind not in KINDS:
        found["kind"] = message(N_("Choose a kind."))
    if draft.kind == "allotment":
        if not 1 <= draft.minutes <= _LONGEST_ALLOTMENT * 60:
            found["minutes"] = counted(
                "Between one minute and {count} hour.", "Between one minute and {count} hours.", _LONGEST_ALLOTMENT
            )
    elif not 1 <= draft.minutes <= _DAY:
        found["minutes"] = message(N_("Between one minute and the whole day."))
    if draft.kind in {"work", "allotment"} and not is_linked:
        found["customer_id"] = message(N_("Choose the customer, ticket or project this was for."))
    if draft.kind in ABSENT and is_linked:
        found["kind"] = message(N_("Leave and sickness belong to no customer, ticket or project."))
    return found


def week_of(day: date, first_weekday: int) -> tuple[date, date]:
    """The first day of the week the day is in, and the first of the next; weeks begin on this weekday (Monday 0)."""
    start = day - timedelta(days=(day.weekday() - first_weekday) % 7)
    return start, start + timedelta(days=7)
