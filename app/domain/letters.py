"""Letters no database keeps as they are: refused by name before anything is asked or written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from app.domain.errors import Refused
from app.domain.words import N_, message

__all__ = ["refuse_unkeepable"]

# PostgreSQL keeps no NUL, and half of a pair of surrogates is no letter in any encoding.
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_SHOWN = 30


def refuse_unkeepable(*values: object) -> None:
    """Stop at the first text among the values, however deep, that holds such a letter; say which text it is."""
    for text in _texts(values):
        if found := _UNKEEPABLE.search(text):
            raise Refused(
                "LETTER",
                message(
                    N_("“{text}” holds a character that cannot be kept: {character}."),
                    text=_UNKEEPABLE.sub("\ufffd", text[max(found.start() - _SHOWN, 0) : found.start() + _SHOWN]),
                    character=f"U+{ord(found[0]):04X}",
                ),
                message(N_("Nothing was changed. Take the character out, then try again.")),
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _each((*value.keys(), *value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from _each(value)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _each(getattr(value, field.name) for field in fields(value))


def _each(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        # Ids by the thousand are passed over quickly.
        if type(value) is not int:
            yield from _texts(value)
