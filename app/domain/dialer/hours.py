"""A campaign's calling hours as a person writes them: stretches of each weekday, of eves and of holidays."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.domain.words import N_, Message, message

EVE = "eve"
HOLIDAY = "holiday"
WEEKDAYS = tuple(str(day) for day in range(7))
"""The days of a week by their keys, Monday first."""
DAYS = (*WEEKDAYS, EVE, HOLIDAY)

Stretch = tuple[str, str]

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2067\u2068\u2069\u202a\u202b\u202c"))
_LAST = 24 * 60
_DAY_NAMES = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def day_name(day: str) -> Message:
    """What a row of the hours is called."""
    if day == EVE:
        return message(N_("Holiday eves"))
    if day == HOLIDAY:
        return message(N_("Holidays"))
    return message(_DAY_NAMES[int(day)])


def written(stretches: Sequence[Sequence[str]]) -> str:
    """Stretches as a person writes them: "09:00-13:00, 16:00-20:00"."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in stretches)


def understood(text: str) -> tuple[Stretch, ...] | Message:
    """Stretches out of what was typed, in their order; or what is wrong with it. Nothing typed is no hours."""
    found: list[tuple[int, int]] = []
    for part in re.split(r"[,;]", text.translate(_MARKS)):
        if not part.strip():
            continue
        times = re.split(r"\s*[-\u2013\u2014\u05be]\s*", part.strip())
        minutes = [_minutes(each) for each in times]
        if len(minutes) != 2 or None in minutes:
            return message(N_("“{text}” is no stretch of hours. Write it like 09:00-13:00."), text=part.strip())
        opens, closes = (each or 0 for each in minutes)
        if closes <= opens:
            return message(N_("{hours} ends before it begins."), hours=_stretch(opens, closes))
        found.append((opens, closes))
    found.sort()
    for before, after in pairwise(found):
        if after[0] < before[1]:
            return message(N_("{first} and {second} overlap."), first=_stretch(*before), second=_stretch(*after))
    return tuple((_clock(opens), _clock(closes)) for opens, closes in found)


def check(document: Mapping[str, Any]) -> dict[str, Message]:
    """What is wrong with the hours of each day, by its key; nothing set is right."""
    if not document:
        return {}
    days = {**document.get("days", {}), EVE: document.get(EVE, ()), HOLIDAY: document.get(HOLIDAY, ())}
    wrong: dict[str, Message] = {}
    for day, stretches in days.items():
        if day not in DAYS:
            wrong[day] = message(N_("There is no such day."))
            continue
        said = understood(", ".join("-".join(map(str, stretch)) for stretch in stretches))
        if isinstance(said, Message):
            wrong[day] = said
    if not wrong and not any(days.values()):
        wrong[WEEKDAYS[0]] = message(N_("No day has hours: nobody could ever be called."))
    return wrong


def by_day(document: Mapping[str, Any]) -> dict[str, tuple[Stretch, ...]]:
    """The stretches of each day of a document."""
    days = document.get("days", {})
    rows = {day: days.get(day, ()) for day in WEEKDAYS} | {day: document.get(day, ()) for day in (EVE, HOLIDAY)}
    return {day: tuple((str(opens), str(closes)) for opens, closes in stretches) for day, stretches in rows.items()}


def document_of(days: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, Any]:
    """What the database keeps of the stretches of each day."""
    kept = {day: [list(stretch) for stretch in days.get(day, ())] for day in DAYS}
    return {"days": {day: kept[day] for day in WEEKDAYS}, EVE: kept[EVE], HOLIDAY: kept[HOLIDAY]}


def _minutes(text: str) -> int | None:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    minutes = int(found[1]) * 60 + int(found[2] or 0)
    return minutes if minutes <= _LAST and int(found[2] or 0) < 60 else None


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _stretch(opens: int, closes: int) -> str:
    return f"{_clock(opens)}-{_clock(closes)}"
