"""One gettext catalogue for app, ui and web: three languages, switched at run time, whole sentences, real plurals."""

import contextlib
import functools
import gettext
import json
import os
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar, Literal

import platformdirs

from app.domain.words import N_, Message

__all__ = [
    "LANGUAGES",
    "DateStyle",
    "Language",
    "N_",
    "_",
    "_n",
    "current",
    "first_weekday",
    "format_date",
    "format_datetime",
    "format_duration",
    "format_number",
    "format_time",
    "is_rtl",
    "say",
    "translations",
    "use",
]

CATALOGUES = Path(__file__).resolve().parent.parent / "resources" / "i18n"
DATES = CATALOGUES / "dates.json"

DateStyle = Literal["short", "medium", "long", "full", "day", "weekday", "month", "short month", "month alone"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the program; `name` is how its speakers write it."""

    code: str
    name: str
    is_rtl: bool
    locale: str


LANGUAGES: Mapping[str, Language] = {
    "en": Language("en", "English", False, "en_GB"),
    "it": Language("it", "Italiano", False, "it_IT"),
    "he": Language("he", "עברית", True, "he_IL"),
}


class _Speech:
    """The language in use and its catalogue, one pair per process."""

    language: Language = LANGUAGES["en"]
    catalogue: gettext.NullTranslations = gettext.NullTranslations()
    loaded: ClassVar[dict[str, gettext.NullTranslations]] = {}


def use(code: str) -> Language:
    """Speak this language from now on; a code nobody translated falls back to English."""
    language = LANGUAGES.get(code, LANGUAGES["en"])
    _Speech.catalogue = translations(language.code)
    _Speech.language = language
    return language


def current() -> Language:
    """The language in use."""
    return _Speech.language


def is_rtl() -> bool:
    """Whether the language in use is written from right to left."""
    return _Speech.language.is_rtl


def translations(code: str) -> gettext.NullTranslations:
    """The catalogue of one language, read once; English (and a missing file) speaks by the texts in the code."""
    if code not in _Speech.loaded:
        _Speech.loaded[code] = _read(CATALOGUES / f"{code}.po", code)
    return _Speech.loaded[code]


def _read(path: Path, code: str) -> gettext.NullTranslations:
    if not path.exists():
        return gettext.NullTranslations()
    found = path.stat()
    # Compiling takes 40 ms, which one start pays and the next ones do not.
    compiled = platformdirs.user_cache_path("callboard", appauthor=False) / (
        f"{code}-{found.st_mtime_ns:x}-{found.st_size:x}.mo"
    )
    try:
        with compiled.open("rb") as kept:
            return gettext.GNUTranslations(kept)
    except (OSError, UnicodeDecodeError, struct.error):
        made = _compile(path, code)
    # Keeping it is a kindness: a full disk or a second start at the same moment may prevent it.
    with contextlib.suppress(OSError):
        compiled.parent.mkdir(parents=True, exist_ok=True)
        for old in compiled.parent.glob(f"{code}-*.mo"):
            old.unlink()
        fresh = compiled.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(made)
        fresh.replace(compiled)
    return gettext.GNUTranslations(BytesIO(made))


def _compile(path: Path, code: str) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# A sign in front of a number would go behind it.
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u02af]|^[+\u2212][0-9]")


def _(text: str, /, **fields: object) -> str:
    """The text in the language in use, its `{named}` fields filled after translation."""
    # The catalogue keeps its own header under the empty text.
    translated = _Speech.catalogue.gettext(text) if text else ""
    return translated.format(**_apart(fields)) if fields else translated


def _n(singular: str, plural: str, count: int, /, **fields: object) -> str:
    """The form of the text that goes with `count`, which is also the field `{count}`."""
    translated = _Speech.catalogue.ngettext(singular, plural, count)
    return translated.format(**{"count": format_number(count), **_apart(fields)})


def _apart(fields: dict[str, object]) -> dict[str, object]:
    """Set values of the other writing direction apart, so that they do not turn the words and numbers around them.

    A Hebrew name before a date in an English sentence would swap places with the day (Unicode's isolates, FSI and PDI).
    """
    other = _LEFT_TO_RIGHT if current().is_rtl else _RIGHT_TO_LEFT
    return {
        name: f"\u2068{value}\u2069" if isinstance(value, str) and other.search(value) else value
        for name, value in fields.items()
    }


def say(message: Message) -> str:
    """A Message in the words of the language in use; fields that are Messages are put into words first."""
    fields = {key: _shown(value) for key, value in message.fields.items()}
    if message.plural is None:
        return _(message.text, **fields)
    return _n(message.text, message.plural, message.count or 0, **fields)


def _shown(value: object) -> object:
    return next((shown(value) for kind, shown in _SHOWN.items() if isinstance(value, kind)), value)


def format_time(moment: datetime, zone: tzinfo | None = None) -> str:
    """Hours and minutes on a 24 hour clock, in `zone` when given: 09:05."""
    return f"{_in(moment, zone):%H:%M}"


def format_date(day: date, style: DateStyle = "medium", language: str | None = None) -> str:
    """A date by the habits of the language (another than the one in use by its code).

    "day" is weekday, day and month, "short" is 24/11/2026, written out, because the languages' own have two-digit
    years, which mislead.
    """
    if style == "short":
        return f"{day:%d/%m/%Y}"
    names = _date_words()[language or _Speech.language.code]
    pattern: str = names["styles"][style]
    return pattern.format(
        day=day.day,
        month=names["month"][day.month - 1],
        month_short=names["month_short"][day.month - 1],
        year=day.year,
        weekday=names["weekday"][day.weekday()],
        weekday_short=names["weekday_short"][day.weekday()],
    )


@functools.cache
def _date_words() -> dict[str, dict[str, Any]]:
    """What CLDR says of dates in our languages, taken out of babel: its import and its data would take 40 ms."""
    words: dict[str, dict[str, Any]] = json.loads(DATES.read_text(encoding="utf-8"))
    return words


def format_datetime(moment: datetime, zone: tzinfo | None = None, style: DateStyle = "short") -> str:
    """Date and time, in `zone` when given."""
    local = _in(moment, zone)
    return f"{format_date(local.date(), style)} {local:%H:%M}"


def format_number(value: int | float | Decimal, digits: int | None = None) -> str:
    """A number with the separators of the language; `digits` fixes the decimals."""
    if isinstance(value, int) and -1000 < value < 1000 and not digits:
        return str(value)
    from babel import numbers

    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return str(numbers.format_decimal(value, format=pattern, locale=_Speech.language.locale))


def format_points(points: Decimal) -> str:
    """Points or money exactly as they are, up to four decimals; a minus is one: −1,250.5."""
    if not points:
        return "0"
    from babel import numbers

    return str(numbers.format_decimal(points, format="#,##0.####", locale=_Speech.language.locale)).replace(
        "-", "\u2212"
    )


def format_duration(minutes: int) -> str:
    """A length of time: 45 min, 2 h, 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("{minutes} min", minutes=rest)
    if not rest:
        return _("{hours} h", hours=hours)
    return _("{hours} h {minutes} min", hours=hours, minutes=rest)


def first_weekday() -> int:
    """The day a week begins with, Monday = 0: Sunday in Hebrew, Monday in Italian and English."""
    return 6 if _Speech.language.code == "he" else 0


def _in(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment if zone is None else moment.astimezone(zone)


# A moment is also a date: the narrower kind comes first.
_SHOWN: Mapping[type, Callable[[Any], object]] = {
    Message: say,
    datetime: format_datetime,
    date: format_date,
    time: lambda value: f"{value:%H:%M}",
    float: format_number,
    Decimal: format_points,
}
