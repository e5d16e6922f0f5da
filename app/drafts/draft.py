"""A draft: the fields of one record that somebody changed and did not save, and how they are written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

__all__ = ["LONGEST", "Draft", "of_entry", "to_entry"]

LONGEST = 2_000_000
"""Letters of one field; what is longer came by a paste and stays out of the journal."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed over `base` of a record such as "tickets:7", read in `version`; `run` is the program's run.

    `title` is what a list calls it. `op_id` is the key under which it was sent to be saved, while no answer has come.
    """

    record: str
    run: str
    title: str
    at: datetime
    base: Mapping[str, Any]
    typed: Mapping[str, Any]
    version: int | None = None
    op_id: str | None = None
    is_left: bool = field(default=False, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Under which it is kept: one run writes on a record once."""
        return self.record, self.run

    @property
    def texts(self) -> list[str]:
        """What was written in words, the longest first."""
        found = [value.strip() for value in self.typed.values() if isinstance(value, str) and value.strip()]
        return sorted(found, key=len, reverse=True)


def to_entry(draft: Draft) -> dict[str, Any]:
    """The draft as JSON takes it; fields whose values cannot be written down are left out."""
    fields = {}
    for name, value in draft.typed.items():
        if isinstance(value, str) and len(value) > LONGEST:
            continue
        try:
            fields[name] = [_plain(draft.base.get(name)), _plain(value)]
        except TypeError:
            continue
    return {
        "record": draft.record,
        "run": draft.run,
        "title": draft.title,
        "at": draft.at.astimezone(UTC).isoformat(),
        "version": draft.version,
        "op_id": draft.op_id,
        "fields": fields,
    }


def of_entry(entry: Mapping[str, Any]) -> Draft:
    """The draft that was written down; what makes no sense raises ValueError, KeyError or TypeError."""
    fields = {str(name): (_value(base), _value(typed)) for name, (base, typed) in entry["fields"].items()}
    version = entry["version"]
    return Draft(
        str(entry["record"]),
        str(entry["run"]),
        str(entry["title"]),
        datetime.fromisoformat(entry["at"]),
        {name: base for name, (base, _typed) in fields.items()},
        {name: typed for name, (_base, typed) in fields.items()},
        None if version is None else int(version),
        entry.get("op_id"),
        is_left=True,
    )


_WRITE: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (datetime, "moment", lambda value: value.isoformat()),
    (date, "day", lambda value: value.isoformat()),
    (time, "time", lambda value: value.isoformat()),
    (Decimal, "number", str),
    (tuple, "tuple", lambda value: [_plain(each) for each in value]),
    (list, "list", lambda value: [_plain(each) for each in value]),
    (frozenset, "set", lambda value: sorted((_plain(each) for each in value), key=repr)),
)
_READ: Mapping[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "time": time.fromisoformat,
    "number": Decimal,
    "tuple": lambda kept: tuple(_value(each) for each in kept),
    "list": lambda kept: [_value(each) for each in kept],
    "set": lambda kept: frozenset(_value(each) for each in kept),
    "map": lambda kept: {_value(key): _value(each) for key, each in kept},
}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        # An enumeration of texts is its text: what reads it takes either.
        return _plain(value.value)
    if value is None or isinstance(value, str | int | float):
        return value
    for kind, name, write in _WRITE:
        if isinstance(value, kind):
            return {"is": name, "of": write(value)}
    if isinstance(value, Mapping):
        return {"is": "map", "of": [[_plain(key), _plain(each)] for key, each in value.items()]}
    raise TypeError(type(value).__name__)


def _value(kept: Any) -> Any:
    return _READ[kept["is"]](kept["of"]) if isinstance(kept, dict) else kept
