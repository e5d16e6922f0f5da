"""The rules of a campaign: every switch, what it does in one sentence, its limits, and what is wrong with a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from app.domain.dialer import hours
from app.domain.dialer.filtering import read_filters
from app.domain.words import N_, Message, message

WEEK = 7 * 24 * 60


class Kind(StrEnum):
    """How a rule is set."""

    CHECK = "check"
    SECONDS = "seconds"
    MINUTES = "minutes"
    COUNT = "count"
    HOURS = "hours"
    FILTERS = "filters"


@dataclass(frozen=True, slots=True)
class Rule:
    """One switch of a campaign: `label` and `about` are catalogue texts, `least` and `most` its limits."""

    key: str
    label: str
    about: str
    kind: Kind = Kind.CHECK
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that belong together, under a heading."""

    title: str
    rules: tuple[Rule, ...]


GROUPS: tuple[RuleGroup, ...] = (
    RuleGroup(
        N_("Automation"),
        (
            Rule(
                "calls_automatically",
                N_("Call automatically"),
                N_("The number is dialled by itself once the customer is loaded; otherwise the agent reads first."),
            ),
            Rule(
                "call_delay_seconds",
                N_("Countdown before dialling (s)"),
                N_("For this long an automatic call can still be stopped with any key."),
                Kind.SECONDS,
                most=60,
            ),
            Rule(
                "alert_after_seconds",
                N_("Alert after (s)"),
                N_("After so many seconds on one customer the desk gives an alert; 0 gives none."),
                Kind.SECONDS,
                most=3600,
            ),
            Rule(
                "wrap_up_seconds",
                N_("Time to write after a call (s)"),
                N_(
                    "For this long nobody new is loaded after a call, so that there is time to write; "
                    "0 asks for no wait."
                ),
                Kind.SECONDS,
                most=3600,
            ),
        ),
    ),
    RuleGroup(
        N_("Order and supply"),
        (
            Rule(
                "no_status_first",
                N_("Customers without a result first"),
                N_("Whoever was never called comes before those who have a result already."),
            ),
            Rule(
                "from_all_pools",
                N_("From all pools"),
                N_(
                    "Customers come from all pools whatever their order; otherwise the next pool serves when the one"
                    " before has nobody."
                ),
            ),
            Rule(
                "includes_campaign_pools",
                N_("Include the campaign's pools"),
                N_(
                    "An agent's private pools come first, then the campaign's; otherwise he gets only his private ones."
                ),
            ),
            Rule(
                "skip_minutes",
                N_("Skipped customers rest for"),
                N_("A customer who was skipped is offered again after this time; 0 offers him at once."),
                Kind.MINUTES,
                most=WEEK,
            ),
            Rule(
                "hours",
                N_("Calling hours"),
                N_("Nobody is called outside of these hours, by the clock of his own time zone."),
                Kind.HOURS,
            ),
        ),
    ),
    RuleGroup(
        N_("Permissions and sharing"),
        (
            Rule(
                "allows_several_relations",
                N_("Several agents for one customer"),
                N_("A customer may be in the pools of several agents of this campaign; otherwise in one pool only."),
            ),
            Rule(
                "agents_set_filters",
                N_("Agents set filters"),
                N_("Agents narrow down further whom they get; otherwise only the filters here hold."),
            ),
            Rule(
                "filters",
                N_("Filters for everybody"),
                N_("Only customers who pass these filters are given to anyone; agents cannot widen them."),
                Kind.FILTERS,
            ),
            Rule(
                "own_history_only",
                N_("Own history only"),
                N_("An agent sees only what he did himself; otherwise those who may see that of their groups too."),
            ),
            Rule(
                "reminds_caller_only",
                N_("Remind the caller only"),
                N_("A promise to call back is shown to whoever gave it; otherwise to his groups as well."),
            ),
        ),
    ),
    RuleGroup(
        N_("Quality"),
        (
            Rule(
                "needs_note",
                N_("A note for every result"),
                N_("No result is taken without a note; otherwise only where the result itself asks for one."),
            ),
            Rule(
                "checks_register",
                N_("Ask the do-not-call register"),
                N_(
                    "Where a country has such a register, a number is called only while a recent answer says it is not"
                    " listed, or its owner's consent holds."
                ),
            ),
            Rule(
                "needs_consent",
                N_("Consent needed"),
                N_("Only people whose consent is on record and has not ended are called."),
            ),
        ),
    ),
    RuleGroup(
        N_("Collisions"),
        (
            Rule(
                "lock_minutes",
                N_("Lock after a call"),
                N_(
                    "For this long after a call nobody else gets the customer; "
                    "with 0 several agents may load him at once and see each other."
                ),
                Kind.MINUTES,
                most=WEEK,
            ),
            Rule(
                "gap_minutes",
                N_("Least time between two calls"),
                N_("The same number is not called again sooner, by whatever campaign; 0 leaves no gap."),
                Kind.MINUTES,
                most=WEEK,
            ),
            Rule(
                "daily_cap",
                N_("Calls to one number a day"),
                N_("After so many calls a number rests until its next day; 0 sets no limit."),
                Kind.COUNT,
                most=100,
            ),
        ),
    ),
)
"""Every rule of a campaign, in the five groups of its settings."""

RULES: Mapping[str, Rule] = {rule.key: rule for group in GROUPS for rule in group.rules}


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What a manager says about a campaign; minutes and counts of 0 mean none."""

    name: str
    script: str = ""
    calls_automatically: bool = False
    call_delay_seconds: int = 5
    alert_after_seconds: int = 60
    wrap_up_seconds: int = 0
    no_status_first: bool = True
    from_all_pools: bool = False
    includes_campaign_pools: bool = True
    skip_minutes: int = 30
    hours: dict[str, Any] = field(default_factory=dict)
    allows_several_relations: bool = False
    agents_set_filters: bool = False
    filters: dict[str, Any] = field(default_factory=dict)
    own_history_only: bool = False
    reminds_caller_only: bool = True
    needs_note: bool = True
    checks_register: bool = True
    needs_consent: bool = False
    lock_minutes: int = 10
    gap_minutes: int = 120
    daily_cap: int = 3


FIELDS: tuple[str, ...] = tuple(each.name for each in fields(CampaignDraft))
"""The fields of a draft; they are called the same in the table."""


def problems(draft: CampaignDraft) -> dict[str, Message]:
    """What keeps a draft from being saved, by field."""
    found: dict[str, Message] = {}
    if not draft.name.strip():
        found["name"] = message(N_("The name is missing."))
    for rule in RULES.values():
        if rule.kind in (Kind.SECONDS, Kind.MINUTES, Kind.COUNT):
            value: int = getattr(draft, rule.key)
            if not rule.least <= value <= rule.most:
                found[rule.key] = _out_of_range(rule)
    wrong = hours.check(draft.hours)
    if wrong:
        day, said = next(iter(wrong.items()))
        named = day in hours.DAYS
        found["hours"] = message(N_("{day}: {problem}"), day=hours.day_name(day), problem=said) if named else said
    said_of_filters = read_filters(draft.filters).problem()
    if said_of_filters is not None:
        found["filters"] = said_of_filters
    return found


def _out_of_range(rule: Rule) -> Message:
    text = {
        Kind.SECONDS: N_("This is {least} to {most} seconds."),
        Kind.MINUTES: N_("This is {least} to {most} minutes, a week at most."),
        Kind.COUNT: N_("This is {least} to {most}."),
    }[rule.kind]
    return message(text, least=rule.least, most=rule.most)
