"""Texts of mixed scripts in item views, which draw every cell in the widget's direction unless told otherwise."""

from unicodedata import bidirectional

from app.i18n import is_rtl

__all__ = ["bare", "by_line", "isolate", "sided"]

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
LEFT_TO_RIGHT_MARK = "\u200e"
RIGHT_TO_LEFT_MARK = "\u200f"
_MARKS = dict.fromkeys(map(ord, (FIRST_STRONG_ISOLATE, POP_ISOLATE, LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK)))
_STRONG = frozenset({"L", "R", "AL"})


def isolate(text: str) -> str:
    """The text wrapped so that its own first strong letter decides its direction; for DisplayRole only."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def sided(text: str) -> str:
    """The text for a label, on the side the language reads from: a label takes its side from its first letters."""
    if text and is_rtl():
        return f"{RIGHT_TO_LEFT_MARK}{text}"
    first = next((kind for kind in map(bidirectional, text) if kind in _STRONG), "L")
    return text if first == "L" else f"{LEFT_TO_RIGHT_MARK}{text}"


def by_line(text: str) -> str:
    """Somebody's own words for a label: each line in its own direction, all on the side the language reads from."""
    return "\n".join(sided(isolate(line)) for line in text.splitlines())


def bare(text: str) -> str:
    """The text without the marks, for copying, searching and sorting."""
    return text.translate(_MARKS)
