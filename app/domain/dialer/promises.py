"""Whether a moment somebody is promised to be called back lies within the hours he may be called."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.words import N_, Message, message

__all__ = ["outside_hours"]


def outside_hours(hours: Sequence[tuple[datetime, datetime]], zone: str, at: datetime) -> Message | None:
    """What is to be said against a moment, in the customer's time; nothing where hours are not laid out that far."""
    if not hours or at >= hours[-1][1] or any(opens <= at < closes for opens, closes in hours):
        return None
    later = min(opens for opens, _ in hours if opens > at)
    return message(
        N_("Nobody may be called there at that time; from {moment} on again, by the customer's clock."),
        moment=later.astimezone(ZoneInfo(zone)),
    )
