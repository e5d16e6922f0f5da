"""The customers of a pool, a page at a time out of a million."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.customers import Customer
from app.models.dialer import CallStatus, Lane, PoolEntry, QueuedCall
from app.services.context import now, reads
from app.services.customers import listing

PAGE = 100
_STATES = {
    "callable": QueuedCall.state.in_(("ready", "callback")),
    "waiting": QueuedCall.state.in_(("waiting", "held")),
    "blocked": QueuedCall.state == "blocked",
    "done": QueuedCall.state == "done",
}
STATES = tuple(_STATES)
"""What a list can be narrowed to."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A customer in a pool: his number, where he stands and why, and the last result."""

    id: int
    customer_id: int
    name: str
    person: str | None
    state: str
    blocked: str | None
    due_at: datetime | None
    priority: int
    tries: int
    status_code: str | None
    status_name: str | None
    zone: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Customers of a pool in the order they became customers; whether there are more before and after them."""

    rows: tuple[EntryRow, ...]
    has_before: bool
    has_after: bool


@reads
def page(
    session: Session,
    pool_id: int,
    typed: str = "",
    *,
    state: str | None = None,
    after: int | None = None,
    before: int | None = None,
    at_end: bool = False,
    limit: int = PAGE,
) -> EntryPage:
    """A page of the customers whose name, number, mail or address holds what was typed, in a state or any.

    `after` and `before` are customers: the index that keeps one twice out of a pool gives the order.
    """
    conditions, values = listing.holding(session, typed)
    asked = _ROWS.where(PoolEntry.pool_id == pool_id, *conditions)
    if state == "callable":
        is_due = (QueuedCall.state == "waiting") & (QueuedCall.due_at <= now(session))
        asked = asked.where(_STATES["callable"] | is_due)
    elif state == "waiting":
        is_due = (QueuedCall.state == "waiting") & (QueuedCall.due_at <= now(session))
        asked = asked.where(_STATES["waiting"], ~func.coalesce(is_due, False))
    elif state in _STATES:
        asked = asked.where(_STATES[state])
    is_back = at_end or before is not None
    cursor = before if is_back else after
    key = PoolEntry.customer_id
    if cursor is not None:
        asked = asked.where(key < cursor if is_back else key > cursor)
    ordered = asked.order_by(key.desc() if is_back else key).limit(limit + 1)
    found = [EntryRow(*row) for row in session.execute(ordered, values)]
    is_more = len(found) > limit
    del found[limit:]
    if is_back:
        return EntryPage(tuple(reversed(found)), has_before=is_more, has_after=before is not None)
    return EntryPage(tuple(found), has_before=after is not None, has_after=is_more)


_COLUMNS: tuple[Any, ...] = (
    PoolEntry.id,
    PoolEntry.customer_id,
    Customer.name,
    PoolEntry.person,
    QueuedCall.state,
    QueuedCall.blocked,
    QueuedCall.due_at,
    QueuedCall.priority,
    QueuedCall.tries,
    CallStatus.code,
    CallStatus.name,
    Lane.zone,
    PoolEntry.added_at,
)
_ROWS = (
    select(*_COLUMNS)
    .join(QueuedCall, QueuedCall.id == PoolEntry.id)
    .join(Lane, Lane.id == QueuedCall.lane_id)
    .join(Customer, Customer.id == PoolEntry.customer_id)
    .outerjoin(CallStatus, CallStatus.id == QueuedCall.status_id)
)
