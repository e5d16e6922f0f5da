"""Entries keep up with their customers: another number, zone, site or language reaches every pool they are in.

On PostgreSQL a function of the database does it, for a log-in may not write the queue; on SQLite this does the same.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import table_of
from app.models.dialer import Lane, PoolEntry, QueuedCall
from app.services.context import is_postgresql, now
from app.services.dialer import standing
from app.services.dialer.lanes import Lanes, Person, lay_out, people_of, set_each
from app.services.imports.bulk import among

CHUNK = 5000
_ENTRIES, _QUEUE = table_of(PoolEntry), table_of(QueuedCall)


def follow(session: Session, customer_ids: Collection[int]) -> None:
    """Bring the entries of customers whose numbers, zone, site or language changed up to date."""
    ids = list(dict.fromkeys(customer_ids))
    for start in range(0, len(ids), CHUNK):
        _follow(session, ids[start : start + CHUNK])


_FOLLOW = "SELECT follow_customers(%s::bigint[], %s::text[], %s)"


def _follow(session: Session, customer_ids: Sequence[int]) -> None:
    if not is_postgresql(session):
        _follow_in_file(session, customer_ids)
        return
    session.flush()
    if not _any_entry(session, customer_ids):
        return
    people = people_of(session, customer_ids)
    values = ([each.customer_id for each in people], [each.zone for each in people], now(session))
    wider: list[int] = session.connection().exec_driver_sql(_FOLLOW, values).scalar() or []
    for campaign_id in sorted(set(wider)):
        lay_out(session, campaign_id)


def _any_entry(session: Session, customer_ids: Sequence[int]) -> bool:
    asked = select(_ENTRIES.c.id).where(among(session, _ENTRIES.c.customer_id, "ids")).limit(1)
    return session.scalar(asked, {"ids": list(customer_ids)}) is not None


def _follow_in_file(session: Session, customer_ids: Sequence[int]) -> None:
    entries = table_of(PoolEntry).c
    asked = (
        select(
            PoolEntry.id,
            PoolEntry.campaign_id,
            PoolEntry.pool_id,
            PoolEntry.customer_id,
            PoolEntry.person,
            Lane.zone,
            QueuedCall.site_id,
            QueuedCall.language,
        )
        .join(QueuedCall, QueuedCall.id == PoolEntry.id)
        .join(Lane, Lane.id == QueuedCall.lane_id)
        .where(among(session, entries.customer_id, "ids"))
    )
    held = session.execute(asked, {"ids": list(customer_ids)}).all()
    if not held:
        return
    people = {each.customer_id: each for each in people_of(session, list({row.customer_id for row in held}))}
    by_campaign: dict[int, list[Any]] = {}
    for row in held:
        new = people[row.customer_id]
        if (row.person, row.zone, row.site_id, row.language) != (new.person, new.zone, new.site_id, new.language):
            by_campaign.setdefault(row.campaign_id, []).append(row)
    for campaign_id, rows in by_campaign.items():
        _follow_campaign(session, campaign_id, rows, people)


def _follow_campaign(session: Session, campaign_id: int, rows: Sequence[Any], people: dict[int, Person]) -> None:
    lanes = Lanes(session, campaign_id)
    changed: list[dict[str, Any]] = []
    numbers: list[dict[str, Any]] = []
    persons: set[str] = set()
    standing_now = _held(session, [row.id for row in rows])
    for row in rows:
        if row.id not in standing_now:
            continue
        new = people[row.customer_id]
        lanes.make(row.pool_id, {new.zone})
        state, blocked = _state(*standing_now[row.id], new.person)
        changed.append(
            {
                "key": row.id,
                "new_lane_id": lanes.of(row.pool_id, new.zone),
                "new_person": new.person,
                "new_site_id": new.site_id,
                "new_language": new.language,
                "new_state": state,
                "new_blocked": blocked,
            }
        )
        persons.update(each for each in (row.person, new.person) if each)
        if row.person != new.person:
            numbers.append({"key": row.id, "new_person": new.person})
    set_each(session, _ENTRIES, numbers)
    set_each(session, _QUEUE, changed)
    lanes.lay_out()
    settle_people(session, campaign_id, persons)


def _held(session: Session, entry_ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    """How these stand."""
    columns = _QUEUE.c
    asked = select(columns.id, columns.state, columns.blocked).where(among(session, columns.id, "ids"))
    rows = session.execute(asked.order_by(columns.id), {"ids": list(entry_ids)}).all()
    return {row.id: (row.state, row.blocked) for row in rows}


def _state(state: str, blocked: str | None, person: str | None) -> tuple[str, str | None]:
    """Without a number nobody can be called; with one again he can, as far as nothing else speaks against it."""
    if state == "done" or blocked == "POOL":
        return state, blocked
    if person is None:
        return "blocked", "NO_NUMBER"
    return ("ready", None) if blocked == "NO_NUMBER" else (state, blocked)


def settle_people(session: Session, campaign_id: int | None, persons: Collection[str]) -> None:
    """Judge the entries of these numbers anew, so many at a time as a statement takes."""
    numbers = sorted(persons)
    for start in range(0, len(numbers), CHUNK):
        standing.settle(session, campaign_id, persons=numbers[start : start + CHUNK])
