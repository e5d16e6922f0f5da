"""Numerators: how the numbers of tickets and tasks look, and which comes next."""

from collections.abc import Mapping
from typing import Any

from app.domain.words import N_
from app.services.tickets.numerators import (
    MOST_DIGITS,
    NumeratorDraft,
    NumeratorRow,
    delete_numerator,
    list_numerators,
    save_numerator,
)
from ui.admin.more_parts import NumberPart, ShownPart
from ui.admin.parts import Part, TextPart
from ui.admin.section import Call, Column, Entry, Section, Values, deletion

__all__ = ["NUMERATORS"]

_HIGHEST = 2_000_000_000


def _values(row: NumeratorRow | None) -> dict[str, Any]:
    if row is None:
        return {"name": "", "prefix": "", "digits": 5, "next": 1, "preview": None}
    return {"name": row.name, "prefix": row.prefix, "digits": row.digits, "next": row.next_number, "preview": None}


def _save(values: Values, row: NumeratorRow | None) -> Call:
    # A next number nobody touched goes on from wherever it stands by then.
    following = None if row is not None and values["next"] == row.next_number else values["next"]
    draft = NumeratorDraft(values["name"], values["prefix"], values["digits"], following)
    known = {"row_id": row.id, "version": row.version} if row else {}
    return Call(save_numerator, draft, **known)


def _preview(parts: Mapping[str, Part], _row: NumeratorRow | None, _key: str) -> None:
    shown = parts["preview"]
    if isinstance(shown, ShownPart):
        prefix, digits, following = (parts[key].value() for key in ("prefix", "digits", "next"))
        shown.show(NumeratorRow(0, 0, "", prefix, digits, following).next)


NUMERATORS: Section[NumeratorRow] = Section(
    key="numerators",
    text=N_("Numerators"),
    icon="sort",
    about=N_("They number tickets and tasks by themselves. A ticket type or an activity type names the one it uses."),
    tables=frozenset({"numerators"}),
    read=list_numerators,
    values=_values,
    title=lambda row: row.name,
    columns=(Column(N_("Name"), lambda row: row.name, 200), Column(N_("Next number"), lambda row: row.next, 160)),
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),
        Entry("prefix", N_("Prefix"), TextPart, hint=N_("Stands before every number."), codes=frozenset({"PREFIX"})),
        Entry("digits", N_("Digits"), lambda: NumberPart(1, MOST_DIGITS), codes=frozenset({"DIGITS"})),
        Entry("next", N_("Next number"), lambda: NumberPart(1, _HIGHEST), codes=frozenset({"NEXT"})),
        Entry("preview", N_("Preview"), ShownPart),
    ),
    save=_save,
    new=N_("New numerator"),
    adapt=_preview,
    acts=(deletion(delete_numerator),),
)
"""What numbers tickets and tasks."""
