"""The script of a campaign with its fields filled in, and what a form's answers must be; nothing in it is executed."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.domain.dialer.forms import FormField
from app.domain.words import N_, Message, message

FIELDS = ("customer", "agent")
"""What a script may name in braces."""

REACHED = frozenset({"contact", "success"})
"""After calls that ended so the required fields must be filled in; who was not reached could not be asked."""

_FIELD = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def filled(script: str, values: Mapping[str, str]) -> str:
    """The script with its known fields filled in, once; anything else in braces stays as it is."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), script)


def read_number(text: str) -> int | float | None:
    """A number as typed, with a point or a comma; None when it is none."""
    kept = text.strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(kept):
        return None
    whole = kept.replace(",", ".")
    return float(whole) if "." in whole else int(whole)


def problem(field: FormField, answer: Any, *, is_asked: bool = True) -> Message | None:
    """What is wrong with the answer to a field; `is_asked` where required ones must be filled in."""
    if answer is None or answer is False or answer == "":
        return message(N_("This is to be filled in.")) if is_asked and field.is_required else None
    if field.kind == "number" and isinstance(answer, str):
        return message(N_("This is no number."))
    if field.kind == "choice" and answer not in field.choices:
        return message(N_("This can no longer be chosen."))
    if field.kind == "date" and not _is_day(answer):
        return message(N_("This is no day."))
    return None


def _is_day(answer: Any) -> bool:
    try:
        date.fromisoformat(answer)
    except (TypeError, ValueError):
        return False
    return True


def first_missing(fields: Iterable[tuple[FormField, Any]], *, is_asked: bool = True) -> Message | None:
    """What keeps the forms from being finished, of the first field with something wrong."""
    for field, answer in fields:
        if wrong := problem(field, answer, is_asked=is_asked):
            return message(N_("{field}: {problem}"), field=field.label, problem=wrong)
    return None
