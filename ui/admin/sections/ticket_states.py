"""Ticket states: the company's own list in its own order, and the fields each of them needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.tickets.fields import FIELDS, NEVER_EMPTY, custom_code
from app.domain.tickets.names import status_name
from app.domain.words import N_, Message, counted
from app.i18n import _, format_number, say
from app.services.tickets.custom_fields import OwnField, list_own_fields
from app.services.tickets.statuses import (
    StatusDraft,
    StatusRow,
    delete_status,
    list_statuses,
    move_status,
    save_status,
)
from ui.admin.more_parts import BuiltInNamePart
from ui.admin.parts import ManyPart, Part, TickPart, picked
from ui.admin.section import Act, Call, Column, Entry, Offer, Section, Values, deletion, in_words
from ui.widgets.picker import Choice

__all__ = ["TICKET_STATES"]


def _values(state: StatusRow | None) -> dict[str, Any]:
    if state is None:
        return {"name": "", "closes": False, "fields": ()}
    return {"name": state.name or "", "closes": state.is_closed, "fields": picked(state.fields)}


def _save(values: Values, state: StatusRow | None) -> Call:
    draft = StatusDraft(values["name"] or None, values["closes"], values["fields"])
    known = {"row_id": state.id, "version": state.version} if state else {}
    return Call(save_status, draft, **known)


def _title(state: StatusRow) -> str:
    return in_words(status_name(state.code, state.name))


def _fields(own: Sequence[OwnField]) -> list[Choice]:
    built_in = [Choice(code, say(name)) for code, name in FIELDS.items() if code not in NEVER_EMPTY]
    return built_in + [Choice(custom_code(field.id), field.name) for field in own if field.is_active]


def _adapt(parts: Mapping[str, Part], state: StatusRow | None, key: str) -> None:
    name = parts["name"]
    if key == "name" and isinstance(name, BuiltInNamePart):
        name.stand_in(status_name(state.code, None) if state else "")
    parts["closes"].widget.setEnabled(state is None or state.code is None)


def _lacking(state: StatusRow) -> Message | None:
    if not state.lacking:
        return None
    return counted(
        "{count} open ticket in this state lacks a mandatory field. It stays until somebody fills it in.",
        "{count} open tickets in this state lack a mandatory field. They stay until somebody fills them in.",
        state.lacking,
    )


def _move(key: str, text: str, icon: str, *, up: bool) -> Act[StatusRow]:
    return Act(key, lambda state: text, icon, lambda state: Call(move_status, state.id, up=up), only_icon=True)


TICKET_STATES: Section[StatusRow] = Section(
    key="ticket_states",
    text=N_("Ticket states"),
    icon="check",
    about=N_("Where tickets stand, in the order of the list, and which fields must be filled before they get there."),
    tables=frozenset({"ticket_statuses", "status_fields", "custom_fields"}),
    read=list_statuses,
    values=_values,
    title=_title,
    columns=(
        Column(N_("Name"), _title, 200, sort=_title),
        Column(N_("Closes"), lambda state: _("Yes") if state.is_closed else "", 80),
        Column(
            N_("Mandatory fields"),
            lambda state: format_number(len(state.fields)) if state.fields else "",
            145,
            sort=lambda state: len(state.fields),
        ),
        Column(
            N_("Incomplete tickets"),
            lambda state: format_number(state.lacking) if state.lacking else "",
            150,
            sort=lambda state: state.lacking,
        ),
    ),
    entries=(
        Entry("name", N_("Name"), BuiltInNamePart, codes=frozenset({"NAME", "TAKEN"})),
        Entry(
            "closes",
            N_("Closes the ticket"),
            TickPart,
            hint=N_("A ticket in this state is closed, with its tasks."),
            codes=frozenset({"CLOSES", "USED"}),
        ),
        Entry(
            "fields",
            N_("Mandatory fields"),
            ManyPart,
            hint=N_("No ticket gets into this state while one of these is empty, whichever way it comes."),
            codes=frozenset({"FIELDS"}),
        ),
    ),
    offers=(Offer("fields", list_own_fields, _fields),),
    save=_save,
    new=N_("New state"),
    adapt=_adapt,
    after=_lacking,
    acts=(
        _move("up", N_("Move up"), "sort-up", up=True),
        _move("down", N_("Move down"), "sort-down", up=False),
        deletion(delete_status, can=lambda state: state.code is None),
    ),
)
"""Where tickets stand."""
