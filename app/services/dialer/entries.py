"""What is in a pool: customers put in by the ten thousand and folded, moved, ranked, taken out, kept up with."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.dialer import Campaign, Lane, Pool, PoolEntry, QueuedCall
from app.models.dialer.pools import NEVER
from app.models.tickets import Reminder
from app.services.context import actor, announce, now, require, writes
from app.services.customers import listing
from app.services.dialer.following import settle_people
from app.services.dialer.lanes import Lanes, Person, lock, people_of, set_each
from app.services.imports.bulk import add as insert_rows
from app.services.imports.bulk import add_numbered, among, is_postgresql

__all__ = [
    "Added",
    "Moved",
    "add",
    "add_found",
    "add_to",
    "move",
    "open_pool",
    "remove",
    "set_priority",
]

CHUNK = 5000
_ENTRIES, _QUEUE = table_of(PoolEntry), table_of(QueuedCall)
_FILL = "SELECT fill_own_pool(%s::bigint, %s::bigint, %s::bigint[], %s::text[], %s)"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the customers who were to go into a pool.

    `count` are in it now, `without_number` of them with no number to call; `folded` were there already, as the customer
    or by the number; `refused` belong to another agent's or to another pool of this campaign.
    """

    count: int = 0
    folded: int = 0
    without_number: int = 0
    refused: int = 0

    def __add__(self, other: "Added") -> "Added":
        """Both together."""
        return Added(
            self.count + other.count,
            self.folded + other.folded,
            self.without_number + other.without_number,
            self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """How many entries were moved, and how many stayed because the other pool has that person."""

    count: int
    folded: int


# --- Into a pool


@writes
def add(session: Session, pool_id: int, customer_ids: Collection[int]) -> Added:
    """Put these customers into a pool; who is there already, as the customer or by the number, is folded."""
    return add_to(session, pool_id, customer_ids)


@writes
def add_found(session: Session, pool_id: int, typed: str = "", *, profile_id: int | None = None) -> Added:
    """Put every customer into a pool who holds what was typed, with a profile or any."""
    return add_to(session, pool_id, listing.matching(session, typed, profile_id=profile_id))


def add_to(session: Session, pool_id: int, customer_ids: Iterable[int]) -> Added:
    """What `add` does, inside another service."""
    pool = open_pool(session, pool_id)
    lock(session, pool.campaign_id)
    filling = _Filling(session, pool)
    rest = iter(dict.fromkeys(customer_ids))
    told = Added()
    while chunk := list(islice(rest, CHUNK)):
        told += filling.take(chunk)
    if told.count:
        filling.lanes.lay_out()
        settle_people(session, pool.campaign_id, filling.persons)
        announce(session, RowsChanged("pool_entries", None))
    return told


def open_pool(session: Session, pool_id: int) -> Pool:
    """A pool the actor may fill: a manager any, an agent his own."""
    pool = session.get(Pool, pool_id)
    if pool is None or pool.removed_at is not None:
        raise NotFound(message(N_("This pool was removed.")), message(N_("Nobody was added.")))
    own = actor(session)
    is_own = own is not None and pool.user_id == own
    require(session, Permission.DIAL if is_own else Permission.RUN_CAMPAIGNS)
    return pool


class _Filling:
    """One pool being filled, chunk by chunk."""

    def __init__(self, session: Session, pool: Pool) -> None:
        self._session = session
        self._pool = pool
        self.lanes = Lanes(session, pool.campaign_id)
        self.persons: set[str] = set()
        campaign = session.get_one(Campaign, pool.campaign_id)
        self._is_single = not campaign.allows_several_relations
        self._now = now(session)

    def take(self, customer_ids: Sequence[int]) -> Added:
        """Put in whom the pool does not have."""
        people = people_of(self._session, customer_ids)
        elsewhere = self._elsewhere(customer_ids) if self._is_single else set()
        known, numbers = self._known(people)
        fresh: list[Person] = []
        folded = refused = 0
        for each in people:
            if each.customer_id in known or (each.person is not None and each.person in numbers):
                folded += 1
            elif each.customer_id in elsewhere:
                refused += 1
            else:
                fresh.append(each)
                known.add(each.customer_id)
                if each.person is not None:
                    numbers.add(each.person)
        self._write(fresh)
        return Added(len(fresh), folded, sum(each.person is None for each in fresh), refused)

    def _known(self, people: Sequence[Person]) -> tuple[set[int], set[str]]:
        ids, numbers = [each.customer_id for each in people], [each.person for each in people if each.person]
        entries = _ENTRIES.c
        here = entries.pool_id == self._pool.id
        asked = select(entries.customer_id).where(here, among(self._session, entries.customer_id, "ids"))
        by_number = select(entries.person).where(here, among(self._session, entries.person, "numbers"))
        return (
            set(self._session.scalars(asked, {"ids": ids})),
            set(self._session.scalars(by_number, {"numbers": numbers})) if numbers else set(),
        )

    def _elsewhere(self, customer_ids: Sequence[int]) -> set[int]:
        """Who is in another pool of the campaign: where a customer has one worker only, he stays there."""
        asked = (
            select(PoolEntry.customer_id)
            .join(Pool, Pool.id == PoolEntry.pool_id)
            .where(
                PoolEntry.campaign_id == self._pool.campaign_id,
                PoolEntry.pool_id != self._pool.id,
                Pool.removed_at.is_(None),
                among(self._session, _ENTRIES.c.customer_id, "ids"),
            )
        )
        return set(self._session.scalars(asked, {"ids": list(customer_ids)}))

    def _write(self, people: Sequence[Person]) -> None:
        self.persons.update(each.person for each in people if each.person)
        own = actor(self._session)
        if is_postgresql(self._session) and own is not None and self._pool.user_id == own:
            self._write_own(own, people)
        else:
            self._write_rows(people)

    def _write_own(self, user_id: int, people: Sequence[Person]) -> None:
        """By the database's function, which lets an agent fill nothing but his own and says how his entries stand."""
        ids, zones = [each.customer_id for each in people], [each.zone for each in people]
        values = (user_id, self._pool.id, ids, zones, self._now)
        if self._session.connection().exec_driver_sql(_FILL, values).scalar():
            self.lanes.widen()

    def _write_rows(self, people: Sequence[Person]) -> None:
        shared = {"campaign_id": self._pool.campaign_id, "added_at": self._now}
        of_pool = {"pool_id": self._pool.id, "added_by_id": actor(self._session)}
        rows = [shared | of_pool | {"customer_id": each.customer_id, "person": each.person} for each in people]
        keys = add_numbered(self._session, _ENTRIES, rows)
        self.lanes.make(self._pool.id, {each.zone for each in people})
        insert_rows(
            self._session,
            _QUEUE,
            [
                shared
                | {
                    "id": key,
                    "lane_id": self.lanes.of(self._pool.id, each.zone),
                    "person": each.person,
                    "customer_id": each.customer_id,
                    "state": "ready" if each.person else "blocked",
                    "blocked": None if each.person else "NO_NUMBER",
                    "tried_at": NEVER,
                    "site_id": each.site_id,
                    "language": each.language,
                }
                for key, each in zip(keys, people, strict=True)
            ],
        )


# --- What becomes of entries


@writes
def set_priority(session: Session, entry_ids: Collection[int], priority: int) -> int:
    """Rank entries: 0 is the most urgent, 3 the least."""
    require(session, Permission.RUN_CAMPAIGNS)
    if not 0 <= priority <= 3:
        raise Refused("PRIORITY", message(N_("There is no such priority.")), message(N_("Nothing was changed.")))
    statement = update(_QUEUE).where(among(session, _QUEUE.c.id, "ids")).values(priority=priority)
    done = session.connection().execute(statement, {"ids": list(entry_ids)})
    announce(session, RowsChanged("pool_entries", frozenset(entry_ids)))
    return done.rowcount


@writes
def remove(session: Session, entry_ids: Collection[int]) -> int:
    """Take customers out of their pools; who is in somebody's hands is finished there all the same."""
    require(session, Permission.RUN_CAMPAIGNS)
    ids = {"ids": list(entry_ids)}
    reminders = table_of(Reminder)
    connection = session.connection()
    connection.execute(update(reminders).where(among(session, reminders.c.entry_id, "ids")).values(entry_id=None), ids)
    done = connection.execute(delete(_ENTRIES).where(among(session, _ENTRIES.c.id, "ids")), ids)
    announce(session, RowsChanged("pool_entries", frozenset(entry_ids)))
    return done.rowcount


@writes
def move(session: Session, entry_ids: Collection[int], pool_id: int) -> Moved:
    """Move entries into another pool of their campaign; whom it has already stays where he is."""
    require(session, Permission.RUN_CAMPAIGNS)
    pool = open_pool(session, pool_id)
    lock(session, pool.campaign_id)
    asked = (
        select(PoolEntry.id, PoolEntry.customer_id, PoolEntry.person, Lane.zone)
        .join(QueuedCall, QueuedCall.id == PoolEntry.id)
        .join(Lane, Lane.id == QueuedCall.lane_id)
        .where(
            among(session, _ENTRIES.c.id, "ids"),
            PoolEntry.campaign_id == pool.campaign_id,
            PoolEntry.pool_id != pool_id,
        )
        .order_by(PoolEntry.id)
    )
    rows = session.execute(asked, {"ids": list(entry_ids)}).all()
    there = select(PoolEntry.customer_id, PoolEntry.person).where(PoolEntry.pool_id == pool_id)
    held = session.execute(there.where(among(session, _ENTRIES.c.customer_id, "ids")), _ids(rows, 1)).all()
    numbers = [row.person for row in rows if row.person]
    same = session.scalars(
        select(PoolEntry.person).where(PoolEntry.pool_id == pool_id, among(session, _ENTRIES.c.person, "numbers")),
        {"numbers": numbers},
    )
    taken: set[int | str] = {row.customer_id for row in held} | {person for person in same if person}
    moving = []
    for row in rows:
        if not taken.intersection({row.customer_id, row.person}):
            moving.append(row)
            taken.update(each for each in (row.customer_id, row.person) if each is not None)
    lanes = Lanes(session, pool.campaign_id)
    lanes.make(pool_id, {row.zone for row in moving})
    if moving:
        set_each(session, _ENTRIES, [{"key": row.id, "new_pool_id": pool_id} for row in moving])
        set_each(session, _QUEUE, [{"key": row.id, "new_lane_id": lanes.of(pool_id, row.zone)} for row in moving])
        settle_people(session, pool.campaign_id, {row.person for row in moving if row.person})
    announce(session, RowsChanged("pool_entries", None))
    return Moved(len(moving), len(rows) - len(moving))


def _ids(rows: Sequence[Any], column: int) -> dict[str, list[Any]]:
    return {"ids": [row[column] for row in rows]}
