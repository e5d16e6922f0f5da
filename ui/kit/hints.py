"""Hints that show data: Qt takes whatever looks like markup in them for markup."""

from html import escape

__all__ = ["hint"]


def hint(text: str | None) -> str | None:
    """The text for a hint, shown letter by letter; None where there is nothing to tell."""
    if not text:
        return None
    return f"<span style='white-space:pre-wrap'>{escape(text)}</span>" if "<" in text else text
