"""The totals of worker's days summed up by month: one kept statement for the team, and one for one person.

They are texts because what they answer is taken as the driver gives it: a row for each worker and month goes through no
type of ours but the one that makes SQLite's whole ten-thousandths points again.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Date, TextClause, bindparam, text
from sqlalchemy.orm import Session

from app.db.types import BigInt
from app.domain.periods import month_of
from app.domain.points.months import last_days, months_until, same_days_before
from app.services.context import is_postgresql

__all__ = ["NONE", "Sums", "first_scored", "sums"]

NONE = Decimal(0)

_DAYS = ("first", "edge", "since", "today", "before", "same")


@dataclass(frozen=True, slots=True)
class Sums:
    """By user: points of each of `months`, of the last 30 days, and of the same days of the month before.

    `begun` are those who have rows in the newest month, whatever they come to.
    """

    months: tuple[date, ...]
    by_month: dict[int, list[Decimal]] = field(default_factory=dict)
    last_30_days: dict[int, Decimal] = field(default_factory=dict)
    same_days: dict[int, Decimal] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)


def sums(session: Session, today: date, count: int, user_id: int | None = None) -> Sums:
    """What everybody, or one of them, has in the last `count` months and at least in this one and the one before."""
    months = months_until(today, max(count, 2))
    since, before = last_days(today), month_of(today, -1)
    is_server = is_postgresql(session)
    given: dict[str, Any] = {
        "first": min(months[0], month_of(since)),
        # 30 days that end on the first of March begin in January.
        "edge": min(month_of(since), before),
        "since": since,
        "today": today,
        "before": before,
        "same": same_days_before(today),
    }
    if user_id is not None:
        given["user"] = user_id
    found = Sums(months)
    rows = session.execute(_by_month(is_server, user_id is not None), given).all()
    _sort(found, rows, is_server=is_server)
    return found


def _sort(found: Sums, rows: Any, *, is_server: bool) -> None:
    places = {month if is_server else str(month): place for place, month in enumerate(found.months)}
    empty = [NONE] * len(places)
    by_month, newest = found.by_month, len(places) - 1
    for user_id, month, points, recent, same in rows:
        if recent is not None:
            _add(found.last_30_days, user_id, _exact(recent, is_server=is_server))
        if same is not None:
            _add(found.same_days, user_id, _exact(same, is_server=is_server))
        place = places.get(month)
        if place is None:
            continue
        line = by_month.get(user_id)
        if line is None:
            line = by_month[user_id] = empty.copy()
        if place == newest:
            found.begun.add(user_id)
        line[place] = points if is_server else Decimal(points).scaleb(-4)


def _add(to: dict[int, Decimal], user_id: int, points: Decimal) -> None:
    to[user_id] = to.get(user_id, NONE) + points


def _exact(points: Any, *, is_server: bool) -> Decimal:
    if points is None:
        return NONE
    return Decimal(points) if is_server else Decimal(points).scaleb(-4)


_RECENT = "sum(d.points) FILTER (WHERE d.day >= :since AND d.day <= :today)"
_SAME = "sum(d.points) FILTER (WHERE d.month = :before AND d.day <= :same)"


@cache
def _by_month(is_server: bool, is_mine: bool) -> TextClause:
    """Rows (user, month, points, of the last 30 days, of the same days of the month before).

    PostgreSQL goes through the days once. SQLite is led along the key, user by user, and groups by what it goes by; it
    sums the few days in rows of their own, with no month, rather than ask of every day whether it is one of them.
    """
    mine = ("worker_days AS d", "d.user_id = :user", "d.user_id")
    each = ("users AS u CROSS JOIN worker_days AS d", "d.user_id = u.id", "u.id")
    if is_server:
        whose = mine[1] if is_mine else "TRUE"
        found = f"""
            SELECT d.user_id, d.month, sum(d.points), {_RECENT}, {_SAME}
                FROM worker_days AS d WHERE {whose} AND d.month >= :first GROUP BY d.user_id, d.month
        """
    else:
        table, whose, user = mine if is_mine else each
        found = f"""
            SELECT {user}, d.month, sum(d.points), NULL, NULL
                FROM {table} WHERE {whose} AND d.month >= :first GROUP BY {user}, d.month
            UNION ALL
            SELECT {user}, NULL, NULL, {_RECENT}, {_SAME}
                FROM {table} WHERE {whose} AND d.month >= :edge GROUP BY {user}
        """
    days = [name for name in _DAYS if name != "edge" or not is_server]
    given = [bindparam(name, type_=Date()) for name in days] + [bindparam("user", type_=BigInt)] * is_mine
    return text(found).bindparams(*given)


_OF_MONTH = text(
    """
    SELECT u.id, u.name, sum(d.points) FROM users AS u CROSS JOIN worker_days AS d
        WHERE d.user_id = u.id AND d.month = :month AND NOT EXISTS (
            SELECT 1 FROM user_profiles AS x JOIN profiles AS p ON p.id = x.profile_id
            WHERE x.user_id = u.id AND NOT p.is_ranked)
        GROUP BY u.id, u.name
    """
).bindparams(bindparam("month", type_=Date()))


def first_scored(session: Session, month: date) -> list[tuple[int, str, Decimal]]:
    """Id, name and points of everybody who is ranked and scored in a month."""
    is_server = is_postgresql(session)
    rows = session.execute(_OF_MONTH, {"month": month})
    return [(user_id, name, _exact(points, is_server=is_server)) for user_id, name, points in rows]
