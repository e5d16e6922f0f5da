"""The words people say moments with, by language: data for the reader of moments, written as they are said.

A phrase may have several words; the longest one found counts. Case, accents, points and final letters do not matter.
Weekdays start at Monday. What stands in several lists of a language keeps the meaning of the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["MINUTES", "WORDS", "Words"]

MINUTES: Mapping[str, int] = {"minute": 1, "hour": 60, "day": 1440, "week": 10080}
"""How long each unit is."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language: phrases by what they mean, several parted by `|`."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    days: Mapping[int, str]
    """So many days from today."""
    parts: Mapping[str, str]
    """Parts of the day: morning, noon, afternoon, evening, night, am, pm."""
    today_parts: Mapping[str, str]
    """Part of today in one word: tonight."""
    units: Mapping[str, str]
    lengths: Mapping[tuple[float, str], str]
    """Number and unit in one phrase: half an hour."""
    numbers: Mapping[float, str]
    plus_half: str
    plus_quarter: str
    half_past: str
    following: str
    """That the coming one is meant, not today's."""
    after: str
    """That a length of time follows."""
    fillers: str
    week_begins: int = 0
    """The weekday a new week begins with, Monday = 0."""
    attached: str = ""
    """Letters that may stand before a word as part of it: at, to, the."""


_ENGLISH = Words(
    weekdays=(
        "monday|mon|mondays", "tuesday|tue|tues", "wednesday|wed", "thursday|thu|thur|thurs", "friday|fri",
        "saturday|sat", "sunday|sun",
    ),
    months=(
        "january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug",
        "september|sep|sept", "october|oct", "november|nov", "december|dec",
    ),
    days={
        -1: "yesterday", 0: "today", 1: "tomorrow|tmrw|tmr|tomorow",
        2: "day after tomorrow|the day after tomorrow|overmorrow", 7: "next week|a week from now|a week from today",
    },
    parts={
        "am": "am|a.m.|a.m", "pm": "pm|p.m.|p.m",
        "morning": "morning|in the morning", "noon": "noon|midday|at noon|lunchtime",
        "afternoon": "afternoon|in the afternoon", "evening": "evening|in the evening", "night": "night|at night",
    },
    today_parts={"morning": "this morning", "afternoon": "this afternoon", "evening": "tonight|this evening"},
    units={
        "minute": "minute|minutes|min|mins|m", "hour": "hour|hours|hr|hrs|h", "day": "day|days|d",
        "week": "week|weeks|wk|w",
    },
    lengths={
        (0.5, "hour"): "half an hour|half hour|a half hour", (0.25, "hour"): "quarter of an hour|a quarter of an hour",
        (0.75, "hour"): "three quarters of an hour", (1.5, "hour"): "an hour and a half|one and a half hours",
        (14, "day"): "a fortnight|fortnight", (2, "hour"): "a couple of hours", (2, "day"): "a couple of days",
    },
    numbers={
        1: "a|an|one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
        10: "ten", 11: "eleven", 12: "twelve", 15: "fifteen", 20: "twenty", 30: "thirty", 40: "forty",
        45: "forty five",
    },
    plus_half="and a half",
    plus_quarter="and a quarter",
    half_past="half past",
    following="next|coming",
    after="in|after|within",
    fillers="at|on|the|of|around|about|by|this|o'clock|oclock|hrs|from now|and|call|back|call back|later",
)  # fmt: skip

