"""Where a dragged edge comes to rest: on the company's clock face, with the grab point and the length kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from app.domain.planner.intervals import Interval

_MINUTE = timedelta(minutes=1)


class Edge(StrEnum):
    """The edge of a bar that is pulled."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Snap:
    """A grid of `minutes` counted from local midnight of `zone`; one minute is what the bypass key leaves."""

    zone: tzinfo = UTC
    minutes: int = 15

    def free(self) -> "Snap":
        """The grid while the bypass key is held: whole minutes."""
        return Snap(self.zone, 1)

    def floor(self, moment: datetime) -> datetime:
        """The last grid line at or before the instant."""
        local = moment.astimezone(self.zone)
        since = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return moment.astimezone(UTC) - since % (self.minutes * _MINUTE)

    def ceil(self, moment: datetime) -> datetime:
        """The first grid line at or after the instant."""
        below = self.floor(moment)
        return below if below == moment else self.floor(below + self.minutes * _MINUTE)

    def near(self, moment: datetime) -> datetime:
        """The nearest grid line; the later one of two equally near."""
        below, above = self.floor(moment), self.ceil(moment)
        return below if moment - below < above - moment else above


def moved(original: Interval, grabbed: datetime, pointer: datetime, snap: Snap) -> Interval:
    """The bar when its point `grabbed` is dragged to `pointer`: its start snaps, its length never changes."""
    start = snap.near(original.start + (pointer - grabbed))
    return Interval(start, start + original.length)


def resized(
    original: Interval, edge: Edge, pointer: datetime, snap: Snap, shortest: timedelta | None = None
) -> Interval:
    """The bar with one edge pulled to `pointer`: that edge snaps, the other stays, and a shortest length is left.

    The shortest length is one grid step, or the bar's own length where it already is shorter.
    """
    least = min(shortest or snap.minutes * _MINUTE, original.length)
    target = snap.near(pointer)
    if edge is Edge.START:
        return Interval(min(target, original.end - least), original.end)
    return Interval(original.start, max(target, original.start + least))
