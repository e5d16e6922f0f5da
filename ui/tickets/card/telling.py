"""The values of a card's fields in words, for the choice between two of them."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from app.domain.merging import Clash
from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.fields import field_name
from app.domain.words import Message
from app.i18n import _, format_datetime, say
from ui.kit.editing import Editing
from ui.tickets.card.choices import Choices
from ui.widgets.merge.window import Asked

__all__ = ["draft_title", "fields_in_words", "in_words", "settle"]

_UNTOLD = frozenset({"is_priority_by_hand"})
"""Goes with the priority: nobody is asked about it."""

_LONG = frozenset({"description"})


def draft_title(draft: TicketDraft, customer: str, number: str) -> str:
    """What a list of drafts calls it: the customer and the subject, or the number."""
    return " – ".join(filter(None, [customer.strip(), draft.subject.strip()])) or number


def fields_in_words(codes: frozenset[str], own_names: Mapping[int, str]) -> list[str | Message]:
    """The names of these fields."""
    return [field_name(code, own_names) for code in sorted(codes - _UNTOLD)]


def in_words(
    clash: Clash, choices: Choices, own_names: Mapping[int, str], customers: Mapping[int, str], zone: tzinfo | None
) -> Asked | None:
    """One field with both values, as people call them; None for what goes with another field."""
    if clash.field in _UNTOLD:
        return None
    name = field_name(clash.field, own_names)

    def said(value: Any) -> str:
        if clash.field == "customer_id":
            return customers.get(value, "")
        return _said(clash.field, value, choices, zone)

    label = say(name) if isinstance(name, Message) else name
    return Asked(clash, label, said, clash.field not in _LONG, takes_both=not clash.field.endswith("_id"))


def _said(code: str, value: Any, choices: Choices, zone: tzinfo | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return format_datetime(value, zone)
    if code.endswith("_id") or code == "priority":
        return choices.text(code, value)
    return str(value)


def settle(editing: Editing[TicketDraft], chosen: Mapping[str, Any]) -> bool:
    """Take what was chosen; whether the priority was set by hand goes with whose priority it is.

    False when the person has to be asked again.
    """
    theirs = editing.theirs[0] if editing.theirs is not None else None
    values = dict(chosen)
    if theirs is not None and values.get("priority") == theirs.priority:
        values["is_priority_by_hand"] = theirs.is_priority_by_hand
    return editing.settle(values)
