"""Reading telephone numbers in any form people type them in."""

import re
from functools import cache

from app.domain.phones import Phone

__all__ = ["Phone", "countries_of", "country_of", "read_phone", "read_phones"]

# A service number such as *2700 is dialled as it stands; E.164 has no form for it.
_STAR_CODE = re.compile(r"[*#]\d{2,6}#?")
_SEPARATORS = re.compile(r"\s*[;,|\n]\s*|\s+/\s+")
# Marks of direction, joiners and soft hyphens that come along when a number is copied out of a right-to-left text.
_MARKS = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SHORTEST = 7


def read_phone(raw: str, country: str | None) -> Phone:
    """Read one number, of `country` (IT, ...) where none is typed; an unreadable one is kept as typed and flagged."""
    # Imported at the first number: the tables cost start-up time that a planner without an import never needs.
    import phonenumbers

    typed = " ".join(_MARKS.sub("", raw).split())
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


def country_of(e164: str) -> str | None:
    """The country (IT, ...) a number belongs to; None for one of no country, such as an international free-phone."""
    import phonenumbers

    of_code = countries_of(e164)
    if len(of_code) < 2:
        return of_code[0] if of_code else None
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.region_code_for_number(number) or of_code[0]


def countries_of(e164: str) -> tuple[str, ...]:
    """The countries that share the code a number begins with, the main one first."""
    for length in (1, 2, 3):
        if found := _countries_of_code(e164[1 : 1 + length]):
            return found
    return ()


@cache
def _countries_of_code(code: str) -> tuple[str, ...]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    known = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()) if code.isdigit() else ()
    return tuple(country for country in known if country != "001")
