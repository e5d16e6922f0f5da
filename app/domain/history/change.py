"""A change as data: what the sentences are made of."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from app.domain.words import Message

Value = str | int | Decimal | bool | datetime | date | time | Message | None
"""What stands in a field: text, a number, a moment in the company's time, or the name of what it refers to."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after. Of a `is_secret` one nothing more than that is known."""

    name: str | Message
    old: Value
    new: Value
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One changed row: `verb` is insert, update or delete; `thing` what kind of row, `label` which one.

    `fields` are what changed, and of rows that are only ever followed by the next also what they came with.
    `is_card` when the row is the card itself, so that its label need not be said again.
    """

    id: int
    at: datetime
    who: str | Message
    address: str
    table: str
    row_id: int | None
    verb: str
    thing: Message
    label: Value
    is_card: bool
    fields: tuple[FieldChange, ...] = ()
