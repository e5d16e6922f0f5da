"""Folding: one form of a text for search and comparison, whatever case, accents, points or final letters it has."""

import unicodedata

_DASHES = "-\u05be\u2010\u2011\u2012\u2013\u2014\u2212_"
_QUOTES = "'\"`\u00b4\u02bc\u2018\u2019\u201c\u201d\u05f3\u05f4"
_FINALS = {"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"}
_CONTROLS = [chr(code) for code in (*range(32), 127) if not chr(code).isspace()]
_ASCII = str.maketrans(dict.fromkeys("-_", " ") | dict.fromkeys(["'", '"', "`", *_CONTROLS], ""))
_ALL = str.maketrans(dict.fromkeys(_DASHES, " ") | dict.fromkeys(_QUOTES, "") | _FINALS)
_DROPPED_CATEGORIES = frozenset({"Mn", "Me", "Cf", "Cc"})


def fold(text: str) -> str:
    """`text` without case, accents, niqqud, geresh and final letters, single spaces; folding twice changes nothing."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).lower().split())
    spaced = " ".join(text.split())
    # Twice, as Unicode asks for compatibility caseless matching: case folding can bring back what NFKD took apart.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", spaced).casefold()).casefold()
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in _DROPPED_CATEGORIES)
    return " ".join(unicodedata.normalize("NFKD", bare.translate(_ALL)).split())
