"""The points of a customer: what they come to, and their rows a page at a time, the newest first."""

from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.points import CustomerBalance, PointsEntry
from app.services.context import is_postgresql, reads
from app.services.points.entries import EntryRow, entries
from app.services.points.shown import hides

PAGE = 50


@dataclass(frozen=True, slots=True)
class Balance:
    """What a customer has, ever earned, and spent; what was spent or reversed away may leave less than nothing.

    `entries` are the rows it is the sum of: as long as they are as many, they are the same.
    """

    balance: Decimal = Decimal(0)
    earned: Decimal = Decimal(0)
    redeemed: Decimal = Decimal(0)
    entries: int = 0

    @property
    def taken(self) -> Decimal:
        """What stages took without giving anything for it: what was earned and is neither spent nor there."""
        return self.earned - self.redeemed - self.balance


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and whether there are more before and after them."""

    rows: tuple[EntryRow, ...]
    has_before: bool
    has_after: bool


@reads
def balance(session: Session, customer_id: int) -> Balance:
    """What the rows of a customer come to; who never had any has nothing."""
    kept = select(CustomerBalance.balance, CustomerBalance.earned, CustomerBalance.redeemed, CustomerBalance.entries)
    row = session.execute(kept.where(CustomerBalance.customer_id == customer_id)).first()
    return Balance(*row) if row else Balance()


@reads
def rows(
    session: Session,
    customer_id: int,
    *,
    after: int | None = None,
    before: int | None = None,
    at_end: bool = False,
    limit: int = PAGE,
) -> Page:
    """A page of the rows that moved the customer's balance: from the newest, around a row's id, or the oldest ones."""
    is_back = at_end or before is not None
    found = _found(session, customer_id, after, before, is_back, limit + 1)
    is_more, found = len(found) > limit, found[:limit]
    if is_back:
        return Page(tuple(reversed(found)), has_before=is_more, has_after=before is not None)
    return Page(tuple(found), has_before=after is not None, has_after=is_more)


_PAGE = "SELECT * FROM customer_points(%s::bigint, %s::bigint, %s::bigint, %s, %s::bigint)"


def _found(
    session: Session, customer_id: int, after: int | None, before: int | None, is_back: bool, most: int
) -> list[EntryRow]:
    hidden = hides(session)
    return [
        replace(row, worker_points=hidden(row.worker_id, row.worker_points) or Decimal(0))
        for row in _asked(session, customer_id, after, before, is_back, most)
    ]


def _asked(
    session: Session, customer_id: int, after: int | None, before: int | None, is_back: bool, most: int
) -> list[EntryRow]:
    if is_postgresql(session):
        values = (customer_id, after, before, is_back, most)
        return [EntryRow(*row) for row in session.connection().exec_driver_sql(_PAGE, values)]
    asked = entries().where(PointsEntry.customer_id == customer_id, PointsEntry.customer_points != 0)
    if before is not None:
        asked = asked.where(PointsEntry.id > before)
    elif after is not None:
        asked = asked.where(PointsEntry.id < after)
    order = PointsEntry.id.asc() if is_back else PointsEntry.id.desc()
    return [EntryRow(*row) for row in session.execute(asked.order_by(order).limit(most))]
