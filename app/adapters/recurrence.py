"""RFC 5545 rules of whole days: on which days something recurs."""

from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import islice

from dateutil.rrule import rrule, rrulestr

__all__ = ["days", "next_days", "refuse_unusable"]

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "UNTIL", "WKST")


def refuse_unusable(text: str) -> None:
    """Raise ValueError for a rule that is not one of whole days, or counts its days.

    A number of times would have to be counted from the first day for ever; an end says the same and can be moved.
    """
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";"))
    if parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError(f"not a rule of days: {text}")
    for name in parts:
        if name not in _PARTS:
            raise ValueError(f"{name} is not for a rule of days")
    if not parts.get("INTERVAL", "1").isdecimal() or int(parts.get("INTERVAL", "1")) < 1:
        raise ValueError("the interval must be at least 1")
    rrulestr(text, dtstart=_at(date(2024, 1, 1)))


def days(text: str, first_day: date, last_day: date | None, start: date, end: date) -> tuple[date, ...]:
    """The rule's days in `[start, end)`, counted from `first_day`, none after `last_day`."""
    last = min(end, date.fromordinal(last_day.toordinal() + 1)) if last_day else end
    if last <= start:
        return ()
    return _days(_rule(text, first_day).between(_at(start), _at(last), inc=True), last)


def next_days(text: str, first_day: date, last_day: date | None, start: date, count: int) -> tuple[date, ...]:
    """The first `count` days of the rule from `start` on, for a preview."""
    found = islice(_rule(text, first_day).xafter(_at(start), inc=True), count)
    return tuple(each.date() for each in found if last_day is None or each.date() <= last_day)


def _rule(text: str, first_day: date) -> rrule:
    refuse_unusable(text)
    rule = rrulestr(text, dtstart=_at(first_day))
    assert isinstance(rule, rrule)
    return rule


def _days(moments: Iterable[datetime], end: date) -> tuple[date, ...]:
    return tuple(each.date() for each in moments if each.date() < end)


def _at(day: date) -> datetime:
    return datetime.combine(day, time.min)
