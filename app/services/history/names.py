"""Rows called by their names: whom a column points at, and which row a change is about."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dialer.hours import day_name
from app.domain.dialer.pauses import pause_name
from app.domain.dialer.statuses import call_status_name
from app.domain.history.things import named_by
from app.domain.people import role_name
from app.domain.processes.kinds import state_name
from app.domain.tickets.fields import field_name
from app.domain.tickets.names import note_kind_name, status_name
from app.domain.words import N_, Message, message
from app.services.history.values import referred, table_named

__all__ = ["Name", "Names", "label_of"]

Name = str | Message | datetime | date
"""A text, or the day or moment a row begins on."""

_CALLED: Mapping[str, Callable[[Any, str | None], str | Message]] = {
    "roles": role_name,
    "ticket_statuses": status_name,
    "activity_states": state_name,
    "note_kinds": note_kind_name,
    "pause_reasons": pause_name,
    "call_statuses": call_status_name,
}
_LONGEST = 40


class Names:
    """The names of rows of any table, read once each, whole sets at a time."""

    def __init__(self, session: Session, zone: tzinfo) -> None:
        self._session = session
        self.zone = zone
        self._found: dict[tuple[str, int], Name] = {}

    def read(self, table: str, ids: Collection[int]) -> None:
        """Learn what these rows are called; a row that is gone is called by its number."""
        missing = [row_id for row_id in ids if (table, row_id) not in self._found]
        if not missing:
            return
        model = table_named(table)
        columns = [model.c[name] for name in named_by(table) if name in model.c]
        rows = self._session.execute(select(model.c.id, *columns).where(model.c.id.in_(missing))).mappings().all()
        self.learn(table, {row["id"]: dict(row) for row in rows})

    def learn(self, table: str, rows: Mapping[int, Mapping[str, Any]]) -> None:
        """Learn the names of rows whose values are known."""
        model = table_named(table)
        for column in named_by(table):
            target = referred(model, column) if column in model.c else None
            if target is not None:
                self.read(target, {row[column] for row in rows.values() if row.get(column) is not None})
        for row_id, row in rows.items():
            self._found[table, row_id] = label_of(table, row, self)

    def of(self, table: str, row_id: int) -> Name:
        """What a row is called; by its number where it could not be read."""
        return self._found.get((table, row_id)) or message(N_("number {id}"), id=str(row_id))

    def known(self, table: str, row_id: int) -> bool:
        """Whether a row's name was found."""
        return (table, row_id) in self._found


def label_of(table: str, row: Mapping[str, Any], names: Names) -> Name:
    """What a row of these values is called; empty where nothing names it."""
    if table in _CALLED:
        return _CALLED[table](row.get("code"), row.get("name"))
    model = table_named(table)
    for column in named_by(table):
        value = row.get(column)
        if value is None or value == "":
            continue
        target = referred(model, column) if column in model.c else None
        return names.of(target, value) if target is not None else _shown(table, column, value, names.zone)
    return ""


def _shown(table: str, column: str, value: Any, zone: tzinfo) -> Name:
    if (table, column) == ("working_hours", "weekday"):
        return day_name(str(value))
    if (table, column) == ("status_fields", "field"):
        return field_name(value)
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, date):
        return value
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
