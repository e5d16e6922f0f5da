"""Whether a person may be called now, and what keeps him from it: the law, his wishes, the campaign's pauses.

PostgreSQL's function `dial_standing` asks the same questions in the same order; tests hold the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, message


class Block(StrEnum):
    """What keeps a customer from being called now."""

    NO_NUMBER = "NO_NUMBER"
    DO_NOT_CALL = "DO_NOT_CALL"
    NO_CONSENT = "NO_CONSENT"
    REGISTER_OLD = "REGISTER_OLD"
    REGISTERED = "REGISTERED"
    FILTERED = "FILTERED"
    HELD = "HELD"
    LATER = "LATER"
    CAP = "CAP"
    GAP = "GAP"
    HOURS = "HOURS"
    FINAL = "FINAL"
    TRIES = "TRIES"
    POOL = "POOL"


WORDS: Mapping[str, Message] = MappingProxyType(
    {
        Block.NO_NUMBER: message(N_("No number that can be called")),
        Block.DO_NOT_CALL: message(N_("Does not want to be called")),
        Block.NO_CONSENT: message(N_("No valid consent")),
        Block.REGISTER_OLD: message(N_("Not checked against the register in time")),
        Block.REGISTERED: message(N_("Listed in the register")),
        Block.FILTERED: message(N_("Outside the filters")),
        Block.HELD: message(N_("With another agent, or just called")),
        Block.LATER: message(N_("To be called later")),
        Block.CAP: message(N_("Called often enough today")),
        Block.GAP: message(N_("Called a short while ago")),
        Block.HOURS: message(N_("Outside the calling hours there")),
        Block.FINAL: message(N_("Finished")),
        Block.TRIES: message(N_("Tried often enough")),
        Block.POOL: message(N_("The pool was removed")),
    }
)
"""Each reason as a heading, for counts."""

REFUSALS: Mapping[str, Message] = MappingProxyType(
    {
        Block.NO_NUMBER: message(N_("This customer has no number that can be called.")),
        Block.DO_NOT_CALL: message(N_("This customer does not want to be called.")),
        Block.NO_CONSENT: message(N_("There is no valid consent to call this customer.")),
        Block.REGISTER_OLD: message(N_("This number was not checked against the register in time.")),
        Block.REGISTERED: message(N_("This number is listed in the register.")),
        Block.HELD: message(N_("This customer is with another agent, or was just called.")),
        Block.CAP: message(N_("This customer was called often enough today.")),
        Block.GAP: message(N_("This customer was called a short while ago.")),
        Block.HOURS: message(N_("It is outside the calling hours where this customer lives.")),
        "LEASE": message(N_("This customer is no longer with you: your desk gave no sign for too long.")),
        "CAMPAIGN_CLOSED": message(N_("This campaign is not open.")),
        "NOT_IN_CAMPAIGN": message(N_("You do not work in this campaign.")),
        "NOT_IN_POOL": message(N_("This customer is in no pool of this campaign.")),
        "OTHER_NUMBER": message(N_("This number is none of this customer's.")),
        "OTHER_STATUS": message(N_("This result belongs to another campaign.")),
        "NOTE": message(N_("This campaign takes no result without a note.")),
        "NO_WISH": message(N_("Nobody who was not spoken to can ask to be called back. Choose another result.")),
        "CALLBACK": message(N_("Say when to call back.")),
        "SEVERAL": message(N_("In this campaign a customer belongs to one agent, and this one is in a pool already.")),
    }
)
"""What the desk is told when the database says no."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one number, across pools and campaigns."""

    number: str | None
    last_call_at: datetime | None = None
    calls_today: int = 0
    day_ends_at: datetime | None = None
    is_refused: bool = False
    register_checked_at: datetime | None = None
    is_registered: bool = False
    consent_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """What a campaign asks before anybody is called; `registers` are days an answer holds, by prefix of the number."""

    checks_register: bool = False
    needs_consent: bool = False
    gap_minutes: int = 0
    daily_cap: int = 0
    registers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What blocks a person now, if anything, and when it ends by itself."""

    code: Block | None = None
    free_at: datetime | None = None


def standing(person: Person, law: Law, *, at: datetime, is_callback: bool = False) -> Standing:
    """Whether a person may be called at a moment; who asked to be called back passes register, gap and cap."""
    if person.number is None:
        return Standing(Block.NO_NUMBER)
    if person.is_refused:
        return Standing(Block.DO_NOT_CALL)
    has_consent = person.consent_until is not None and person.consent_until > at
    if law.needs_consent and not has_consent:
        return Standing(Block.NO_CONSENT)
    if law.checks_register and not is_callback and not has_consent and (listed := _register(person, law, at)):
        return Standing(listed)
    return Standing() if is_callback else _pause(person, law, at)


def _register(person: Person, law: Law, at: datetime) -> Block | None:
    prefix = max((each for each in law.registers if (person.number or "").startswith(each)), key=len, default=None)
    if prefix is None:
        return None
    checked = person.register_checked_at
    if checked is None or checked + timedelta(days=law.registers[prefix]) <= at:
        return Block.REGISTER_OLD
    return Block.REGISTERED if person.is_registered else None


def _pause(person: Person, law: Law, at: datetime) -> Standing:
    if law.daily_cap and person.day_ends_at and person.day_ends_at > at and person.calls_today >= law.daily_cap:
        return Standing(Block.CAP, person.day_ends_at)
    if law.gap_minutes and person.last_call_at:
        free_at = person.last_call_at + timedelta(minutes=law.gap_minutes)
        if free_at > at:
            return Standing(Block.GAP, free_at)
    return Standing()
