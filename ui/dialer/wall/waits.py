"""Figures of the wall in words."""

from app.i18n import _, format_duration, format_number
from app.services.dialer.wall import Figures

__all__ = ["rate", "wait"]


def rate(figures: Figures | None, digits: int = 1) -> str:
    """The contact rate as it is shown; nothing without calls."""
    return "" if figures is None or figures.rate is None else f"{format_number(figures.rate, digits)} %"


def wait(seconds: int) -> str:
    """How long somebody waited, in minutes, hours or days."""
    days, rest = divmod(seconds // 60, 24 * 60)
    if not days:
        return format_duration(rest)
    return _("{days} d {hours} h", days=days, hours=rest // 60)
