"""A filter of the ticket list with its order, as it is kept under a name: plain values that JSON can hold."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from app.domain.tickets.order import COLUMNS, Sort, SortBy, TicketFilter

_MOMENTS = ("opened_from", "opened_before")
_SWITCHES = ("open_only", "is_mine", "is_overdue")


def kept_of(wanted: TicketFilter, sort: Sort) -> dict[str, Any]:
    """What is kept: what differs from a list of everything, and the order."""
    bare = TicketFilter()
    values = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    found = {name: value for name, value in values.items() if value != getattr(bare, name)}
    found |= {name: found[name].isoformat() for name in _MOMENTS if name in found}
    return found | {"sort": sort.by.value, "descending": sort.descending}


def of_kept(stored: Mapping[str, Any]) -> tuple[TicketFilter, Sort]:
    """The filter and the order again; what cannot be understood is left out."""
    values: dict[str, Any] = {name: stored[name] for name in COLUMNS if _is_number(stored.get(name))}
    values |= {name: True for name in _SWITCHES if stored.get(name) is True}
    values |= {name: moment for name in _MOMENTS if (moment := _moment(stored.get(name))) is not None}
    if stored.get("empty") in COLUMNS:
        values["empty"] = stored["empty"]
    if isinstance(stored.get("text"), str):
        values["text"] = stored["text"]
    known = {each.value for each in SortBy}
    by = SortBy(stored["sort"]) if stored.get("sort") in known else SortBy.NUMBER
    return TicketFilter(**values), Sort(by, descending=stored.get("descending") is not False)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
