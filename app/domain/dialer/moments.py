"""Moments as people type them, in three languages: "tomorrow 10", "lunedì 9", "בעוד שעתיים".

The reader's own language is tried first, then the others. Days count by the calendar of the time zone that is given,
hours and minutes by the clock that really passes. A time that the change to summer time leaves out is moved forward,
one that comes twice is the first of the two, and both are said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.domain.dialer.moment_pieces import Piece, pieces_of, prepared
from app.domain.dialer.moment_words import MINUTES, WORDS
from app.domain.words import N_, Message, message

__all__ = ["FARTHEST", "Moment", "understand"]

FARTHEST = timedelta(days=731)
"""Nothing is promised for later than this."""

_LAST_YEARS = timedelta(days=300)
"""A day without a year that comes again only after so long was meant as the one that is past."""
_NIGHT_HOURS = range(1, 7)
"""Nobody is called then: "tomorrow 4" is four in the afternoon, unless written 04 or 4 am."""
_NEXT_WEEK = 7
_YEARS = range(2000, 2100)
_PARTS = {
    "morning": time(9),
    "noon": time(12),
    "afternoon": time(15),
    "evening": time(19),
    "night": time(21),
}
_DAY_ONLY = time(10)
"""The hour of a day that was named without one."""

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")
_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?")

_UNKNOWN = message(N_("Say when, for example “tomorrow 10”, “monday 9:30”, “in 2 hours” or “3/12 16:00”."))
_PAST = N_("{moment} is past already.")
_NO_DAY = message(N_("There is no such day."))
_FAR = message(N_("That is more than two years away."))


@dataclass(frozen=True, slots=True)
class Moment:
    """What was understood, in the zone it was meant in; `note` says what the change of clocks made of it."""

    at: datetime
    note: Message | None = None


def understand(text: str, now: datetime, zone: tzinfo, language: str) -> Moment | Message:
    """The moment with what is to be said of it, or in words why there is none.

    `now` is an instant, `zone` says whose clock the text means, `language` whose words are tried first.
    """
    spoken = [language, *(code for code in WORDS if code != language)] if language in WORDS else list(WORDS)
    written = prepared(text)
    for code in spoken if written else ():
        pieces = pieces_of(written, code)
        said = None if pieces is None else _Said.of(pieces)
        if said is not None:
            said.week_begins = WORDS[code].week_begins
            return _resolve(said, now, zone)
    return _UNKNOWN


@dataclass(slots=True)
class _Said:
    """The parts of a moment that were named; `_add` refuses to hear one of them twice."""

    minutes: float | None = None
    days: int | None = None
    keeps_clock: bool = False
    weekday: int | None = None
    is_following: bool = False
    month: int | None = None
    day: int | None = None
    year: int | None = None
    hour: int | None = None
    minute: int | None = None
    is_literal: bool = False
    part: str | None = None
    week_begins: int = 0
    _pieces: list[Piece] = field(default_factory=list)
    _at: int = 0

    @staticmethod
    def of(pieces: list[Piece]) -> "_Said | None":
        """What was said, None when it makes no moment."""
        said = _Said(_pieces=pieces)
        try:
            while said._at < len(pieces):
                said._take()
        except _Unclear:
            return None
        return said if said._is_whole() else None

    def _is_whole(self) -> bool:
        has_date = self.day is not None
        if has_date != (self.month is not None) or (self.year is not None and not has_date):
            return False
        in_next_week = self.weekday is not None and self.days == _NEXT_WEEK and not self.keeps_clock
        days = sum((self.days is not None, self.weekday is not None, has_date)) - in_next_week
        if self.minutes is not None:
            return not days and self.hour is None and self.part is None
        if self.is_following and self.weekday is None:
            return False
        if self.part in {"am", "pm"} and self.hour is None:
            return False
        return days <= 1 and bool(days or self.hour is not None or self.part is not None)

    def _next(self, skip: int = 1) -> Piece:
        at = self._at + skip
        return self._pieces[at] if at < len(self._pieces) else ("end", None)

    def _take(self) -> None:
        kind, value = self._pieces[self._at]
        taken = 1
        if kind == "number" or kind == "count":
            taken = self._take_number(int(str(value)), str(value))
        elif kind == "written":
            self._take_written(str(value))
        elif kind == "length":
            self._take_length(value)
        elif kind == "unit":
            self._take_unit(str(value))
        elif kind == "plus":
            self._add_minute(round(60 * float(str(value))))
        elif kind == "half_past":
            self._add_minute(30)
        elif kind == "today":
            self._set("days", 0)
            self._set("part", value)
        elif kind in {"weekday", "month", "part"}:
            self._set(kind, value)
        elif kind == "day":
            self._set("days", value)
        elif kind == "next":
            self.is_following = True
        elif kind not in {"after", "filler"}:
            raise _Unclear
        self._at += taken

    def _set(self, name: str, value: object) -> None:
        if getattr(self, name) is not None:
            raise _Unclear
        setattr(self, name, value)

    def _add_minute(self, minute: int) -> None:
        if self.minutes is not None:
            self.minutes += minute
            return
        self._set("minute", minute)

    def _take_number(self, number: int, digits: str) -> int:
        """A number by what follows it: a length of time, the day of a month, or an hour; gives the pieces it took."""
        kind, value = self._next()
        if kind == "unit":
            return self._take_length_of(number, str(value))
        names_day = kind == "month" or (kind == "filler" and self._next(2)[0] == "month")
        if names_day or (self.month is not None and self.day is None):
            self._set("day", number)
        elif len(digits) == 4 and digits.isdecimal():
            self._take_four(number)
        elif self.hour is None:
            self._set("hour", number)
            self.is_literal = digits.startswith("0") and digits.isdecimal()
        elif len(digits) == 2 and not self.is_literal:
            self._set("minute", number)
        else:
            raise _Unclear
        return 1

    def _take_length_of(self, number: int, unit: str) -> int:
        """A number and its unit, with the minutes after it in "1h30"."""
        self._add_length(number, unit)
        kind, minutes = self._next(2)
        if unit == "hour" and kind == "number" and len(str(minutes)) == 2 and self._next(3)[0] == "end":
            self._add_length(int(str(minutes)), "minute")
            return 3
        return 2

    def _take_four(self, number: int) -> None:
        """Four digits: the year of a day, or 1630."""
        if self.day is not None and self.year is None and number in _YEARS:
            self._set("year", number)
            return
        self._set("hour", number // 100)
        self._set("minute", number % 100)
        self.is_literal = True

    def _take_written(self, text: str) -> None:
        """Digits with signs between them: a time when they can be one, else a day and a month."""
        clock, day = _CLOCK.fullmatch(text), _DATE.fullmatch(text)
        is_date = day is not None and 1 <= int(day[2]) <= 12 and 1 <= int(day[1]) <= 31
        follows_filler = self._at > 0 and self._pieces[self._at - 1][0] == "filler"
        has_day = any(each is not None for each in (self.days, self.weekday, self.day))
        if clock is not None and (":" in text or not is_date or follows_filler or has_day):
            self._set("hour", int(clock[1]))
            self._set("minute", int(clock[2]))
            self.is_literal = clock[1].startswith("0")
        elif day is not None:
            self._set("day", int(day[1]))
            self._set("month", int(day[2]))
            if day[3]:
                self._set("year", int(day[3]) + (2000 if len(day[3]) == 2 else 0))
        else:
            raise _Unclear

    def _take_length(self, value: object) -> None:
        if isinstance(value, tuple):
            self._add_length(value[0], value[1])
        else:
            self.minutes = (self.minutes or 0) + float(str(value))

    def _take_unit(self, unit: str) -> None:
        """A unit without a number: one of it after "in", nothing before an hour ("ore 10")."""
        before = self._pieces[self._at - 1][0] if self._at else "end"
        if before == "after":
            self._add_length(1, unit)
        elif unit != "hour" or self._next()[0] not in {"number", "count", "written"}:
            raise _Unclear

    def _add_length(self, count: float, unit: str) -> None:
        if MINUTES[unit] >= MINUTES["day"]:
            self._set("days", round(count * MINUTES[unit] / MINUTES["day"]))
            self.keeps_clock = True
        else:
            self.minutes = (self.minutes or 0) + count * MINUTES[unit]


class _Unclear(Exception):
    """The pieces do not fit together."""


# --- The moment itself


def _resolve(said: _Said, now: datetime, zone: tzinfo) -> Moment | Message:
    if said.minutes is not None:
        return _in_a_while(said.minutes, now, zone)
    local = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    clock = _clock(said, local)
    if clock is None:
        return _UNKNOWN
    try:
        wanted = _wanted(said, local, clock)
    except (ValueError, OverflowError):
        return _NO_DAY
    return _placed(wanted, local, now, zone)


def _placed(wanted: datetime, local: datetime, now: datetime, zone: tzinfo) -> Moment | Message:
    """The instant of a local time, unless it is past or too far away."""
    if wanted - local > FARTHEST:
        return _FAR
    # So far back that no clock matters, and perhaps further than instants go.
    if local - wanted > timedelta(days=2):
        return message(_PAST, moment=wanted)
    found = _on_the_clock(wanted, now, zone)
    return found if found.at > now else message(_PAST, moment=found.at)


def _in_a_while(minutes: float, now: datetime, zone: tzinfo) -> Moment | Message:
    if minutes < 1:
        return _UNKNOWN
    if minutes > FARTHEST / timedelta(minutes=1):
        return _FAR
    exact = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return Moment(exact.astimezone(zone))


def _clock(said: _Said, local: datetime) -> time | None:
    """The time of day that was said, or the one that goes with the part of the day; None for 25:70."""
    hour, minute, part = said.hour, said.minute or 0, said.part
    if hour is None:
        if said.minute is not None:
            return None
        if part is not None:
            return _PARTS[part]
        return local.time() if said.keeps_clock else _DAY_ONLY
    if not 0 <= hour <= 23 or not 0 <= minute <= 59:
        return None
    if part in {"am", "pm"} and not 1 <= hour <= 12:
        return None
    is_later = (
        (part in {"pm", "afternoon"} and hour < 12)
        or (part == "evening" and 1 <= hour < 12)
        or (part == "noon" and 1 <= hour < 5)
        or (part == "night" and 6 <= hour < 12)
        or (part is None and hour in _NIGHT_HOURS and not said.is_literal)
    )
    if part == "am" and hour == 12:
        hour = 0
    return time(hour + 12 if is_later else hour, minute)


def _wanted(said: _Said, local: datetime, clock: time) -> datetime:
    """Day and time by the calendar of the zone."""
    today = local.date()
    if said.days is not None and said.weekday is not None:
        begin = today + timedelta(days=_NEXT_WEEK - (today.weekday() - said.week_begins) % 7)
        return datetime.combine(begin + timedelta(days=(said.weekday - said.week_begins) % 7), clock)
    if said.days is not None:
        return datetime.combine(today + timedelta(days=said.days), clock)
    if said.weekday is not None:
        ahead = (said.weekday - today.weekday()) % 7
        is_over = ahead == 0 and (said.is_following or clock <= local.time())
        return datetime.combine(today + timedelta(days=7 if is_over else ahead), clock)
    if said.day is not None and said.month is not None:
        return datetime.combine(_date(said, today), clock)
    is_over = clock <= local.time()
    return datetime.combine(today + timedelta(days=1 if is_over else 0), clock)


def _date(said: _Said, today: date) -> date:
    """A day of a month; without a year the coming one, unless it has hardly passed."""
    assert said.day is not None
    assert said.month is not None
    if said.year is not None:
        return date(said.year, said.month, said.day)
    years = range(today.year, today.year + 9)
    coming = next((day for day in _valid(said.month, said.day, years) if day >= today), None)
    if coming is None:
        raise ValueError(said.day)
    if coming - today <= _LAST_YEARS:
        return coming
    return next(iter(_valid(said.month, said.day, range(coming.year - 1, coming.year - 2, -1))), coming)


def _valid(month: int, day: int, years: range) -> Iterator[date]:
    for year in years:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _on_the_clock(wanted: datetime, now: datetime, zone: tzinfo) -> Moment:
    """The instant of a local time, with what the change of clocks makes of it."""
    first = wanted.replace(tzinfo=zone)
    there = first.astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None) != wanted:
        left_out = message(
            N_("The clocks go forward then: {time} is left out, {later} is meant."),
            time=wanted.time(),
            later=there.time(),
        )
        return Moment(there, left_out)
    second = wanted.replace(tzinfo=zone, fold=1)
    if second.utcoffset() == first.utcoffset():
        return Moment(first)
    twice = message(N_("The clocks go back then: {time} comes twice, the first is meant."), time=wanted.time())
    if first > now:
        return Moment(first, twice)
    return Moment(second)
