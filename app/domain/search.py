"""What the column `search` of a customer and of a ticket holds: everything a person might type to find it, folded."""

import re
from collections.abc import Iterable

from app.domain.phones import Phone
from app.domain.text import fold

_NOT_DIGITS = re.compile(r"\D+")


def search_text(*parts: str | None) -> str:
    """The folded parts, one after the other."""
    return " ".join(folded for part in parts if part and (folded := fold(part)))


def customer_search(
    name: str, external_key: str | None, email: str | None, address: str | None, phones: Iterable[Phone]
) -> str:
    """Name, key, mail, address and each number as digits only, as typed and as dialled from abroad."""
    numbers: list[str | None] = []
    for phone in phones:
        digits = _NOT_DIGITS.sub("", phone.raw)
        numbers += [digits, None if phone.e164 is None or phone.e164[1:] == digits else phone.e164]
    return search_text(name, external_key, email, address, *numbers)


def ticket_search(
    subject: str, external_key: str | None, description: str, address: str | None, number: str | None = None
) -> str:
    """The number a numerator gave, subject, key, address and the description."""
    return search_text(number, subject, external_key, address, description)
