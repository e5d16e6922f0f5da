"""The lines of a customer's history in words of the reader's language."""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType

from app.domain.dialer.statuses import call_status_name
from app.domain.tickets.names import note_kind_name, status_name
from app.domain.words import N_, Message, message
from app.i18n import _, format_datetime, say
from app.services.dialer.history import HistoryLine, Kind
from ui.kit.bidi import isolate

__all__ = ["body", "clock", "headline", "picture", "remark"]

_SOURCES: Mapping[str, Message] = MappingProxyType(
    {
        "call": message(N_("Said in a call")),
        "by_hand": message(N_("Written down by hand")),
        "file": message(N_("From a file")),
        "customer": message(N_("Asked for by the customer")),
    }
)
_OUTCOMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "no_contact": ("call", "muted"),
        "contact": ("call", "info"),
        "callback": ("due", "info"),
        "success": ("success", "success"),
        "refusal": ("cancel", "muted"),
        "wrong_number": ("error", "warning"),
        "do_not_call": ("refused", "danger"),
    }
)


def clock(seconds: int) -> str:
    """A length as a clock shows it: 3:20."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def picture(line: HistoryLine) -> tuple[str, str]:
    """The icon of a line and its tone."""
    if line.kind is Kind.NOTE:
        return ("alert", "warning") if line.is_marked else ("note", "muted")
    if line.kind is Kind.TICKET:
        return ("lock", "muted") if line.is_marked else ("ticket", "info")
    if line.kind is Kind.WISH:
        return ("undo", "muted") if line.is_marked else ("refused", "danger")
    if line.form == "skip":
        return "next", "muted"
    if line.form == "lost":
        return "offline", "warning"
    return _OUTCOMES.get(line.outcome or "", ("call", "muted"))


def headline(line: HistoryLine) -> str:
    """What was done, in bold."""
    if line.kind is Kind.NOTE:
        return isolate(_in_words(note_kind_name(line.code, line.name)))
    if line.kind is Kind.TICKET:
        state = isolate(_in_words(status_name(line.code, line.name)))
        return _("Ticket {number}, {state}", number=isolate(line.number), state=state)
    if line.kind is Kind.WISH:
        return _wish(line)
    return _call(line)


def _call(line: HistoryLine) -> str:
    if line.form == "skip":
        return _("Skipped")
    if line.form == "lost":
        return _("The desk gave no sign any more")
    result = isolate(_in_words(call_status_name(line.code, line.name)))
    if line.form == "inbound":
        return _("Called us: {result}", result=result) if line.outcome else _("Called us")
    return result


def _wish(line: HistoryLine) -> str:
    if line.is_marked:
        return _("Do not call, lifted since")
    if line.campaign:
        return _("Do not call, for {campaign}", campaign=isolate(line.campaign))
    return _("Do not call")


def remark(line: HistoryLine, zone: tzinfo | None) -> str:
    """When, by whom, how long, and what was agreed, in small letters."""
    parts = [format_datetime(line.at, zone), isolate(line.who or "")]
    if line.kind is Kind.WISH:
        parts += [say(_SOURCES[line.form]) if line.form in _SOURCES else "", isolate(line.person or "")]
    if line.kind is Kind.NOTE and line.number:
        parts.append(_("Ticket {number}", number=isolate(line.number)))
    if line.kind is Kind.CALL:
        parts.append(isolate(line.campaign or ""))
        if line.talked_seconds is not None:
            parts.append(_("talked {time}", time=clock(line.talked_seconds)))
    return " · ".join(filter(None, parts))


def body(line: HistoryLine, zone: tzinfo | None) -> str:
    """What was written, and the callback that was agreed."""
    parts = [isolate(each) for each in line.text.splitlines()]
    if line.callback_at is not None:
        moment = isolate(format_datetime(line.callback_at, zone))
        who = isolate(line.callback_who or "")
        agreed = (
            _("Call back {moment}, {name}", moment=moment, name=who) if who else _("Call back {moment}", moment=moment)
        )
        parts.insert(0, agreed)
    return "\n".join(filter(None, parts))


def _in_words(name: str | Message) -> str:
    return say(name) if isinstance(name, Message) else name
