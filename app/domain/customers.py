"""What a person fills in on a customer's card, and what is missing before it can be saved."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.words import N_, Message, message

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """The fields of a customer's card; phones as typed, profiles in the order of their numbers.

    `time_zone` is by whose clock he is called, None for that of his number's country.
    """

    name: str = ""
    phones: tuple[str, ...] = ()
    email: str | None = None
    address: str | None = None
    site_id: int | None = None
    language: str | None = None
    notes: str | None = None
    profile_ids: tuple[int, ...] = ()
    time_zone: str | None = None


def problems(draft: CustomerDraft) -> dict[str, Message]:
    """What is wrong, by the name of the field."""
    found: dict[str, Message] = {}
    if not draft.name.strip() and not any(phone.strip() for phone in draft.phones):
        found["name"] = message(N_("A customer needs a name or a phone."))
    if draft.email and not _EMAIL.fullmatch(draft.email.strip()):
        found["email"] = message(N_("“{value}” is not a mail address."), value=draft.email.strip())
    return found


def called(name: str, phones: Iterable[str]) -> str:
    """What a customer is called: the name, or else the first number."""
    return name or next(iter(phones), "")
