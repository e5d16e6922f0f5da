"""Activity types: kinds of work under their practice, with expected time, colour and the group that plans them."""

from collections.abc import Sequence
from typing import Any

from app.domain.processes import LONGEST_MINUTES, MACRO_TYPES, SHORTEST_MINUTES
from app.domain.words import N_
from app.i18n import _, format_duration, say
from app.services.people.groups import list_groups
from app.services.people.rows import GroupRow
from app.services.processes.named import list_practices
from app.services.processes.rows import NamedRow, TypeDraft, TypeRow
from app.services.processes.types import delete_type, list_types, save_type
from app.services.tickets.numerators import NumeratorRow, list_numerators
from ui.admin.parts import ColourPart, MinutesPart, PickPart, TextPart, TickPart
from ui.admin.section import Call, Column, Entry, Offer, Section, Values, deletion
from ui.kit import theme
from ui.widgets.picker import Choice
from ui.widgets.swatch import swatch_icon

__all__ = ["ACTIVITY_TYPES"]


def _values(kind: TypeRow | None) -> dict[str, Any]:
    if kind is None:
        new = TypeDraft("", colour=theme.CATEGORIES[0].fill)
        return _fields(new)
    return _fields(kind)


def _fields(kind: TypeRow | TypeDraft) -> dict[str, Any]:
    return {
        "name": kind.name,
        "practice": kind.practice_id,
        "macro_type": kind.macro_type,
        "minutes": kind.expected_minutes,
        "colour": kind.colour,
        "schedulable": kind.is_schedulable,
        "office": kind.back_office_group_id,
        "any_site": kind.any_site,
        "active": kind.is_active,
        "numerator": kind.numerator_id,
        "notifies": kind.notifies,
    }


def _save(values: Values, kind: TypeRow | None) -> Call:
    draft = TypeDraft(
        name=values["name"],
        practice_id=values["practice"],
        macro_type=values["macro_type"],
        expected_minutes=values["minutes"],
        colour=values["colour"],
        is_schedulable=values["schedulable"],
        any_site=values["any_site"],
        back_office_group_id=values["office"],
        is_active=values["active"],
        numerator_id=values["numerator"],
        notifies=values["notifies"],
    )
    known = {"row_id": kind.id, "version": kind.version} if kind else {}
    return Call(save_type, draft, **known)


def _name(kind: TypeRow) -> str:
    return kind.name if kind.is_active else _("{name} (not active)", name=kind.name)


def _practices(rows: Sequence[NamedRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows]


def _offices(rows: Sequence[GroupRow]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_back_office) for row in rows]


def _numerators(rows: Sequence[NumeratorRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows]


def _minutes() -> MinutesPart:
    return MinutesPart(SHORTEST_MINUTES, LONGEST_MINUTES)


_GENERAL = (
    Entry(
        "name",
        N_("Name"),
        TextPart,
        heading=N_("General"),
        codes=frozenset({"NAME", "TAKEN"}),
        needed=N_("The name is missing."),
    ),
    Entry("practice", N_("Practice"), lambda: PickPart(nothing=N_("Without a practice"))),
    Entry(
        "macro_type",
        N_("Kind"),
        lambda: PickPart(fixed=tuple(MACRO_TYPES.items())),
        codes=frozenset({"MACRO"}),
        needed=N_("The kind is missing."),
    ),
    Entry(
        "minutes",
        N_("Expected time"),
        _minutes,
        hint=N_("How long a visit is when it is put on the planner."),
        codes=frozenset({"MINUTES"}),
    ),
    Entry(
        "colour",
        N_("Colour"),
        ColourPart,
        hint=N_("Fills its bars on the planner. The stripe at their edge shows the state."),
        codes=frozenset({"COLOUR"}),
    ),
    Entry(
        "numerator",
        N_("Numerator"),
        lambda: PickPart(nothing=N_("None")),
        hint=N_("Gives its tasks their numbers."),
    ),
    Entry(
        "notifies",
        N_("Notifies"),
        TickPart,
        hint=N_("Who is given such a task is told at once."),
    ),
    Entry("active", N_("Active"), TickPart, hint=N_("What is not active stays on old work and is not offered anew.")),
)
_PLANNING = (
    Entry(
        "schedulable",
        N_("Schedulable"),
        TickPart,
        heading=N_("Planning"),
        hint=N_("Calls of this type wait to be planned."),
    ),
    Entry(
        "office",
        N_("Planned by"),
        lambda: PickPart(nothing=N_("The first back-office group")),
        hint=N_("The back-office group that gets them."),
    ),
    Entry("any_site", N_("Any site"), TickPart, hint=N_("It may be done from anywhere, such as a phone call.")),
)

ACTIVITY_TYPES: Section[TypeRow] = Section(
    key="activity_types",
    text=N_("Activity types"),
    icon="intervention",
    about=N_("The kinds of work, by practice. Who may do them is set under Enabled types."),
    tables=frozenset({"activity_types", "practices", "groups", "numerators"}),
    read=list_types,
    values=_values,
    title=lambda kind: kind.name,
    group=lambda kind: kind.practice or _("Without a practice"),
    is_muted=lambda kind: not kind.is_active,
    columns=(
        Column(N_("Name"), _name, 180, icon=lambda kind: swatch_icon(kind.colour)),
        Column(N_("Kind"), lambda kind: say(MACRO_TYPES[kind.macro_type]), 115),
        Column(
            N_("Expected time"),
            lambda kind: format_duration(kind.expected_minutes),
            130,
            sort=lambda kind: kind.expected_minutes,
        ),
        Column(N_("Planned by"), lambda kind: kind.back_office if kind.is_schedulable else _("Not planned"), 140),
    ),
    entries=_GENERAL + _PLANNING,
    offers=(
        Offer("practice", list_practices, _practices),
        Offer("office", list_groups, _offices),
        Offer("numerator", list_numerators, _numerators),
    ),
    save=_save,
    new=N_("New activity type"),
    acts=(deletion(delete_type),),
)
"""Kinds of work."""
