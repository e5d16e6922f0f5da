"""Hints that show data: Qt takes whatever looks like markup in them for markup."""

__all__ = ["hint"]


def hint(text: str | None) -> str | None:
    """The text for a hint, shown letter by letter; None where there is nothing to tell."""
    if not text:
        return None
    # &lt; alone is enough for Qt: somebody might have meant to show a sign.
    if "<" not in text and "&" not in text:
        return text
    from html import escape  # brings in every named character there is

    return f"<span style='white-space:pre-wrap'>{escape(text)}</span>"
