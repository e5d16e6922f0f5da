"""Why a row of the ledger bears its points, or why a step scored none: stored facts put into sentences when asked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, message


@dataclass(frozen=True, slots=True)
class SettingFacts:
    """The setting that decided: `since` is None where it was there before settings were dated."""

    customer_points: Decimal
    worker_points: Decimal
    scores_every_time: bool
    is_redemption: bool
    may_go_below: bool
    since: datetime | None
    by: str | None


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """The other row of a reversal: its number, when it was written, by whom, and with what words."""

    number: int
    at: datetime
    by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """A row with what it came from: the step of a task by a setting, or the row it reverses."""

    number: int
    task: str
    process: str
    stage: str
    at: datetime
    by: str | None
    customer: str | None
    worker: str | None
    customer_points: Decimal
    worker_points: Decimal | None
    occasion: int | None
    note: str
    setting: SettingFacts | None = None
    reverses: LinkFacts | None = None
    reversed: LinkFacts | None = None


class Nothing(StrEnum):
    """Why a step scored nothing."""

    NOT_ENTERED = "not_entered"
    NO_POINTS = "no_points"
    SCORED_BEFORE = "scored_before"
    NO_CUSTOMER = "no_customer"
    NO_WORKER = "no_worker"
    BEFORE_THE_LEDGER = "before_the_ledger"


def tell(facts: EntryFacts) -> tuple[Message, ...]:
    """Where the points of a row come from, one sentence each: the step or the reversal, the setting, the occasion."""
    return tuple(said for say in _SENTENCES for said in say(facts))


def tell_nothing(
    code: Nothing, stage: str, setting: SettingFacts | None = None, before: LinkFacts | None = None
) -> tuple[Message, ...]:
    """Why a step scored nothing; `before` is the row that stands already, where that is why."""
    said = [message(_NOTHING[code], stage=stage)]
    if before is not None:
        said.append(message(N_("That is row {number}, {moment}."), number=str(before.number), moment=before.at))
    if setting is not None:
        said += _of_setting(setting)
    return tuple(said)


_NOTHING: Mapping[Nothing, str] = MappingProxyType(
    {
        Nothing.NOT_ENTERED: N_("This step entered no other stage, so it scored nothing."),
        Nothing.NO_POINTS: N_("“{stage}” had no points then."),
        Nothing.SCORED_BEFORE: N_("The task had scored at “{stage}” before, and it scores there once."),
        Nothing.NO_CUSTOMER: N_("“{stage}” has points of the customer alone, and this task had no customer."),
        Nothing.NO_WORKER: N_("“{stage}” has points of the worker alone, and nobody made this step by hand."),
        Nothing.BEFORE_THE_LEDGER: N_("This step is older than the points that are kept."),
    }
)


def _written(facts: EntryFacts) -> Iterable[Message]:
    """The act that wrote the row: a reversal or a step."""
    if facts.reverses is not None:
        other = facts.reverses
        yield message(
            N_("It reverses row {number}, {moment}: “{stage}” of “{process}”, task “{task}”."),
            number=str(other.number),
            moment=other.at,
            stage=facts.stage,
            process=facts.process,
            task=facts.task,
        )
        yield from _reversal(facts.by, facts.at, facts.note)
        return
    fields = {"stage": facts.stage, "process": facts.process, "task": facts.task, "moment": facts.at}
    if facts.by:
        text = N_("The task “{task}” entered “{stage}” of “{process}”, {moment}. The update was made by {name}.")
        yield message(text, name=facts.by, **fields)
    else:
        yield message(N_("The task “{task}” entered “{stage}” of “{process}” by itself, {moment}."), **fields)


def _reversal(name: str | None, moment: datetime, reason: str) -> Iterable[Message]:
    if name:
        yield message(N_("Reversed by {name}, {moment}. Reason: {reason}"), name=name, moment=moment, reason=reason)
    else:
        yield message(N_("Reversed {moment}. Reason: {reason}"), moment=moment, reason=reason)


def _whose(facts: EntryFacts) -> Iterable[Message]:
    if facts.customer_points:
        text = N_("Points of the customer, {name}: {points}.")
        yield message(text, name=facts.customer or "", points=facts.customer_points)
    if facts.worker_points:
        text = N_("Points of the worker, {name}: {points}.")
        yield message(text, name=facts.worker or "", points=facts.worker_points)


def _by_setting(facts: EntryFacts) -> Iterable[Message]:
    setting = facts.setting
    if facts.reverses is not None:
        return
    if setting is None:
        yield message(N_("These points were given before settings were kept with their dates."))
        return
    yield from _of_setting(setting)
    if setting.customer_points and not facts.customer_points:
        yield message(N_("The points of the customer do not count: the task had no customer."))
    if setting.worker_points and facts.worker_points == 0:
        yield message(N_("The points of the worker do not count: nobody made this step by hand."))
    if setting.is_redemption and setting.may_go_below:
        yield message(N_("The customer spends points here, and the balance may go below zero."))
    elif setting.is_redemption:
        yield message(N_("The customer spends points here, as many as the balance holds."))


def _of_setting(setting: SettingFacts) -> Iterable[Message]:
    points = {"customer": setting.customer_points, "worker": setting.worker_points}
    if setting.since is None:
        text = N_(
            "The stage was set so before settings were kept with their dates: customer {customer}, worker {worker}."
        )
        yield message(text, **points)
    elif setting.by:
        text = N_("Set by {name}, in force since {moment}: customer {customer}, worker {worker}.")
        yield message(text, name=setting.by, moment=setting.since, **points)
    else:
        yield message(
            N_("In force since {moment}: customer {customer}, worker {worker}."), moment=setting.since, **points
        )


def _occasion(facts: EntryFacts) -> Iterable[Message]:
    if facts.setting is None or facts.occasion is None or facts.reverses is not None:
        return
    if facts.setting.scores_every_time:
        yield message(N_("The stage scores every time it is entered; this was time {number}."), number=facts.occasion)
    elif facts.occasion > 1:
        yield message(N_("It scored once more because what it had scored before was reversed."))
    else:
        yield message(N_("A task scores at this stage once."))


def _taken_back(facts: EntryFacts) -> Iterable[Message]:
    if facts.reversed is not None:
        back = facts.reversed
        yield message(N_("Row {number} takes it back."), number=str(back.number))
        yield from _reversal(back.by, back.at, back.note)


_SENTENCES: tuple[Callable[[EntryFacts], Iterable[Message]], ...] = (
    _written,
    _whose,
    _by_setting,
    _occasion,
    _taken_back,
)
