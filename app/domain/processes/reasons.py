"""A stored reason in words: who got a task and by which rule, said without gender so that every language can.

What is stored are facts (app.domain.processes.routing.reason); the sentences are made when somebody reads them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.domain.processes.routing import Candidate, Rule, choose, ranked
from app.domain.words import N_, Message, counted, message

Facts = Mapping[str, Any]

RULES: Mapping[str, Message] = MappingProxyType(
    {
        Rule.BY_HAND: message(N_("Named by hand")),
        Rule.KEPT: message(N_("Stays in the same hands")),
        Rule.GROUP: message(N_("Waits to be planned")),
        Rule.EARLIER_HANDLER: message(N_("Earlier handler of this task")),
        Rule.LAST_SERVED: message(N_("Last to serve this customer")),
        Rule.ONLY_ONE: message(N_("The only one who is in")),
        Rule.FEWEST: message(N_("Fewest open tasks")),
        Rule.NO_PROFILE: message(N_("The stage names no profile")),
        Rule.NOBODY: message(N_("Nobody is in")),
        Rule.CLOSED: message(N_("Closed")),
    }
)
"""The rules by code, as headings."""


def candidates(reason: Facts) -> tuple[Candidate, ...]:
    """The people who were looked at, in the order of the choice."""
    return tuple(ranked(_candidate(each) for each in reason.get("candidates") or ()))


def receiver(rule: str, reason: Facts) -> str:
    """Who got the task, as far as the facts alone tell."""
    known = reason.get("receiver") or reason.get("name")
    if known:
        return str(known)
    people = candidates(reason)
    if rule in (Rule.FEWEST, Rule.ONLY_ONE, Rule.EARLIER_HANDLER, Rule.LAST_SERVED):
        keeps = rule in (Rule.EARLIER_HANDLER, Rule.LAST_SERVED) and not any(_is_there(each) for each in people)
        found = choose(people, is_linked=rule == Rule.LAST_SERVED, keeps_absent=keeps).user_id
        return next((each.name for each in people if each.user_id == found), "")
    return ""


def short(rule: str, reason: Facts, name: str | None = None) -> Message:
    """One sentence: who and by which rule; `name` is who got it, where the reader knows better than the facts."""
    who = name or receiver(rule, reason)
    if rule == Rule.FEWEST:
        return message(N_("It went to {name}: fewest open tasks ({count})."), name=who, count=_open_of(who, reason))
    text = _SHORT.get(rule)
    return message(N_("It went to {name}."), name=who) if text is None else message(text, name=who)


def tell(rule: str, reason: Facts, name: str | None = None) -> tuple[Message, ...]:
    """The reason in full: first who got it and why, then what else was decisive, one sentence each."""
    who = name or receiver(rule, reason)
    say = _SENTENCES.get(rule)
    if say is None:
        return (short(rule, reason, who),)
    return (say(who, reason), *_further(rule, who, reason))


def _fewest(who: str, reason: Facts) -> Message:
    count, profile = sum(_is_there(each) for each in candidates(reason)), reason.get("profile") or ""
    return counted(
        "It went to {name}: fewest open tasks ({open}), {count} person with the profile “{profile}” is in.",
        "It went to {name}: fewest open tasks ({open}), {count} people with the profile “{profile}” are in.",
        count,
        name=who,
        open=_open_of(who, reason),
        profile=profile,
    )


def _only_one(who: str, reason: Facts) -> Message:
    profile = reason.get("profile") or ""
    return message(N_("It went to {name}: nobody else with the profile “{profile}” is in."), name=who, profile=profile)


def _earlier(who: str, _reason: Facts) -> Message:
    return message(N_("It went to {name}, the earlier handler of this task."), name=who)


def _served(who: str, _reason: Facts) -> Message:
    return message(N_("It went to {name}, the last to serve this customer."), name=who)


def _no_profile(who: str, reason: Facts) -> Message:
    if not reason.get("stage"):
        return message(N_("No profile says who handles it, so it went to the administrator, {name}."), name=who)
    return message(
        N_("The stage “{stage}” names no profile, so it went to the administrator, {name}."),
        stage=reason["stage"],
        name=who,
    )


def _nobody(who: str, reason: Facts) -> Message:
    return message(
        N_("Nobody with the profile “{profile}” is in, so it went to the administrator, {name}."),
        profile=reason.get("profile") or "",
        name=who,
    )


_SHORT: Mapping[str, str] = MappingProxyType(
    {
        Rule.BY_HAND: N_("It went to {name}: named by hand."),
        Rule.KEPT: N_("It stays with {name}."),
        Rule.GROUP: N_("It waits to be planned."),
        Rule.EARLIER_HANDLER: N_("It went to {name}: earlier handler of this task."),
        Rule.LAST_SERVED: N_("It went to {name}: last to serve this customer."),
        Rule.ONLY_ONE: N_("It went to {name}: the only one who is in."),
        Rule.NO_PROFILE: N_("It went to the administrator, {name}: the stage names no profile."),
        Rule.NOBODY: N_("It went to the administrator, {name}: nobody is in."),
        Rule.CLOSED: N_("It is closed."),
    }
)
_SENTENCES: Mapping[str, Callable[[str, Facts], Message]] = MappingProxyType(
    {
        Rule.FEWEST: _fewest,
        Rule.ONLY_ONE: _only_one,
        Rule.EARLIER_HANDLER: _earlier,
        Rule.LAST_SERVED: _served,
        Rule.NO_PROFILE: _no_profile,
        Rule.NOBODY: _nobody,
    }
)


def _further(rule: str, who: str, reason: Facts) -> tuple[Message, ...]:
    people = candidates(reason)
    said: list[Message] = []
    if rule == Rule.FEWEST:
        said += _tie(who, people)
        if not reason.get("counts_waiting", True):
            said.append(message(N_("Tasks that wait for others are not counted.")))
    if rule == Rule.EARLIER_HANDLER:
        said += _several(sum(each.handled_at is not None for each in people))
    said += _passed_over(people)
    if rule == Rule.NOBODY:
        said.append(message(N_("When somebody with this profile comes in, it is handed over again.")))
    return tuple(said)


def _tie(who: str, people: Sequence[Candidate]) -> Iterable[Message]:
    """How equal ones were told apart."""
    chosen = next((each for each in people if each.name == who), None)
    if chosen is None:
        return
    equal = [each for each in people if _is_there(each) and each.open_tasks == chosen.open_tasks]
    if len(equal) < 2:
        return
    if chosen.chosen_at is None:
        yield counted(
            "{count} person has equally few; {name} never got a task automatically before.",
            "{count} people have equally few; {name} never got a task automatically before.",
            len(equal),
            name=who,
        )
    else:
        yield counted(
            "{count} person has equally few; the last automatic task of {name} is the longest ago.",
            "{count} people have equally few; the last automatic task of {name} is the longest ago.",
            len(equal),
            name=who,
        )


def _several(count: int) -> Iterable[Message]:
    if count > 1:
        yield counted(
            "{count} person handled it before; this was the most recent one.",
            "{count} people handled it before; this was the most recent one.",
            count,
        )


def _passed_over(people: Sequence[Candidate]) -> Iterable[Message]:
    away = sum(each.is_active and each.is_absent for each in people)
    left = sum(not each.is_active for each in people)
    if away:
        yield counted("{count} person with this profile is away.", "{count} people with this profile are away.", away)
    if left:
        yield counted(
            "{count} person with this profile is no longer active.",
            "{count} people with this profile are no longer active.",
            left,
        )


def _open_of(who: str, reason: Facts) -> int:
    return next((each.open_tasks for each in candidates(reason) if each.name == who), 0)


def _is_there(candidate: Candidate) -> bool:
    return candidate.is_active and not candidate.is_absent


def _candidate(facts: Mapping[str, Any]) -> Candidate:
    return Candidate(
        int(facts["user"]),
        str(facts["name"]),
        int(facts.get("open") or 0),
        chosen_at=_moment(facts.get("chosen_at")),
        handled_at=_moment(facts.get("handled_at")),
        served_at=_moment(facts.get("served_at")),
        is_active=bool(facts.get("active", True)),
        is_absent=bool(facts.get("absent", False)),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
