"""Why a placement is refused or doubtful: stable codes, the facts behind them, and the sentence for the reader."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType

from app.domain.planner.intervals import Interval
from app.domain.words import N_, Message, message


class Code(StrEnum):
    """Stable names of the rules, shared by screens, services, import, database refusals and tests."""

    GREY_ABSENCE = "GREY_ABSENCE"
    GREY_HOLIDAY = "GREY_HOLIDAY"
    GREY_NO_PRESENCE = "GREY_NO_PRESENCE"
    OVERLAP = "OVERLAP"
    NOT_ENABLED = "NOT_ENABLED"
    SITE = "SITE"
    PAST = "PAST"
    STALE = "STALE"


class Kind(StrEnum):
    """Hard refuses always, policy as the company decided, soft only warns."""

    HARD = "hard"
    POLICY = "policy"
    SOFT = "soft"


_KINDS: Mapping[Code, Kind] = {Code.SITE: Kind.POLICY, Code.PAST: Kind.POLICY}
_RANK = {Kind.HARD: 0, Kind.POLICY: 1, Kind.SOFT: 2}


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: where it begins, whether it stops the placement, and the facts for the sentence.

    `fields` by code: GREY_* `technician`, `label`; OVERLAP `name`, `set_by`, `visit_id`, `free` (Interval or None);
    NOT_ENABLED `technician`, `type`; SITE `technician`, `site`; PAST `limit`; STALE `name`, `at`, `technician`,
    `start`, and `state` where only that is another one.
    """

    code: Code
    interval: Interval
    blocks: bool = True
    zone: tzinfo = UTC
    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def kind(self) -> Kind:
        """Hard, policy or soft."""
        return _KINDS.get(self.code, Kind.HARD)

    def message(self) -> Message:
        """The sentence: what is in the way, with its time in the company's zone."""
        return _WORDS[self.code](self)

    def clock(self, moment: datetime) -> str:
        """Hours and minutes of an instant in the company's zone."""
        return f"{moment.astimezone(self.zone):%H:%M}"


def ordered(found: Iterable[Violation]) -> tuple[Violation, ...]:
    """Hard before policy before soft, what stops before what only warns, then by start."""
    return tuple(sorted(found, key=lambda each: (_RANK[each.kind], not each.blocks, each.interval.start)))


def _absence(broken: Violation) -> Message:
    span = {"start": broken.clock(broken.interval.start), "end": broken.clock(broken.interval.end)}
    who, reason = broken.fields["technician"], broken.fields.get("label")
    if reason:
        return message(N_("{technician} is absent {start}–{end}: {reason}"), technician=who, reason=reason, **span)
    return message(N_("{technician} is absent {start}–{end}"), technician=who, **span)


def _holiday(broken: Violation) -> Message:
    return message(N_("Holiday: {name}"), name=broken.fields["label"])


def _no_presence(broken: Violation) -> Message:
    return message(
        N_("{technician} is not there {start}–{end}"),
        technician=broken.fields["technician"],
        start=broken.clock(broken.interval.start),
        end=broken.clock(broken.interval.end),
    )


def _overlap(broken: Violation) -> Message:
    return message(
        N_("{time} is taken by {name}"), time=broken.clock(broken.interval.start), name=broken.fields["name"]
    )


def _not_enabled(broken: Violation) -> Message:
    kind, who = broken.fields["type"], broken.fields["technician"]
    return message(N_("{technician} is not enabled for {type}"), technician=who, type=kind)


def _site(broken: Violation) -> Message:
    site, who = broken.fields["site"], broken.fields["technician"]
    return message(
        N_("{technician} is at {site} at {time}"), technician=who, site=site, time=broken.clock(broken.interval.start)
    )


def _past(broken: Violation) -> Message:
    return message(N_("{time} is already past"), time=broken.clock(broken.interval.start))


def _stale(broken: Violation) -> Message:
    who, at, where, start = (broken.fields.get(name) for name in ("name", "at", "technician", "start"))
    if not who or not isinstance(at, datetime):
        return message(N_("This visit was changed by somebody else first"))
    said = {"name": who, "at": at.astimezone(broken.zone).time()}
    if (state := broken.fields.get("state")) is not None:
        return message(N_("{name} changed the state of this visit at {at}: it is now {state}"), state=state, **said)
    if not where or not isinstance(start, datetime):
        return message(N_("This visit was changed by somebody else first"))
    local = start.astimezone(broken.zone)
    place = {"technician": where, "date": local.date(), "time": local.time()}
    return message(N_("{name} changed this visit at {at}: it is now with {technician}, {date} {time}"), **said, **place)


_WORDS: Mapping[Code, Callable[[Violation], Message]] = {
    Code.GREY_ABSENCE: _absence,
    Code.GREY_HOLIDAY: _holiday,
    Code.GREY_NO_PRESENCE: _no_presence,
    Code.OVERLAP: _overlap,
    Code.NOT_ENABLED: _not_enabled,
    Code.SITE: _site,
    Code.PAST: _past,
    Code.STALE: _stale,
}
