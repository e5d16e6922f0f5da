"""What was done for a ticket, in words of the reader's language."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from types import MappingProxyType

from app.domain.dialer.statuses import call_status_name
from app.domain.mail.failures import told
from app.domain.processes.reasons import RULES
from app.domain.tickets.names import note_kind_name
from app.domain.words import N_, Message, message
from app.i18n import _, format_date, format_number, format_time, say
from app.services.tickets.timeline import Entry, Kind
from ui.kit.bidi import isolate
from ui.tickets.model import in_words

__all__ = ["body", "headline", "picture", "remark", "size_in_words"]

_PICTURES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.OPENED: "ticket",
        Kind.MAIL_IN: "mail-in",
        Kind.TASK: "task",
        Kind.STEP: "hand-over",
        Kind.VISIT: "visit",
        Kind.CALL: "call",
        Kind.NOTE: "note",
        Kind.FILE: "attach",
        Kind.MAIL_OUT: "mail-out",
        Kind.TASK_CLOSED: "check",
        Kind.CLOSED: "lock",
    }
)
_SENT: Mapping[str, Message] = MappingProxyType(
    {
        "waiting": message(N_("Waits to be sent")),
        "sending": message(N_("Is being sent")),
        "sent": message(N_("Sent")),
        "dead": message(N_("Could not be sent")),
        "cancelled": message(N_("Taken back")),
    }
)
_MEGABYTE = 1024 * 1024


def picture(entry: Entry) -> tuple[str, str]:
    """The icon of an entry and its tone."""
    if entry.is_waiting:
        return "waiting", "warning"
    if entry.kind is Kind.NOTE and entry.is_alert:
        return "alert", "muted" if entry.is_dismissed else "warning"
    if entry.kind is Kind.MAIL_OUT and entry.state == "dead":
        return "error", "danger"
    if entry.kind is Kind.VISIT and not entry.is_active:
        return "unschedule", "muted"
    return _PICTURES[entry.kind], "muted"


def headline(entry: Entry, zone: tzinfo | None) -> str:
    """What happened."""
    return _HEADLINES[entry.kind](entry, zone)


def _opened(entry: Entry, _zone: tzinfo | None) -> str:
    return _("Taken in by {name}", name=isolate(entry.who)) if entry.who else _("Taken in")


def _closed(entry: Entry, _zone: tzinfo | None) -> str:
    return _("Merged into ticket {number}", number=isolate(entry.number)) if entry.number else _("Closed")


def _task(entry: Entry, _zone: tzinfo | None) -> str:
    called = isolate(entry.activity or entry.title) or _("Task")
    if entry.kind is Kind.TASK_CLOSED:
        return _("{task}: done", task=called)
    if entry.is_waiting:
        return _("{task}: waits to be planned", task=called)
    if entry.group and entry.is_active:
        return _("{task}: on the plan", task=called)
    return _("{task}: handled by {name}", task=called, name=isolate(entry.person)) if entry.person else called


def _step(entry: Entry, _zone: tzinfo | None) -> str:
    stage, person = isolate(entry.stage or ""), isolate(entry.person or "")
    if entry.closes:
        return _("{task}: closed", task=isolate(entry.title) or _("Task"))
    is_moved = entry.stage is not None and entry.stage != entry.stage_before
    if is_moved and entry.person:
        return _("{stage}: handed over to {name}", stage=stage, name=person)
    if is_moved:
        return _("Advanced to {stage}", stage=stage)
    if entry.person and entry.giver and entry.person != entry.giver:
        return _("Handed over from {giver} to {name}", giver=isolate(entry.giver), name=person)
    if entry.person and entry.person != entry.giver:
        return _("Handed over to {name}", name=person)
    return _("{task}: updated", task=isolate(entry.title) or _("Task"))


def _visit(entry: Entry, zone: tzinfo | None) -> str:
    assert entry.starts_at is not None
    assert entry.ends_at is not None
    hours = isolate(f"{format_time(entry.starts_at, zone)}–{format_time(entry.ends_at, zone)}")
    day = format_date(entry.starts_at.astimezone(zone).date(), "day")
    name = isolate(entry.person or "")
    if entry.is_active:
        return _("Visit of {name}: {day}, {hours}", name=name, day=day, hours=hours)
    return _("Taken off the plan: visit of {name}, {day}, {hours}", name=name, day=day, hours=hours)


def _call(entry: Entry, _zone: tzinfo | None) -> str:
    result, name = isolate(in_words(call_status_name(*entry.note_kind))), isolate(entry.who or "")
    if entry.state == "inbound":
        return _("The customer called; answered by {name}", name=name) if name else _("The customer called")
    return _("Call by {name}: {result}", name=name, result=result) if name else _("Call: {result}", result=result)


def _note(entry: Entry, _zone: tzinfo | None) -> str:
    kind = isolate(in_words(note_kind_name(*entry.note_kind)))
    return _("{kind} by {name}", kind=kind, name=isolate(entry.who)) if entry.who else kind


def _file(entry: Entry, _zone: tzinfo | None) -> str:
    return isolate(entry.title)


def _mail_out(entry: Entry, _zone: tzinfo | None) -> str:
    return _("Mail to {address}: {subject}", address=isolate(entry.person or ""), subject=isolate(entry.title))


def _mail_in(entry: Entry, _zone: tzinfo | None) -> str:
    return _("Mail from {name}: {subject}", name=isolate(entry.person or ""), subject=isolate(entry.title))


_HEADLINES: Mapping[Kind, Callable[[Entry, tzinfo | None], str]] = MappingProxyType(
    {
        Kind.OPENED: _opened,
        Kind.MAIL_IN: _mail_in,
        Kind.TASK: _task,
        Kind.STEP: _step,
        Kind.VISIT: _visit,
        Kind.CALL: _call,
        Kind.NOTE: _note,
        Kind.FILE: _file,
        Kind.MAIL_OUT: _mail_out,
        Kind.TASK_CLOSED: _task,
        Kind.CLOSED: _closed,
    }
)


def remark(entry: Entry) -> str:
    """What else there is to say about it, in small letters."""
    if entry.kind is Kind.VISIT and entry.who:
        return _("Scheduled by {name}", name=isolate(entry.who))
    if entry.kind is Kind.TASK and entry.is_waiting and entry.group:
        return _("Group: {name}", name=isolate(entry.group))
    if entry.kind is Kind.TASK and entry.stage:
        return isolate(f"{entry.process} › {entry.stage}")
    parts = {
        Kind.STEP: (isolate(entry.process or ""), _said(RULES.get(entry.rule or ""))),
        Kind.CALL: (isolate(entry.title),),
        Kind.FILE: (isolate(size_in_words(entry.size)), isolate(entry.who or "")),
        Kind.MAIL_OUT: (_said(_SENT.get(entry.state or "")),),
    }
    return " · ".join(filter(None, parts.get(entry.kind, ())))


def body(entry: Entry) -> str:
    """What stands below: what was written, or why a mail did not leave."""
    if entry.kind is Kind.MAIL_OUT and entry.text:
        return say(told(entry.text))
    return entry.text


def _said(text: Message | None) -> str:
    return say(text) if text else ""


def size_in_words(size: int) -> str:
    """The size of a file as people say it."""
    if size >= _MEGABYTE:
        return _("{size} MB", size=format_number(round(size / _MEGABYTE, 1)))
    return _("{size} kB", size=format_number(max(1, round(size / 1024))))
