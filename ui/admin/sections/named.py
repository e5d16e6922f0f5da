"""Practices and sites: lists of names."""

from collections.abc import Callable
from typing import Any

from app.domain.words import N_
from app.i18n import format_number
from app.services.processes import named
from app.services.processes.rows import NamedRow
from ui.admin.parts import TextPart
from ui.admin.section import Call, Column, Entry, Section, Values, deletion

__all__ = ["PRACTICES", "SITES"]


def _values(row: NamedRow | None) -> dict[str, Any]:
    return {"name": row.name if row else ""}


def _saving(service: Callable[..., NamedRow]) -> Callable[[Values, NamedRow | None], Call]:
    def save(values: Values, row: NamedRow | None) -> Call:
        known = {"row_id": row.id, "version": row.version} if row else {}
        return Call(service, values["name"], **known)

    return save


def _columns(uses: str) -> tuple[Column[NamedRow], ...]:
    return (
        Column(N_("Name"), lambda row: row.name, 240),
        Column(uses, lambda row: format_number(row.uses), 120, sort=lambda row: row.uses),
    )


_ENTRIES = (Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),)

PRACTICES: Section[NamedRow] = Section(
    key="practices",
    text=N_("Practices"),
    icon="folder",
    about=N_("Sectors of the company, such as sales or technical assistance. Each groups its own activity types."),
    tables=frozenset({"practices", "activity_types"}),
    read=named.list_practices,
    values=_values,
    title=lambda row: row.name,
    columns=_columns(N_("Activity types")),
    entries=_ENTRIES,
    save=_saving(named.save_practice),
    new=N_("New practice"),
    acts=(deletion(named.delete_practice),),
)
"""What groups activity types."""

SITES: Section[NamedRow] = Section(
    key="sites",
    text=N_("Sites"),
    icon="site",
    about=N_("The sites of the company: calls lie in them, and technicians are present at them."),
    tables=frozenset({"sites"}),
    read=named.list_sites,
    values=_values,
    title=lambda row: row.name,
    columns=_columns(N_("Tickets")),
    entries=_ENTRIES,
    save=_saving(named.save_site),
    new=N_("New site"),
    acts=(deletion(named.delete_site),),
)
"""Where calls lie and technicians are."""