_ITALIAN = Words(
    weekdays=(
        "lunedì|lun", "martedì|mar", "mercoledì|mer", "giovedì|gio", "venerdì|ven", "sabato|sab", "domenica|dom",
    ),
    months=(
        "gennaio|gen", "febbraio|feb", "marzo", "aprile|apr", "maggio|mag", "giugno|giu", "luglio|lug",
        "agosto|ago", "settembre|set|sett", "ottobre|ott", "novembre|nov", "dicembre|dic",
    ),
    days={
        -1: "ieri", 0: "oggi", 1: "domani", 2: "dopodomani|dopo domani",
        7: "settimana prossima|la settimana prossima|la prossima settimana|prossima settimana|oggi a otto",
    },
    parts={
        "morning": "mattina|di mattina|alla mattina|al mattino|mattino|del mattino|la mattina|in mattinata|mattinata",
        "noon": "mezzogiorno|a mezzogiorno",
        "afternoon": "pomeriggio|di pomeriggio|del pomeriggio|nel pomeriggio|al pomeriggio",
        "evening": "sera|di sera|della sera|alla sera|la sera|in serata|serata",
        "night": "notte|di notte|della notte",
    },
    today_parts={
        "morning": "stamattina|stamani|questa mattina|oggi mattina", "afternoon": "questo pomeriggio",
        "evening": "stasera|questa sera|stanotte",
    },
    units={
        "minute": "minuto|minuti|min|m", "hour": "ora|ore|h", "day": "giorno|giorni|gg|g",
        "week": "settimana|settimane",
    },
    lengths={
        (0.5, "hour"): "mezz'ora|mezzora|mezza ora|una mezz'ora", (0.25, "hour"): "un quarto d'ora|quarto d'ora",
        (0.75, "hour"): "tre quarti d'ora", (1.5, "hour"): "un'ora e mezza|un'ora e mezzo",
    },
    numbers={
        1: "un|uno|una", 2: "due|un paio di", 3: "tre", 4: "quattro", 5: "cinque", 6: "sei", 7: "sette", 8: "otto",
        9: "nove", 10: "dieci", 11: "undici", 12: "dodici", 15: "quindici", 20: "venti", 30: "trenta",
        40: "quaranta", 45: "quarantacinque",
    },
    plus_half="e mezza|e mezzo",
    plus_quarter="e un quarto|e quarto",
    half_past="",
    following="prossimo|prossima|il prossimo|la prossima",
    after="tra|fra|dopo|entro",
    fillers="alle|alle ore|per le|verso le|verso|all'|all|a|il|lo|la|le|l'|di|del|dell'|della|per|e|circa|ore|h|"
    "questo|questa|richiamare|richiama|poi",
)  # fmt: skip

_HEBREW = Words(
    weekdays=(
        "יום שני|שני|יום ב'", "יום שלישי|שלישי|יום ג'", "יום רביעי|רביעי|יום ד'", "יום חמישי|חמישי|יום ה'",
        "יום שישי|שישי|יום ו'", "יום שבת|שבת|יום ש'", "יום ראשון|ראשון|יום א'",
    ),
    months=(
        "ינואר", "פברואר", "מרץ|מרס", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר",
        "דצמבר",
    ),
    days={-1: "אתמול", 0: "היום", 1: "מחר", 2: "מחרתיים|מוחרתיים", 7: "שבוע הבא"},
    parts={
        "morning": "בוקר|לפנות בוקר|לפני הצהריים|לפנה\"צ", "noon": "צהריים|צהרים",
        "afternoon": "אחרי הצהריים|אחר הצהריים|אחרי צהריים|אחרי הצהרים|אחר הצהרים|אחה\"צ", "evening": "ערב|לפנות ערב",
        "night": "לילה",
    },
    today_parts={"morning": "הבוקר", "evening": "הערב|הלילה"},
    units={"minute": "דקה|דקות|דק'", "hour": "שעה|שעות", "day": "יום|ימים", "week": "שבוע|שבועות"},
    lengths={
        (2, "minute"): "שתי דקות", (2, "hour"): "שעתיים|שעתים", (2, "day"): "יומיים|יומים",
        (2, "week"): "שבועיים|שבועים", (0.5, "hour"): "חצי שעה", (0.25, "hour"): "רבע שעה",
        (0.75, "hour"): "שלושת רבעי שעה|שלושה רבעי שעה", (1.5, "hour"): "שעה וחצי",
    },
    numbers={
        1: "אחת|אחד", 2: "שתיים|שתי|שניים", 3: "שלוש|שלושה", 4: "ארבע|ארבעה", 5: "חמש|חמישה|חמשת", 6: "שש|שישה",
        7: "שבע|שבעה", 8: "שמונה", 9: "תשע|תשעה", 10: "עשר|עשרה", 11: "אחת עשרה", 12: "שתים עשרה|שתיים עשרה",
        15: "חמש עשרה", 20: "עשרים", 30: "שלושים", 40: "ארבעים", 45: "ארבעים וחמש",
    },
    plus_half="וחצי",
    plus_quarter="ורבע",
    half_past="",
    following="הבא|הבאה|הקרוב|הקרובה",
    after="בעוד|עוד|תוך|כעבור|אחרי",
    fillers="ב|ה|ל|בשעה|לשעה|בסביבות|בערך|לקראת|סביב|ו|להתקשר|לחזור",
    week_begins=6,
    attached="בלהוכ",
)  # fmt: skip

WORDS: Mapping[str, Words] = {"en": _ENGLISH, "he": _HEBREW, "it": _ITALIAN}
