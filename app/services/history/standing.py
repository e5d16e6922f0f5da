"""A card as it stood at a past moment: its fields, and what hung under it, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.history import Value
from app.domain.history.things import THINGS
from app.domain.words import Message
from app.models.audit import AuditLog
from app.services.context import is_postgresql, reads
from app.services.history.belonging import history_of
from app.services.history.names import Names, label_of
from app.services.history.past import Row, states_at
from app.services.history.telling import Telling
from app.services.history.values import referred, table_named
from app.services.planner.company import company

__all__ = ["CardAt", "Part", "card_at"]


@dataclass(frozen=True, slots=True)
class Part:
    """A row that hung under the card: what kind of thing, which one, and its fields that were not empty."""

    thing: Message
    label: Value
    fields: tuple[tuple[str | Message, Value], ...]


@dataclass(frozen=True, slots=True)
class CardAt:
    """The card at the moment; without fields it was not there."""

    time_zone: str
    moment: datetime
    fields: tuple[tuple[str | Message, Value], ...]
    parts: tuple[Part, ...]


@reads
def card_at(session: Session, table: str, row_id: int, moment: datetime) -> CardAt:
    """How the card stood then; names of what it points at are today's."""
    place = company(session)
    names = Names(session, place.zone)
    telling = Telling(session, names, is_sqlite=not is_postgresql(session))
    found = states_at(session, table, [row_id], moment)[row_id]
    if found is None:
        return CardAt(place.time_zone, moment, (), ())
    rows = _parts(session, table, row_id, moment)
    for each, states in {**rows, table: [found, *rows.get(table, [])]}.items():
        _learn(each, states, names)
    parts = [
        Part(THINGS[each], label_of(each, row, names), tuple(telling.standing(each, row, under=table)))
        for each, states in rows.items()
        for row in states
    ]
    return CardAt(place.time_zone, moment, tuple(telling.standing(table, found)), tuple(parts))


def _parts(session: Session, table: str, row_id: int, moment: datetime) -> dict[str, list[Row]]:
    """The rows under the card as they stood, by table, in the order they came."""
    log = select(AuditLog.table_name, AuditLog.row_id).where(
        AuditLog.id.in_(history_of(table, row_id)), AuditLog.row_key.is_(None)
    )
    ids: dict[str, set[int]] = {}
    for name, number in session.execute(log.distinct()):
        if number is not None and "id" in table_named(name).c and (name, number) != (table, row_id):
            ids.setdefault(name, set()).add(number)
    for name, column in _UNDER.get(table, ()):
        # What came before there was a log.
        model = table_named(name)
        ids.setdefault(name, set()).update(session.scalars(select(model.c.id).where(model.c[column] == row_id)))
    found: dict[str, list[Row]] = {}
    for name in sorted(ids, key=lambda each: list(THINGS).index(each)):
        states = states_at(session, name, sorted(ids[name]), moment)
        if rows := [row for row in states.values() if row is not None and _is_under(table, row_id, row)]:
            found[name] = rows
    return found


_UNDER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "tickets": (("tasks", "ticket_id"), ("notes", "ticket_id")),
    "customers": (("customer_phones", "customer_id"), ("customer_profiles", "customer_id")),
    "tasks": (("visits", "task_id"), ("notes", "task_id")),
}
_COLUMNS = {"tickets": "ticket_id", "customers": "customer_id", "tasks": "task_id"}


def _is_under(table: str, row_id: int, row: Row) -> bool:
    """Whether a row that hangs under the card in one way or another did so then."""
    column = _COLUMNS.get(table, "")
    return column not in row or row[column] == row_id or (column == "ticket_id" and row.get("task_id") is not None)


def _learn(table: str, rows: Iterable[Row], names: Names) -> None:
    model, rows = table_named(table), list(rows)
    for column in model.c:
        target = referred(model, column.name)
        if target is not None:
            names.read(target, {row[column.name] for row in rows if row.get(column.name) is not None})
