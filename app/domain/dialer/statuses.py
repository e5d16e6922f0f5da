"""Results of calls: the built-in ones with their keys, what each means, and what is wrong with a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.domain.words import N_, Message, message

KEYS = tuple("123456789")
LONGEST_RECYCLE = 365 * 24 * 60
MOST_TRIES = 100

OUTCOMES: Mapping[str, Message] = MappingProxyType(
    {
        "no_contact": message(N_("Nobody reached")),
        "contact": message(N_("Reached")),
        "callback": message(N_("To be called back")),
        "success": message(N_("Success")),
        "refusal": message(N_("Refusal")),
        "wrong_number": message(N_("Wrong number")),
        "do_not_call": message(N_("Do not call")),
    }
)
"""What a result means, whatever it is called."""

ALWAYS_FINAL = frozenset({"wrong_number", "do_not_call"})
"""Meanings after which the customer is not called again by the campaign."""


@dataclass(frozen=True, slots=True)
class StatusDraft:
    """What a manager says about a result; 0 tries are as many as it takes, 0 minutes no wait of its own."""

    name: str | None
    outcome: str
    key: str | None = None
    color: str = "#DDDDDD"
    needs_note: bool = False
    is_final: bool = False
    recycle_minutes: int = 0
    max_tries: int = 0
    opens_type_id: int | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A result every campaign begins with."""

    code: str
    name: Message
    draft: StatusDraft


def _built_in(code: str, name: str, key: str, color: str, outcome: str, **rules: int) -> BuiltIn:
    recycle, tries = rules.get("recycle", 0), rules.get("tries", 0)
    is_final = outcome in {"success", "refusal"} | ALWAYS_FINAL
    draft = StatusDraft(None, outcome, key, color, is_final=is_final, recycle_minutes=recycle, max_tries=tries)
    return BuiltIn(code, message(name), draft)


BUILT_IN: tuple[BuiltIn, ...] = (
    _built_in("no_answer", N_("No answer"), "1", "#DDDDDD", "no_contact", recycle=240, tries=5),
    _built_in("busy", N_("Busy"), "2", "#EEDD88", "no_contact", recycle=30, tries=8),
    _built_in("machine", N_("Answering machine"), "3", "#D9B38C", "no_contact", recycle=240, tries=5),
    _built_in("callback", N_("Call back"), "4", "#77AADD", "callback"),
    _built_in("interested", N_("Interested"), "5", "#99DDFF", "contact", recycle=1440, tries=5),
    _built_in("success", N_("Agreed"), "6", "#44BB99", "success"),
    _built_in("refusal", N_("Not interested"), "7", "#EE8866", "refusal"),
    _built_in("wrong_number", N_("Wrong number"), "8", "#AAAA00", "wrong_number"),
    _built_in("do_not_call", N_("Do not call"), "9", "#FFAABB", "do_not_call"),
)
"""The results a campaign begins with, with their digits."""

_NAMES: Mapping[str, Message] = MappingProxyType({each.code: each.name for each in BUILT_IN})


def call_status_name(code: str | None, name: str | None) -> str | Message:
    """What a result is called: its own name, or the built-in one as a Message."""
    return name or _NAMES.get(code or "") or code or ""


def problems(draft: StatusDraft, code: str | None = None) -> dict[str, Message]:
    """What keeps a result from being saved, by field."""
    found: dict[str, Message] = {}
    if not code and not (draft.name or "").strip():
        found["name"] = message(N_("The name is missing."))
    if draft.key is not None and draft.key not in KEYS:
        found["key"] = message(N_("A key is one of the digits 1 to 9."))
    if draft.outcome not in OUTCOMES:
        found["outcome"] = message(N_("Say what the result means."))
    if not 0 <= draft.recycle_minutes <= LONGEST_RECYCLE:
        found["recycle_minutes"] = message(N_("A customer comes again after a year at the latest."))
    if not 0 <= draft.max_tries <= MOST_TRIES:
        found["max_tries"] = message(N_("This is {least} to {most}."), least=0, most=MOST_TRIES)
    if draft.outcome in ALWAYS_FINAL and not draft.is_final:
        found["is_final"] = message(N_("After this the customer is not called again, so the result is final."))
    return found
