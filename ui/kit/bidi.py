"""Texts of mixed scripts in item views, which draw every cell in the widget's direction unless told otherwise."""

from app.i18n import is_rtl

__all__ = ["bare", "isolate", "sided"]

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
RIGHT_TO_LEFT_MARK = "\u200f"


def isolate(text: str) -> str:
    """The text wrapped so that its own first strong letter decides its direction; for DisplayRole only."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def sided(text: str) -> str:
    """The text for a label, on the side the language reads from: a label takes its side from its first letters."""
    return f"{RIGHT_TO_LEFT_MARK}{text}" if text and is_rtl() else text


def bare(text: str) -> str:
    """The text without the marks, for copying, searching and sorting."""
    return text.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")
