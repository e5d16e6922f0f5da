"""Sentences as data: written in English beside the rule, put into the reader's language when shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


def N_(text: str) -> str:
    """Mark a text for the catalogue without translating it yet."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of the catalogue with the values of its `{named}` fields.

    With `plural` the form is chosen by `count`, which is also available as the field `{count}`.
    A field may itself be a Message; it is put into words first.
    """

    text: str
    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    plural: str | None = None
    count: int | None = None


def message(text: str, /, **fields: object) -> Message:
    """A Message of one form: `message(N_("{time} is taken by {name}"), time=..., name=...)`."""
    return Message(text, fields)


def counted(singular: str, plural: str, count: int, /, **fields: object) -> Message:
    """A Message whose form follows `count`."""
    return Message(singular, fields, plural, count)


def enumeration(names: Sequence[str | Message]) -> str | Message:
    """Several names one after the other, as the reader's language separates them; an empty text for none."""
    if not names:
        return ""
    said = names[0]
    for name in names[1:]:
        said = message(N_("{first}, {second}"), first=said, second=name)
    return said
