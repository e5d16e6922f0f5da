"""What one cell says: dates, times, numbers and words as people write them in three languages.

Each reader gives the value, None for an empty cell, or raises `Unreadable` with the words for it.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from app.domain.text import fold
from app.domain.words import N_, Message, message

LONGEST_LINE = 500
LONGEST_TEXT = 32_767


class Unreadable(ValueError):
    """A cell that does not say what its column should; `why` is a whole sentence."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.text)
        self.why = why


_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)? *(Z|[+-]\d{2}:?\d{2})?"
)
_LOCAL = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})"
    r"(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?)? *([AaPp][Mm])?"
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EMAIL = re.compile(r"[^@\s,;<>\"()]+@[^@\s,;<>\"()]+\.[^@\s,;.<>\"()]+")
_KEY_NUMBER = re.compile(r"(-?\d+)\.0+")


def read_instant(cell: str, zone: tzinfo) -> datetime | None:
    """An instant in UTC: ISO, dd/mm/yyyy (mm/dd/yyyy with am or pm) or a spreadsheet's day number; local to `zone`."""
    text = cell.strip()
    if not text:
        return None
    try:
        if moment := _iso(text, zone) or _local(text, zone) or _serial(text, zone):
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unreadable(message(N_("“{value}” is not a date that can be read."), value=_short(text)))


def _iso(text: str, zone: tzinfo) -> datetime | None:
    if not (found := _ISO.fullmatch(text)):
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if found[7]:
        zone = datetime.strptime(found[7].replace(":", ""), "%z").tzinfo or UTC
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _local(text: str, zone: tzinfo) -> datetime | None:
    if not (found := _LOCAL.fullmatch(text)):
        return None
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if found[7]:  # only American exports write am and pm, and they put the month first
        day, month = month, day
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, second, tzinfo=zone)


def _serial(text: str, zone: tzinfo) -> datetime | None:
    if not _SERIAL.fullmatch(text):
        return None
    return datetime(1899, 12, 30, tzinfo=zone) + timedelta(seconds=round(float(text) * 86_400))


def read_line(cell: str) -> str:
    """A short text on one line; too long is refused rather than cut."""
    text = " ".join(cell.split())
    if len(text) > LONGEST_LINE:
        raise Unreadable(
            message(N_("“{value}” is longer than {limit} characters."), value=_short(text), limit=LONGEST_LINE)
        )
    return text


def read_text(cell: str) -> str:
    """A text of any lines."""
    return cell.strip()


def read_key(cell: str) -> str:
    """A key of another program, one form for `1042` and a spreadsheet's `1042.0`."""
    text = read_line(cell)
    return whole[1] if (whole := _KEY_NUMBER.fullmatch(text)) else text


def read_email(cell: str) -> str:
    """An address that mail could go to."""
    text = cell.strip()
    if text and not _EMAIL.fullmatch(text):
        raise Unreadable(message(N_("“{value}” is not a mail address."), value=_short(text)))
    return text


_LANGUAGES = {
    "en": "en english inglese אנגלית eng",
    "it": "it italian italiano איטלקית ita",
    "he": "he hebrew ebraico עברית heb iw",
}
_LANGUAGE_OF = {fold(word): code for code, words in _LANGUAGES.items() for word in words.split()}


def read_language(cell: str) -> str:
    """A language of the program, by code or by name in any of the three."""
    text = fold(cell)
    if not text:
        return ""
    if code := _LANGUAGE_OF.get(text) or _LANGUAGE_OF.get(text[:3].strip()):
        return code
    raise Unreadable(message(N_("“{value}” is not a language of the program."), value=_short(cell)))


_PRIORITIES = (
    "0 urgent critical emergency p0 urgente critica דחוף דחופה קריטי",
    "1 high p1 alta alto גבוהה גבוה",
    "2 medium normal p2 media medio normale רגילה רגיל בינונית",
    "3 low p3 bassa basso נמוכה נמוך",
)
_PRIORITY_OF = {fold(word): rank for rank, words in enumerate(_PRIORITIES) for word in words.split()}


def read_priority(cell: str) -> int | None:
    """0 urgent to 3 low, by number or by word."""
    text = fold(read_key(cell))
    if not text:
        return None
    if text in _PRIORITY_OF:
        return _PRIORITY_OF[text]
    raise Unreadable(message(N_("“{value}” is not a priority: urgent, high, medium or low."), value=_short(cell)))


_ROLES = {
    "administrator": "administrator|admin|amministratore|מנהל מערכת",
    "manager": "manager|responsabile|direttore|מנהל",
    "back_office": "back office|backoffice|scheduler|pianificatore|ufficio|משרד|משרד אחורי|מתאם",
    "agent": "agent|operator|operatore|agente|נציג|נציג שירות",
    "technician": "technician|engineer|installer|tecnico|installatore|טכנאי|מתקין",
    "read_only": "read only|viewer|sola lettura|צפייה בלבד|קריאה בלבד",
}
_ROLE_OF = {fold(word): code for code, words in _ROLES.items() for word in words.split("|")}


def role_code(text: str) -> str | None:
    """The built-in role that a word names, or None."""
    return _ROLE_OF.get(fold(text))


_CLOSED_WORDS = """
closed resolved done completed complete finished cancelled canceled
chiuso chiusa risolto risolta evaso evasa completato completata concluso conclusa annullato annullata terminato
סגור סגורה נסגר נסגרה טופל טופלה הושלם הושלמה הסתיים בוטל בוטלה
"""


_STATUSES = {
    "new": "new open opened nuovo nuova aperto aperta חדש חדשה פתוח פתוחה",
    "in_work": "in progress|in work|assigned|started|in lavorazione|in corso|assegnato|assegnata|בטיפול|בעבודה|שויך",
    "waiting": "waiting|pending|on hold|in attesa|sospeso|sospesa|ממתין|ממתינה|בהמתנה",
}
_STATUS_OF = {
    **dict.fromkeys(map(fold, _CLOSED_WORDS.split()), "closed"),
    **dict.fromkeys(map(fold, _STATUSES["new"].split()), "new"),
    **{fold(word): code for code in ("in_work", "waiting") for word in _STATUSES[code].split("|")},
}


def status_code(text: str) -> str | None:
    """The built-in status that a word means (new, in_work, waiting, closed), or None for one of the company's own."""
    return _STATUS_OF.get(fold(text))


_CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::\d{2})?")


def read_minutes(cell: str) -> int | None:
    """An expected time: minutes, or hours and minutes with a colon; 5 minutes to 7 days."""
    text = cell.strip()
    if not text:
        return None
    try:
        clock = _CLOCK.fullmatch(text)
        minutes = int(clock[1]) * 60 + int(clock[2]) if clock else round(float(text.replace(",", ".")))
    except (ValueError, OverflowError):
        minutes = 0
    if not 5 <= minutes <= 10_080:
        raise Unreadable(message(N_("“{value}” is not a time from 5 minutes to 7 days."), value=_short(text)))
    return minutes


_LIST = re.compile(r"\s*[;,|\n]\s*")


def read_list(cell: str) -> tuple[str, ...]:
    """The names of a cell ("Boilers; Meters"), each once, as first written."""
    names: dict[str, str] = {}
    for part in _LIST.split(cell):
        if name := read_line(part):
            names.setdefault(fold(name), name)
    return tuple(names.values())


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else flat[:39] + "…"
