"""Texts of mixed scripts in item views, which draw every cell in the widget's direction unless told otherwise."""

__all__ = ["bare", "isolate"]

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"


def isolate(text: str) -> str:
    """The text wrapped so that its own first strong letter decides its direction; for DisplayRole only."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def bare(text: str) -> str:
    """The text without the marks, for copying, searching and sorting."""
    return text.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")
