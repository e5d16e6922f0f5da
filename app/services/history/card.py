"""The history of one card: who changed what, newest first, a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.history import Change, FieldChange
from app.domain.history.fields import is_told
from app.domain.history.things import THINGS
from app.domain.words import N_, Message, message
from app.models.audit import AuditLog
from app.models.people import User
from app.services.context import is_postgresql, reads
from app.services.history.belonging import history_of
from app.services.history.names import Names
from app.services.history.telling import Telling
from app.services.history.values import old_values, referred, table_named
from app.services.planner.company import company

__all__ = ["PAGE", "History", "Person", "people_of", "read"]

PAGE = 50


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who changed the card."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class History:
    """One page of changes; `next_key` leads to the older ones, None when there are none."""

    time_zone: str
    changes: tuple[Change, ...]
    next_key: int | None


@reads
def read(
    session: Session,
    table: str,
    row_id: int,
    *,
    person: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> History:
    """What was done to a card and what hangs under it, by one person or anybody, within `[since, until)`."""
    found = select(AuditLog).where(AuditLog.id.in_(history_of(table, row_id)))
    if person is not None:
        found = found.where(AuditLog.user_id == person)
    if since is not None:
        found = found.where(AuditLog.at >= since)
    if until is not None:
        found = found.where(AuditLog.at < until)
    if after is not None:
        found = found.where(AuditLog.id < after)
    entries = session.scalars(found.order_by(AuditLog.id.desc()).limit(limit)).all()
    place = company(session)
    changes = _told(session, entries, (table, row_id), place.zone)
    return History(place.time_zone, tuple(changes), entries[-1].id if len(entries) == limit else None)


@reads
def people_of(session: Session, table: str, row_id: int) -> tuple[Person, ...]:
    """Who ever changed the card, by name."""
    by = select(AuditLog.user_id).where(AuditLog.id.in_(history_of(table, row_id)))
    rows = session.execute(select(User.id, User.name).where(User.id.in_(by)).order_by(User.name, User.id))
    return tuple(Person(*row) for row in rows)


def _told(session: Session, entries: Sequence[AuditLog], card: tuple[str, int], zone: tzinfo) -> Iterable[Change]:
    names = Names(session, zone)
    is_sqlite = not is_postgresql(session)
    _learn_rows(session, entries, names, is_sqlite=is_sqlite)
    names.read("users", {each.user_id for each in entries if each.user_id is not None})
    for table in {each.table_name for each in entries}:
        _learn_references(table, [each for each in entries if each.table_name == table], names)
    telling = Telling(session, names, is_sqlite=is_sqlite)
    followed = _followed(session, entries)
    for entry in entries:
        if entry.verb == "insert" and (row := followed.get((entry.table_name, entry.row_id or 0))) is not None:
            fields = tuple(_came_with(entry, row, telling))
        else:
            fields = tuple(_fields(entry, telling)) if entry.verb == "update" else ()
        if entry.verb == "update" and not fields:
            continue
        is_card = (entry.table_name, entry.row_id) == card
        yield Change(
            id=entry.id,
            at=entry.at.astimezone(zone),
            who=_who(entry, names),
            address=entry.address or "",
            table=entry.table_name,
            row_id=entry.row_id,
            verb=entry.verb,
            thing=THINGS[entry.table_name],
            label=telling.label(entry),
            is_card=is_card,
            fields=fields,
        )


_FOLLOWED = ("stage_points",)
"""Settings that are never changed, only followed by the next: what they came with is all there is to tell."""


def _followed(session: Session, entries: Sequence[AuditLog]) -> dict[tuple[str, int], Mapping[str, Any]]:
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for table in _FOLLOWED:
        ids = [each.row_id for each in entries if each.table_name == table and each.verb == "insert"]
        if ids:
            model = table_named(table)
            for row in session.execute(select(model).where(model.c.id.in_(ids))).mappings():
                found[table, row["id"]] = dict(row)
    return found


def _came_with(entry: AuditLog, row: Mapping[str, Any], telling: Telling) -> Iterable[FieldChange]:
    for name, value in telling.standing(entry.table_name, row, under=entry.of_table or ""):
        if value:
            yield FieldChange(name, None, value)


def _who(entry: AuditLog, names: Names) -> str | Message:
    if entry.user_id is not None:
        name = names.of("users", entry.user_id)
        return name if isinstance(name, str | Message) else ""
    if entry.login:
        return message(N_("{login}, a log-in of the server"), login=entry.login)
    return message(N_("Callboard"))


def _fields(entry: AuditLog, telling: Telling) -> Iterable[FieldChange]:
    """In the order of the table's columns, whatever order the engine keeps a document in."""
    changes = entry.changes or {}
    for column in [each.name for each in table_named(entry.table_name).c]:
        if column in changes and is_told(entry.table_name, column):
            yield from telling.field(entry.table_name, column, *changes[column])


def _learn_rows(session: Session, entries: Sequence[AuditLog], names: Names, *, is_sqlite: bool) -> None:
    """What the changed rows are called: as they stand, or as they stood when they were deleted."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        if entry.row_id is not None and entry.table_name not in _KEYED_OTHERWISE:
            wanted.setdefault(entry.table_name, set()).add(entry.row_id)
    for table, ids in wanted.items():
        names.read(table, ids)
        gone = [row_id for row_id in ids if not names.known(table, row_id)]
        if not gone:
            continue
        deleted = select(AuditLog.row_id, AuditLog.changes).where(
            AuditLog.table_name == table, AuditLog.row_id.in_(gone), AuditLog.verb == "delete"
        )
        model = table_named(table)
        rows = {row_id: old_values(model, changes, is_sqlite=is_sqlite) for row_id, changes in session.execute(deleted)}
        names.learn(table, rows)


_KEYED_OTHERWISE = frozenset({"phone_lines", "user_passwords"})


def _learn_references(table: str, entries: Sequence[AuditLog], names: Names) -> None:
    """The names of everything that changed columns of this table point at."""
    model = table_named(table)
    ids: dict[str, set[int]] = {}
    for entry in entries:
        for column, pair in (entry.changes or {}).items():
            target = referred(model, column) if column in model.c else None
            if target is not None:
                ids.setdefault(target, set()).update(value for value in pair if value is not None)
    for target, rows in ids.items():
        names.read(target, rows)
