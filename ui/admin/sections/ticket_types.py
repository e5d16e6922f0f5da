"""Ticket types with two levels of sub-types, and what becomes of their tickets."""

from collections.abc import Sequence
from typing import Any

from app.domain.tickets.names import PRIORITIES
from app.domain.words import N_
from app.i18n import say
from app.services.processes.rows import Offered, TicketTypeDraft, TicketTypeRow, TypeRow
from app.services.processes.ticket_types import (
    delete_ticket_type,
    list_ticket_types,
    offered_processes,
    save_ticket_type,
)
from app.services.processes.types import list_types
from app.services.tickets.numerators import NumeratorRow, list_numerators
from ui.admin.more_parts import SubtypesPart
from ui.admin.parts import HoursPart, PickPart, TextPart
from ui.admin.section import Call, Column, Entry, Offer, Section, Values, deletion
from ui.widgets.picker import Choice

__all__ = ["TICKET_TYPES"]


def _values(kind: TicketTypeRow | None) -> dict[str, Any]:
    shown = kind or TicketTypeDraft("")
    return {
        "name": shown.name,
        "priority": shown.priority,
        "activity_type": shown.activity_type_id,
        "process": shown.process_id,
        "due": shown.due_hours,
        "numerator": shown.numerator_id,
        "subtypes": shown.subtypes,
    }


def _save(values: Values, kind: TicketTypeRow | None) -> Call:
    draft = TicketTypeDraft(
        name=values["name"],
        activity_type_id=values["activity_type"],
        subtypes=values["subtypes"],
        due_hours=values["due"],
        priority=values["priority"],
        process_id=values["process"],
        numerator_id=values["numerator"],
    )
    known = {"row_id": kind.id, "version": kind.version} if kind else {}
    return Call(save_ticket_type, draft, **known)


def _types(rows: Sequence[TypeRow]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_active) for row in rows]


def _processes(rows: Sequence[Offered]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_active) for row in rows]


def _numerators(rows: Sequence[NumeratorRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows]


def _priority(kind: TicketTypeRow) -> str:
    return "" if kind.priority is None else say(PRIORITIES[kind.priority])


_GENERAL = (
    Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),
    Entry(
        "subtypes",
        N_("Sub-types"),
        SubtypesPart,
        hint=N_("Level 2 is on the card where the card layout has it."),
        codes=frozenset({"USED"}),
    ),
)
_BECOMES = (
    Entry(
        "priority",
        N_("Priority"),
        lambda: PickPart(nothing=N_("None"), fixed=tuple(PRIORITIES.items())),
        heading=N_("What becomes of it"),
        hint=N_("A ticket has it until somebody sets another by hand."),
        codes=frozenset({"PRIORITY"}),
    ),
    Entry(
        "process",
        N_("Process"),
        lambda: PickPart(nothing=N_("None")),
        hint=N_("A new ticket's task begins at the intake stage of this process."),
    ),
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
    Entry(
        "numerator",
        N_("Numerator"),
        lambda: PickPart(nothing=N_("None")),
        hint=N_("Gives its tickets their numbers."),
    ),
)

TICKET_TYPES: Section[TicketTypeRow] = Section(
    key="ticket_types",
    text=N_("Ticket types"),
    icon="ticket",
    about=N_("What customers ask for, and the sub-types that depend on it."),
    tables=frozenset({"ticket_types", "ticket_subtypes", "activity_types", "processes", "numerators"}),
    read=list_ticket_types,
    values=_values,
    title=lambda kind: kind.name,
    columns=(
        Column(N_("Name"), lambda kind: kind.name, 170),
        Column(N_("Priority"), _priority, 90, sort=lambda kind: 9 if kind.priority is None else kind.priority),
        Column(N_("Process"), lambda kind: kind.process, 120),
        Column(N_("Activity type"), lambda kind: kind.activity_type, 130),
        Column(N_("Sub-types"), lambda kind: ", ".join(subtype.name for subtype in kind.subtypes), 200),
    ),
    entries=_GENERAL + _BECOMES,
    offers=(
        Offer("activity_type", list_types, _types),
        Offer("process", offered_processes, _processes),
        Offer("numerator", list_numerators, _numerators),
    ),
    save=_save,
    new=N_("New ticket type"),
    acts=(deletion(delete_ticket_type),),
)
"""What customers ask for."""
