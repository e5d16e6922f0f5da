"""What the home page says of tasks, visits, reminders and changes: rows made into lines."""

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from app.domain.processes import reasons
from app.domain.tickets.names import shown_number
from app.i18n import _, format_date, format_time, say
from app.services.tickets.home import ChangeRow, VisitRow
from app.services.tickets.reminders import ReminderRow
from app.services.tickets.task_rows import Mark, TaskRow
from ui.home.lines import Line
from ui.kit.bidi import isolate

if TYPE_CHECKING:
    from app.services.dialer.reminding import GroupReminder

__all__ = ["change_line", "greeting", "group_line", "reminder_line", "task_line", "visit_line", "when"]


def greeting(name: str, moment: datetime) -> str:
    """A word for the hour."""
    if moment.hour < 12:
        return _("Good morning, {name}", name=name)
    if moment.hour < 18:
        return _("Good afternoon, {name}", name=name)
    return _("Good evening, {name}", name=name)


def when(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment as one says it today: the hour, "Tomorrow 10:00", or the day."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    hour = format_time(local)
    if local.date() == today:
        return _("Today {time}", time=hour)
    if local.date() == today + timedelta(days=1):
        return _("Tomorrow {time}", time=hour)
    if local.date() == today - timedelta(days=1):
        return _("Yesterday {time}", time=hour)
    if abs((local.date() - today).days) < 300:
        return _("{day} {time}", day=format_date(local.date(), "day"), time=hour)
    return _("{day} {time}", day=format_date(local.date(), "short"), time=hour)


def task_line(row: TaskRow, now: datetime, zone: tzinfo) -> Line:
    """A task of mine: overdue in red, marked where it does not get on."""
    is_overdue = row.due_at is not None and row.due_at < now
    due = "" if row.due_at is None else when(row.due_at, now, zone)
    where = isolate(f"{row.process} › {row.stage}") if row.process and row.stage else isolate(row.activity or "")
    parts = [isolate(row.customer or ""), where]
    if row.mark is Mark.STUCK:
        parts.append(_("stands still"))
    elif row.mark is Mark.BOUNCING:
        parts.append(_("goes back and forth"))
    icon, tone = "task", "muted"
    if row.has_alert:
        icon, tone = "alerts", "warning"
    elif is_overdue:
        icon, tone = "overdue", "danger"
    return Line(
        row.id,
        isolate(row.title) or _("Task {number}", number=row.number or str(row.id)),
        " · ".join(filter(None, parts)),
        _("Overdue: {date}", date=due) if is_overdue else due,
        icon,
        tone,
        "danger" if is_overdue else "muted",
        row.id,
    )


def visit_line(row: VisitRow, now: datetime, zone: tzinfo) -> Line:
    """A visit: when, for whom, where."""
    hours = isolate(f"{format_time(row.starts_at, zone)}–{format_time(row.ends_at, zone)}")
    local, today = row.starts_at.astimezone(zone).date(), now.astimezone(zone).date()
    day = _("Today") if local <= today else format_date(local, "day")
    if local == today + timedelta(days=1):
        day = _("Tomorrow")
    where = " · ".join(filter(None, [isolate(row.customer), isolate(row.address or row.site)]))
    subject = isolate(row.subject) or _("Appointment")
    end = _("{day}, {hours}", day=day, hours=hours)
    is_now = row.starts_at <= now
    return Line(row.id, subject, where, end, "visit", "accent" if is_now else "muted", "text", row.task_id)


def reminder_line(row: ReminderRow, now: datetime, zone: tzinfo) -> Line:
    """A reminder; one whose time has come is red."""
    is_due = row.at <= now
    tone = "danger" if is_due else "muted"
    end = when(row.at, now, zone)
    text, about = (row.text, row.about) if row.text else (row.about, "")
    return Line(row.id, isolate(text) or _("Reminder"), isolate(about), end, "reminder", tone, tone, row.task_id)


def group_line(row: "GroupReminder", now: datetime, zone: tzinfo) -> Line:
    """A reminder of a colleague, with whose it is."""
    tone = "danger" if row.at <= now else "muted"
    text, about = (row.text, row.customer) if row.text else (row.customer, "")
    detail = " · ".join(filter(None, [isolate(about), isolate(row.user)]))
    return Line(row.id, isolate(text) or _("Reminder"), detail, when(row.at, now, zone), "reminder", tone, tone)


def change_line(row: ChangeRow, now: datetime, zone: tzinfo) -> Line:
    """What has moved, by whom."""
    title = isolate(row.title) or _("Task {number}", number=str(row.task_id))
    if row.is_given:
        text = _("{task}: given to you", task=title)
    elif row.closes:
        text = _("{task}: closed", task=title)
    elif row.stage:
        text = _("{task}: now at {stage}", task=title, stage=isolate(row.stage))
    else:
        text = _("{task}: now with {name}", task=title, name=isolate(row.receiver))
    parts = []
    if row.ticket_id is not None:
        parts.append(_("Ticket {number}", number=isolate(shown_number(row.ticket_id, row.ticket_number))))
    if row.by:
        parts.append(_("by {name}", name=isolate(row.by)))
    elif row.rule in reasons.RULES:
        parts.append(say(reasons.RULES[row.rule]))
    icon = "hand-over" if row.is_given else "process"
    tone = "accent" if row.is_given else "muted"
    return Line(row.id, text, " · ".join(parts), when(row.at, now, zone), icon, tone, "muted", row.task_id)
