"""When a campaign may call: its hours by weekday, eve and holiday, put on the clock of a time zone.

The stretches are instants, so a day with a change of the clock has the hours its people read off theirs. Defaults by
country: Italy's code of conduct for telemarketing (2024; Monday to Friday 9-20, Saturday and eves 10-19, never on
Sundays and holidays); in Israel the week's working days with a short Friday.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

Minutes = tuple[int, int]
_DAY = 24 * 60
_LONG, _SATURDAY, _SHORT = [["09:00", "20:00"]], [["10:00", "19:00"]], [["09:00", "13:00"]]
_WEEKS: Mapping[str, tuple[list[list[str]], ...]] = MappingProxyType(
    {
        "IL": (_LONG, _LONG, _LONG, _LONG, _SHORT, [], _LONG),
        "IT": (_LONG, _LONG, _LONG, _LONG, _LONG, _SATURDAY, []),
    }
)
_ELSEWHERE: tuple[list[list[str]], ...] = (_LONG, _LONG, _LONG, _LONG, _LONG, [], [])
_EVES: Mapping[str, list[list[str]]] = MappingProxyType({"IL": _SHORT, "IT": _SATURDAY})


def default_hours(country: str | None) -> dict[str, Any]:
    """The hours a campaign starts with, by the company's country."""
    week = _WEEKS.get(country or "", _ELSEWHERE)
    return {
        "days": {str(day): [list(stretch) for stretch in stretches] for day, stretches in enumerate(week)},
        "eve": [list(stretch) for stretch in _EVES.get(country or "", _LONG)],
        "holiday": [],
    }


def stretches(
    hours: Mapping[str, Any], zone: str, first: date, days: int, holidays: Collection[date]
) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches [opens, closes) in UTC of the days from `first` by the clock of `zone`, joined where they touch."""
    found: list[tuple[datetime, datetime]] = []
    clock = ZoneInfo(zone)
    for number in range(days):
        day = first + timedelta(days=number)
        for opens, closes in _of_day(hours, day, holidays):
            start, end = _instant(day, opens, clock), _instant(day, closes, clock)
            if found and found[-1][1] >= start:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            elif end > start:
                found.append((start, end))
    return tuple(found)


def is_open(hours: Mapping[str, Any], zone: str, at: datetime, holidays: Collection[date]) -> bool:
    """Whether a moment is within the hours of a zone."""
    there = at.astimezone(ZoneInfo(zone)).date()
    around = stretches(hours, zone, there - timedelta(days=1), 3, holidays)
    return any(opens <= at < closes for opens, closes in around)


def _of_day(hours: Mapping[str, Any], day: date, holidays: Collection[date]) -> Sequence[Minutes]:
    if day in holidays:
        return _read(hours.get("holiday") or ())
    usual = _read(hours.get("days", {}).get(str(day.weekday())) or ())
    if "eve" in hours and day + timedelta(days=1) in holidays:
        # An eve shortens its weekday; it opens no day that is closed.
        short = _read(hours["eve"])
        return sorted((max(a, c), min(b, d)) for a, b in usual for c, d in short if max(a, c) < min(b, d))
    return usual


def _read(day: Sequence[Sequence[str]]) -> list[Minutes]:
    return sorted((_minutes(opens), _minutes(closes)) for opens, closes in day)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _instant(day: date, minutes: int, clock: ZoneInfo) -> datetime:
    midnight = day + timedelta(days=minutes // _DAY)
    wall = datetime.combine(midnight, time(minutes % _DAY // 60, minutes % 60), clock)
    return wall.astimezone(UTC)
