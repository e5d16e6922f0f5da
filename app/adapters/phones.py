"""Reading telephone numbers in any form people type them in."""

import re

from app.domain.phones import Phone

__all__ = ["Phone", "read_phone", "read_phones"]

# A service number such as *2700 is dialled as it stands; E.164 has no form for it.
_STAR_CODE = re.compile(r"[*#]\d{2,6}#?")
_SEPARATORS = re.compile(r"\s*[;,|\n]\s*|\s+/\s+")
_SHORTEST = 7


def read_phone(raw: str, country: str | None) -> Phone:
    """Read one number, of `country` (IT, ...) where none is typed; an unreadable one is kept as typed and flagged."""
    # Imported at the first number: the tables cost start-up time that a planner without an import never needs.
    import phonenumbers

    typed = " ".join(raw.split())
    if _STAR_CODE.fullmatch(typed):
        return Phone(typed, None, is_suspect=False)
    if sum(map(str.isdigit, typed)) < _SHORTEST:
        return Phone(typed, None, is_suspect=True)
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return Phone(typed, None, is_suspect=True)
    if not phonenumbers.is_possible_number(number):
        return Phone(typed, None, is_suspect=True)
    return Phone(typed, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), is_suspect=False)


def read_phones(cell: str, country: str | None) -> tuple[Phone, ...]:
    """Read every number of a cell ("02 1234567; 347 1234567"), each once."""
    phones: dict[str, Phone] = {}
    for part in _SEPARATORS.split(cell):
        if part.strip():
            phone = read_phone(part, country)
            phones.setdefault(phone.e164 or phone.raw, phone)
    return tuple(phones.values())
