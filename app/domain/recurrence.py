"""How something recurs, as a form shows it: every so many days, weeks or months; written as RFC 5545 text."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, counted, message

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Unit(StrEnum):
    """What is counted between two times."""

    DAYS = "DAILY"
    WEEKS = "WEEKLY"
    MONTHS = "MONTHLY"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every `every` units; weeks on their `weekdays` (0 is Monday), months on a day of theirs or on a weekday.

    A month recurs on day `month_day` (-1 is the last), or where that is None on weekday `weekdays[0]` the
    `position`th time (-1: the last).
    """

    unit: Unit = Unit.WEEKS
    every: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    position: int = 1

    def to_rrule(self) -> str:
        """The rule as RFC 5545 writes it."""
        parts = [f"FREQ={self.unit.value}"]
        if self.every > 1:
            parts.append(f"INTERVAL={self.every}")
        if self.unit is Unit.WEEKS and self.weekdays:
            parts.append("BYDAY=" + ",".join(DAYS[day] for day in sorted(self.weekdays)))
        elif self.unit is Unit.MONTHS and self.month_day is not None:
            parts.append(f"BYMONTHDAY={self.month_day}")
        elif self.unit is Unit.MONTHS and self.weekdays:
            parts.append(f"BYDAY={self.position}{DAYS[self.weekdays[0]]}")
        return ";".join(parts)


def from_rrule(text: str) -> Recurrence | None:
    """The rule as the form shows it; None for one that says more than the form can."""
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";") if part)
    unit, every = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    parts.pop("WKST", None)
    if unit not in set(Unit) or not every.isdecimal():
        return None
    found = Recurrence(Unit(unit), int(every))
    if not parts:
        return found if unit == Unit.DAYS or unit == Unit.WEEKS else None
    if len(parts) > 1:
        return None
    name, value = next(iter(parts.items()))
    return _with_part(found, name, value)


def _with_part(found: Recurrence, name: str, value: str) -> Recurrence | None:
    if name == "BYDAY" and found.unit is Unit.WEEKS and all(day in DAYS for day in value.split(",")):
        return Recurrence(found.unit, found.every, tuple(sorted(DAYS.index(day) for day in value.split(","))))
    if found.unit is not Unit.MONTHS:
        return None
    if name == "BYMONTHDAY" and value.lstrip("-").isdecimal():
        return Recurrence(found.unit, found.every, (), int(value))
    if name == "BYDAY" and value[-2:] in DAYS and value[:-2].lstrip("-+").isdecimal():
        return Recurrence(found.unit, found.every, (DAYS.index(value[-2:]),), None, int(value[:-2]))
    return None


WEEKDAY_NAMES: Mapping[int, str] = MappingProxyType(
    {
        0: N_("Monday"),
        1: N_("Tuesday"),
        2: N_("Wednesday"),
        3: N_("Thursday"),
        4: N_("Friday"),
        5: N_("Saturday"),
        6: N_("Sunday"),
    }
)

POSITION_NAMES: Mapping[int, str] = MappingProxyType(
    {1: N_("first"), 2: N_("second"), 3: N_("third"), 4: N_("fourth"), -1: N_("last")}
)


def described(recurrence: Recurrence, days: str) -> Message:
    """The rule in words; `days` is the list of its weekdays, already in the reader's language."""
    every = recurrence.every
    if recurrence.unit is Unit.DAYS:
        return counted("Every day", "Every {count} days", every)
    if recurrence.unit is Unit.WEEKS:
        return counted("Every week: {days}", "Every {count} weeks: {days}", every, days=days)
    if recurrence.month_day == -1:
        return counted("Every month on its last day", "Every {count} months on the last day", every)
    if recurrence.month_day is not None:
        return counted("Every month on day {day}", "Every {count} months on day {day}", every, day=recurrence.month_day)
    position = message(POSITION_NAMES.get(recurrence.position, POSITION_NAMES[1]))
    return counted(
        "Every month on the {position} {days}",
        "Every {count} months on the {position} {days}",
        every,
        position=position,
        days=days,
    )
