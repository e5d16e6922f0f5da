"""Ticket types with their sub-types, and the activity type their calls are planned as."""

from collections.abc import Sequence
from typing import Any

from app.domain.words import N_
from app.services.processes.rows import TicketTypeDraft, TicketTypeRow, TypeRow
from app.services.processes.ticket_types import delete_ticket_type, list_ticket_types, save_ticket_type
from app.services.processes.types import list_types
from ui.admin.parts import HoursPart, LinesPart, PickPart, TextPart
from ui.admin.section import Call, Column, Entry, Offer, Section, Values, deletion
from ui.widgets.picker import Choice

__all__ = ["TICKET_TYPES"]


def _values(kind: TicketTypeRow | None) -> dict[str, Any]:
    if kind is None:
        return {"name": "", "activity_type": None, "due": None, "subtypes": ()}
    return {
        "name": kind.name,
        "activity_type": kind.activity_type_id,
        "due": kind.due_hours,
        "subtypes": kind.subtypes,
    }


def _save(values: Values, kind: TicketTypeRow | None) -> Call:
    draft = TicketTypeDraft(values["name"], values["activity_type"], values["subtypes"], values["due"])
    known = {"row_id": kind.id, "version": kind.version} if kind else {}
    return Call(save_ticket_type, draft, **known)


def _types(rows: Sequence[TypeRow]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_active) for row in rows]


TICKET_TYPES: Section[TicketTypeRow] = Section(
    key="ticket_types",
    text=N_("Ticket types"),
    icon="ticket",
    about=N_("What customers ask for, and the sub-types that depend on it."),
    tables=frozenset({"ticket_types", "ticket_subtypes", "activity_types"}),
    read=list_ticket_types,
    values=_values,
    title=lambda kind: kind.name,
    columns=(
        Column(N_("Name"), lambda kind: kind.name, 190),
        Column(N_("Activity type"), lambda kind: kind.activity_type, 150),
        Column(N_("Sub-types"), lambda kind: ", ".join(kind.subtypes), 200),
    ),
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),
        Entry(
            "activity_type",
            N_("Activity type"),
            lambda: PickPart(nothing=N_("None")),
            hint=N_("A new call of this type becomes work of that kind."),
        ),
        Entry(
            "due",
            N_("Due after hours"),
            HoursPart,
            hint=N_("How long a new ticket has, unless its card or its file names a date."),
        ),
        Entry("subtypes", N_("Sub-types"), LinesPart, hint=N_("One in each line."), codes=frozenset({"USED"})),
    ),
    offers=(Offer("activity_type", list_types, _types),),
    save=_save,
    new=N_("New ticket type"),
    acts=(deletion(delete_ticket_type),),
)
"""What customers ask for."""
