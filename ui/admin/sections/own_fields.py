"""Fields of the company's own, for the cards of tickets and tasks."""

from collections.abc import Mapping
from typing import Any

from app.domain.tickets.own_fields import KINDS
from app.domain.words import N_
from app.i18n import _, say
from app.services.tickets.custom_fields import (
    OwnField,
    OwnFieldDraft,
    delete_own_field,
    list_own_fields,
    save_own_field,
)
from ui.admin.parts import LinesPart, Part, PickPart, TextPart, TickPart
from ui.admin.section import Call, Column, Entry, Section, Values, deletion

__all__ = ["OWN_FIELDS"]


def _values(field: OwnField | None) -> dict[str, Any]:
    shown = field or OwnFieldDraft("")
    return {"name": shown.name, "kind": shown.kind, "choices": shown.choices, "active": shown.is_active}


def _save(values: Values, field: OwnField | None) -> Call:
    draft = OwnFieldDraft(values["name"], values["kind"], values["choices"], values["active"])
    known = {"row_id": field.id, "version": field.version} if field else {}
    return Call(save_own_field, draft, **known)


def _adapt(parts: Mapping[str, Part], _field: OwnField | None, _key: str) -> None:
    parts["choices"].widget.setEnabled(parts["kind"].value() == "choice")


def _name(field: OwnField) -> str:
    return field.name if field.is_active else _("{name} (not active)", name=field.name)


OWN_FIELDS: Section[OwnField] = Section(
    key="own_fields",
    text=N_("Own fields"),
    icon="columns",
    about=N_("Fields of your own. They are on the cards where the card layout puts them."),
    tables=frozenset({"custom_fields"}),
    read=list_own_fields,
    values=_values,
    title=lambda field: field.name,
    is_muted=lambda field: not field.is_active,
    columns=(
        Column(N_("Name"), _name, 200),
        Column(N_("Kind"), lambda field: say(KINDS[field.kind]), 110),
        Column(N_("Choices"), lambda field: ", ".join(field.choices), 220),
    ),
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),
        Entry(
            "kind",
            N_("Kind"),
            lambda: PickPart(fixed=tuple(KINDS.items())),
            hint=N_("It cannot change once a ticket or a task has a value in this field."),
            codes=frozenset({"KIND", "USED"}),
            needed=N_("The kind is missing."),
        ),
        Entry(
            "choices",
            N_("Choices"),
            LinesPart,
            hint=N_("One in each line. A choice you take away stays where it was chosen."),
            codes=frozenset({"CHOICES"}),
        ),
        Entry(
            "active",
            N_("Active"),
            TickPart,
            hint=N_("What is not active stays on old work and is not offered anew."),
            codes=frozenset({"ASKED"}),
        ),
    ),
    save=_save,
    new=N_("New field"),
    adapt=_adapt,
    acts=(deletion(delete_own_field),),
)
"""Fields of the company's own."""
