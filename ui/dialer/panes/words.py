"""What the panes of the dial desk share: moments in somebody's time, names in words."""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.words import Message
from app.i18n import _, format_date, format_time, say
from ui.widgets.history_words import clock

__all__ = ["clock", "in_words", "moment_words", "said_at", "zone_of"]


def zone_of(name: str) -> tzinfo:
    """The zone of this name; UTC for one this computer does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def said_at(said: Message, zone: tzinfo | None) -> str:
    """A Message in words, its moments in this zone."""
    return say(_local(said, zone))


def _local(said: Message, zone: tzinfo | None) -> Message:
    fields = {
        name: value.astimezone(zone)
        if isinstance(value, datetime)
        else _local(value, zone)
        if isinstance(value, Message)
        else value
        for name, value in said.fields.items()
    }
    return replace(said, fields=fields)


def in_words(name: str | Message) -> str:
    """A name as it is, or the catalogue's."""
    return say(name) if isinstance(name, Message) else name


def moment_words(moment: datetime, zone: tzinfo | None, now: datetime) -> str:
    """A moment the way people say it: today and tomorrow by name."""
    there, today = moment.astimezone(zone), now.astimezone(zone).date()
    time = format_time(there)
    if there.date() == today:
        return _("today at {time}", time=time)
    if there.date() == today + timedelta(days=1):
        return _("tomorrow at {time}", time=time)
    if there.date() == today - timedelta(days=1):
        return _("yesterday at {time}", time=time)
    return _("{day} at {time}", day=format_date(there.date(), "day"), time=time)
