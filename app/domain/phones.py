"""A telephone number as it was typed, and as it is dialled and compared."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phone:
    """A number: `raw` as typed, `e164` where it could be read, `is_suspect` where a person should look at it."""

    raw: str
    e164: str | None
    is_suspect: bool
