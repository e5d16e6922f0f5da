"""Who gets a task: the rules of handing over, in their order.

The earlier handler of this task, then (for a task that opened by itself) who last served this customer, then whoever
has the fewest open tasks; equal ones by the longest time since the machine last chose them, then by number, so that
the same facts always give the same answer. Requirements: rows R-F9 to R-F15, decisions Q1 to Q5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    """How the receiver of a task was found."""

    BY_HAND = "by_hand"
    KEPT = "kept"
    GROUP = "group"
    EARLIER_HANDLER = "earlier_handler"
    LAST_SERVED = "last_served"
    ONLY_ONE = "only_one"
    FEWEST = "fewest"
    NO_PROFILE = "no_profile"
    NOBODY = "nobody"
    CLOSED = "closed"


AUTOMATIC = frozenset(
    {Rule.EARLIER_HANDLER, Rule.LAST_SERVED, Rule.ONLY_ONE, Rule.FEWEST, Rule.NO_PROFILE, Rule.NOBODY}
)
"""The rules by which the machine hands over."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A holder of the profile with what the choice looks at.

    `handled_at` is when he last had this very task, `served_at` when he last had a task of this customer, `chosen_at`
    when the machine last chose him for anything. `open_tasks` are counted as the company's rules say.
    """

    user_id: int
    name: str
    open_tasks: int
    chosen_at: datetime | None = None
    handled_at: datetime | None = None
    served_at: datetime | None = None
    is_active: bool = True
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule that found the receiver; none when nobody can take the task."""

    rule: Rule
    user_id: int | None


def choose(candidates: Iterable[Candidate], *, is_linked: bool = False, keeps_absent: bool = False) -> Choice:
    """Choose among the holders of a profile.

    Inactive holders never get a task. Absent ones are passed over, also as earlier handlers, unless `keeps_absent`
    leaves a task with the one who knows it.
    """
    active = [each for each in candidates if each.is_active]
    there = [each for each in active if not each.is_absent]
    knowing = active if keeps_absent else there
    earlier = [(each.handled_at, -each.user_id) for each in knowing if each.handled_at is not None]
    if earlier:
        return Choice(Rule.EARLIER_HANDLER, -max(earlier)[1])
    if len(there) == 1:
        return Choice(Rule.ONLY_ONE, there[0].user_id)
    served = [(each.served_at, -each.user_id) for each in knowing if is_linked and each.served_at is not None]
    if served:
        return Choice(Rule.LAST_SERVED, -max(served)[1])
    if not there:
        return Choice(Rule.NOBODY, None)
    return Choice(Rule.FEWEST, min(there, key=_place).user_id)


def _place(candidate: Candidate) -> tuple[int, bool, float, int]:
    last = candidate.chosen_at
    return candidate.open_tasks, last is not None, last.timestamp() if last else 0.0, candidate.user_id


def ranked(candidates: Iterable[Candidate]) -> Sequence[Candidate]:
    """The candidates as a person reads them: who could take it first, in the order of the choice."""
    return sorted(candidates, key=lambda each: (not each.is_active, each.is_absent, *_place(each)))


def reason(
    rule: Rule,
    *,
    profile: str | None = None,
    profile_id: int | None = None,
    stage: str | None = None,
    candidates: Iterable[Candidate] = (),
    counts_waiting: bool = True,
    keeps_absent: bool = False,
    is_linked: bool = False,
) -> dict[str, Any]:
    """What is stored with the step, so that it can be told and replayed at any later time: facts, no sentences."""
    return {
        "rule": rule.value,
        "profile": profile,
        "profile_id": profile_id,
        "stage": stage,
        "counts_waiting": counts_waiting,
        "keeps_absent": keeps_absent,
        "is_linked": is_linked,
        "candidates": [_facts(each) for each in ranked(candidates)],
    }


def _facts(candidate: Candidate) -> dict[str, Any]:
    return {
        "user": candidate.user_id,
        "name": candidate.name,
        "open": candidate.open_tasks,
        "chosen_at": candidate.chosen_at and candidate.chosen_at.isoformat(),
        "handled_at": candidate.handled_at and candidate.handled_at.isoformat(),
        "served_at": candidate.served_at and candidate.served_at.isoformat(),
        "active": candidate.is_active,
        "absent": candidate.is_absent,
    }
