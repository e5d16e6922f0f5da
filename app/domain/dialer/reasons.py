"""Why this customer, why now: a stored reason in words, said without gender so that every language can.

What a claim stores are facts; the sentences are made when somebody reads them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.domain.words import N_, Message, counted, message

Facts = Mapping[str, Any]

RULES: Mapping[str, Message] = MappingProxyType(
    {
        "CALLBACK_MINE": message(N_("A callback of yours is due")),
        "CALLBACK_ANYONE": message(N_("A callback is due")),
        "NO_STATUS": message(N_("Never called in this campaign")),
        "IN_TURN": message(N_("Next in turn")),
        "BY_HAND": message(N_("Chosen by hand")),
        "NUMBER": message(N_("Another number of this customer")),
    }
)
"""The rules by code, as headings."""

_PRIORITIES = (
    message(N_("The priority is urgent.")),
    message(N_("The priority is high.")),
    message(N_("The priority is medium.")),
    message(N_("The priority is low.")),
)


def short(rule: str, reason: Facts) -> Message:
    """One line for the card."""
    pool = reason.get("pool")
    if rule in ("NO_STATUS", "IN_TURN") and pool:
        text = N_("Never called in this campaign, from “{pool}”") if rule == "NO_STATUS" else N_("Next in “{pool}”")
        return message(text, pool=pool)
    return RULES.get(rule, RULES["IN_TURN"])


def tell(rule: str, reason: Facts) -> tuple[Message, ...]:
    """The reason in full, one sentence each: by which rule, out of which pool, and what put him first there."""
    return tuple(said for say in _SENTENCES if (said := say(rule, reason)) is not None)


def _by_rule(rule: str, _reason: Facts) -> Message | None:
    said = {
        "CALLBACK_MINE": N_("The customer asked to be called back by you, and the time has come."),
        "CALLBACK_ANYONE": N_("The customer asked to be called back, and the time has come."),
        "NO_STATUS": N_("Customers who were never called come first in this campaign."),
        "IN_TURN": N_("Nobody with a callback, and nobody higher in the order, may be called now."),
        "BY_HAND": N_("This customer was chosen by hand."),
    }.get(rule)
    return None if said is None else message(said)


def _when(_rule: str, reason: Facts) -> Message | None:
    due = reason.get("due_at")
    return message(N_("The callback was due at {moment}."), moment=datetime.fromisoformat(due)) if due else None


def _where(rule: str, reason: Facts) -> Message | None:
    pool = reason.get("pool")
    if not pool:
        return None
    if reason.get("all_pools"):
        return message(N_("The pool is “{pool}”; this campaign serves from all pools at once."), pool=pool)
    if rule in ("NO_STATUS", "IN_TURN"):
        return message(N_("The pool is “{pool}”, the first in your order with somebody to call."), pool=pool)
    return message(N_("The pool is “{pool}”."), pool=pool)


def _how_urgent(rule: str, reason: Facts) -> Message | None:
    priority = reason.get("priority")
    if rule not in ("NO_STATUS", "IN_TURN") or not isinstance(priority, int):
        return None
    return _PRIORITIES[min(max(priority, 0), len(_PRIORITIES) - 1)]


def _how_long(rule: str, reason: Facts) -> Message | None:
    tries, tried = reason.get("tries") or 0, reason.get("tried_at")
    if not tries or not tried:
        return None
    moment = datetime.fromisoformat(tried)
    if rule != "IN_TURN":
        return counted(
            "Tried {count} time, last at {moment}.", "Tried {count} times, last at {moment}.", tries, moment=moment
        )
    return counted(
        "Tried {count} time, last at {moment}: the longest ago among equals.",
        "Tried {count} times, last at {moment}: the longest ago among equals.",
        tries,
        moment=moment,
    )


_SENTENCES: tuple[Callable[[str, Facts], Message | None], ...] = (_by_rule, _when, _where, _how_urgent, _how_long)
