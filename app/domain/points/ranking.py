"""Who stands where: by the newest month, in an order that is the same every time it is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.domain.points.board import BoardLine

__all__ = ["Champion", "first_places", "ranked"]

Standing = tuple[int, str, tuple[Decimal, ...], Decimal]
"""A worker's id and name, the points of each month, and those of the last 30 days."""


@dataclass(frozen=True, slots=True)
class Champion:
    """Somebody who was first in a month, and with how many points."""

    worker_id: int
    name: str
    points: Decimal


def ranked(standings: Iterable[Standing]) -> tuple[BoardLine, ...]:
    """The lines of a board, the most points of the newest month first.

    Equal points share a place, and the next one is as many places behind; among them the last 30 days, the name and the
    id decide which line comes first.
    """
    ordered = sorted(standings, key=lambda each: (-each[2][-1], -each[3], each[1].casefold(), each[1], each[0]))
    lines: list[BoardLine] = []
    place, points_there = 0, None
    for number, (worker_id, name, points, last_days) in enumerate(ordered, 1):
        if points[-1] != points_there:
            place, points_there = number, points[-1]
        lines.append(BoardLine(worker_id, name, points, last_days, place))
    return tuple(lines)


def first_places(scored: Iterable[tuple[int, str, Decimal]]) -> tuple[Champion, ...]:
    """Who has the most points of these (id, name, points), all of them where they are equal; by name.

    Nobody is first with nothing or less.
    """
    found = list(scored)
    most = max((points for _id, _name, points in found), default=Decimal(0))
    if most <= 0:
        return ()
    first = sorted((name.casefold(), name, worker_id) for worker_id, name, points in found if points == most)
    return tuple(Champion(worker_id, name, most) for _folded, name, worker_id in first)
