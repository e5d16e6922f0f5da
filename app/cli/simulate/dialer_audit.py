"""What a simulation of the dial desk proves: read from what every desk saw, and once more from the database."""

import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from sqlalchemy import func, select

from app.cli.simulate.call_centre import CallCentre
from app.cli.simulate.desk import Hold, Log
from app.db.database import Database
from app.models.dialer import CallAttempt, Campaign, Claim, PoolEntry

Span = tuple[float, float, str]

# The database reads its clock up to so long before the row it writes is had.
_READING = 0.001


def double_holds(database: Database, log: Log) -> int:
    """How often two agents had one person: by the desks' own clocks, and by what the database wrote."""
    seen: dict[str, list[Span]] = defaultdict(list)
    for hold in log.holds:
        seen[hold.person].append((hold.got, min(hold.let_go, time.time()), hold.request_id))
    return _overlaps(seen) + _overlaps(_written(database))


def _written(database: Database) -> dict[str, list[Span]]:
    """The holds on each person from claim to finish, locks included, and those that are open now."""
    spans: dict[str, list[Span]] = defaultdict(list)
    with database.reading() as session:
        lasting = func.coalesce(Campaign.lock_minutes, 0)
        asked = (
            select(
                CallAttempt.person, CallAttempt.claimed_at, CallAttempt.finished_at, CallAttempt.request_id,
                CallAttempt.kind, lasting,
            )
            .join(Campaign, Campaign.id == CallAttempt.campaign_id)
            .where(CallAttempt.was_held)
        )  # fmt: skip
        for person, claimed_at, finished_at, request_id, kind, minutes in session.execute(asked):
            if claimed_at is None:
                continue
            end = finished_at.timestamp() + (minutes * 60 if kind == "call" else 0)
            spans[str(person)].append((claimed_at.timestamp(), end, str(request_id)))
        open_now = select(Claim.person, Claim.claimed_at, Claim.until_at, Claim.request_id)
        for person, claimed_at, until_at, request_id in session.execute(open_now.where(Claim.status == "open")):
            spans[person].append((claimed_at.timestamp(), until_at.timestamp(), request_id))
    return spans


def _overlaps(spans: dict[str, list[Span]]) -> int:
    found = 0
    for each in spans.values():
        last_end = float("-inf")
        for (_start, end, request_id), (start, _end, other) in pairwise(sorted(each)):
            last_end = max(last_end, end)
            found += start < last_end - _READING and request_id != other
    return found


def idle_while_eligible(database: Database, centre: CallCentre, log: Log, lease: float) -> int:
    """Empty answers during all of whose time some person was free: nobody had asked for him and not given him back."""
    if not log.empty:
        return 0
    lost = _swept(database)
    people: dict[int, set[str]] = defaultdict(set)
    with database.reading() as session:
        for campaign_id, person in session.execute(select(PoolEntry.campaign_id, PoolEntry.person)):
            if campaign_id == centre.few_id and person:
                people[campaign_id].add(person)
        finished = set(session.scalars(select(CallAttempt.person).where(CallAttempt.kind == "call")))
    taken = _taken(log.holds, lost, lease)
    # A desk that was cut off while it asked may hold somebody without knowing it; the database knows.
    known = {hold.request_id for hold in log.holds}
    for person, spans in _written(database).items():
        taken[person] += [(start - 1.0, end + 1.0) for start, end, request_id in spans if request_id not in known]
    return sum(
        any(_is_free(taken.get(person, ()), asked, told) for person in people[campaign_id] - finished)
        for campaign_id, asked, told in log.empty
    )


def _taken(holds: Iterable[Hold], lost: dict[str, float], lease: float) -> dict[str, list[tuple[float, float]]]:
    """For each person when he may have been held, at the widest: from the question to the answer of giving back."""
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for hold in holds:
        end = hold.is_free if hold.is_free != float("inf") else lost.get(hold.request_id, hold.let_go + lease) + 1.0
        spans[hold.person].append((hold.asked, end))
    return spans


def _is_free(spans: Iterable[tuple[float, float]], asked: float, told: float) -> bool:
    return all(end <= asked or start >= told for start, end in spans)


def max_release(database: Database, log: Log) -> float:
    """The longest time from a desk's death until its customer could be called by others, in seconds."""
    released = _swept(database)
    with database.reading() as session:
        asked = select(Claim.request_id, Claim.until_at).where(Claim.status == "open")
        for request_id, until_at in session.execute(asked):
            released.setdefault(request_id, until_at.timestamp())
    waits = [released[key] - died for key, died in log.deaths.items() if key in released]
    return round(max(waits, default=0.0), 1)


def _swept(database: Database) -> dict[str, float]:
    with database.reading() as session:
        asked = select(CallAttempt.request_id, CallAttempt.finished_at).where(CallAttempt.kind == "lost")
        return {str(request_id): at.timestamp() for request_id, at in session.execute(asked).all()}


def percentile(times: list[float], share: float) -> float:
    """So many of a hundred times are not longer, in milliseconds."""
    if not times:
        return 0.0
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2)
