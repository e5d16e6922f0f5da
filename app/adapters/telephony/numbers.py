"""A number as somebody has it, made into what is dialled, or refused in words before anything is dialled."""

import re
import unicodedata

from app.adapters.phones import read_phone
from app.domain.errors import Refused
from app.domain.words import N_, Message, message

__all__ = ["FORMS", "dialable", "dialled"]

E164 = "e164"
ZEROES = "00"
NATIONAL = "national"
FORMS = (E164, ZEROES, NATIONAL)
"""How a telephone system wants numbers: +39 06 1234, 0039 06 1234, or 06 1234 within the company's country."""

_SERVICE = re.compile(r"[*#][0-9]{2,6}#?", re.ASCII)
_READ = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_PREFIX = re.compile(r"[0-9*#]{0,6}", re.ASCII)
_LONGEST = 60


def dialable(raw: str, country: str | None) -> str:
    """The number in E.164, or a service code such as *2700; `country` (IT, ...) is meant where none is typed.

    Writing direction marks and other invisible signs are left out; digits of any script count.
    """
    typed = _plain(raw)
    if not typed:
        raise _refused(message(N_("There is no number to call.")))
    if _SERVICE.fullmatch(typed):
        return typed
    if any(map(str.isalpha, typed)):
        raise _refused(message(N_("“{number}” has letters in it."), number=typed))
    if sum(map(str.isdigit, typed)) < 7:
        raise _refused(message(N_("{number} is too short for a telephone number."), number=typed))
    found = read_phone(typed, country).e164
    if found is None or not _READ.fullmatch(found) or not _is_somewhere(found):
        raise _refused(message(N_("{number} is not a telephone number of any country."), number=typed))
    return found


def dialled(number: str, form: str = E164, prefix: str = "", country: str | None = None) -> str:
    """The dialable number as a telephone system wants it, behind the digits that give an outside line."""
    outside = prefix if _PREFIX.fullmatch(prefix) else ""
    if not number.startswith("+"):
        return number
    # Behind the digits of an outside line a plus means nothing.
    if form == ZEROES or (form == E164 and outside):
        return f"{outside}00{number[1:]}"
    if form == NATIONAL:
        return outside + _national(number, country)
    return number


def _plain(raw: str) -> str:
    """The typed text on one line, without signs nobody sees, every digit an ASCII one."""
    kept: list[str] = []
    for sign in raw[: _LONGEST * 4]:
        kind = unicodedata.category(sign)
        if kind == "Nd":
            kept.append(str(unicodedata.digit(sign)))
        elif kind in ("Zs", "Zl", "Zp", "Cc"):
            kept.append(" ")
        elif kind not in ("Cf", "Mn", "Me"):
            kept.append(unicodedata.normalize("NFKC", sign))
    return " ".join("".join(kept).split())[:_LONGEST]


def _is_somewhere(number: str) -> bool:
    """Whether the number begins with the code of a country."""
    import phonenumbers

    return phonenumbers.region_code_for_country_code(phonenumbers.parse(number, None).country_code or 0) != "ZZ"


def _national(number: str, country: str | None) -> str:
    import phonenumbers

    read = phonenumbers.parse(number, None)
    if country is None or phonenumbers.country_code_for_region(country) != read.country_code:
        return f"00{number[1:]}"
    written = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(sign for sign in written if sign.isascii() and sign.isdigit())


def _refused(what: Message) -> Refused:
    return Refused("NUMBER", what, message(N_("Nothing was dialled. Correct the number at the customer.")))
