"""Everything done for a ticket, one thing below the other, the newest on top."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _, format_date, format_datetime, format_time, is_rtl
from app.services.tickets.timeline import Entry, Kind
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.widgets.styled import heading, styled

__all__ = ["TimeLine", "headline", "remark"]

RIGHT_TO_LEFT_MARK = "\u200f"
_ICONS = {
    Kind.OPENED: "ticket",
    Kind.TASK: "task",
    Kind.TASK_CLOSED: "check",
    Kind.VISIT: "visit",
    Kind.CLOSED: "lock",
}


def headline(entry: Entry, zone: tzinfo | None) -> str:
    """What happened, in words."""
    if entry.kind is Kind.OPENED:
        return _("Taken in by {name}", name=isolate(entry.who)) if entry.who else _("Taken in")
    if entry.kind is Kind.CLOSED:
        return _("Closed")
    return _visit(entry, zone) if entry.kind is Kind.VISIT else _task(entry)


def _task(entry: Entry) -> str:
    called = isolate(entry.activity or entry.title) or _("Task")
    if entry.kind is Kind.TASK_CLOSED:
        return _("{task}: done", task=called)
    if entry.is_waiting:
        return _("{task}: waits to be planned", task=called)
    if entry.group and entry.is_active:
        return _("{task}: on the plan", task=called)
    return _("{task}: handled by {name}", task=called, name=isolate(entry.person)) if entry.person else called


def remark(entry: Entry) -> str:
    """What else there is to say about it."""
    if entry.kind is Kind.VISIT and entry.who:
        return _("Scheduled by {name}", name=isolate(entry.who))
    if entry.kind is Kind.TASK and entry.is_waiting and entry.group:
        return _("Group: {name}", name=isolate(entry.group))
    return ""


def _visit(entry: Entry, zone: tzinfo | None) -> str:
    assert entry.starts_at is not None
    assert entry.ends_at is not None
    hours = isolate(f"{format_time(entry.starts_at, zone)}–{format_time(entry.ends_at, zone)}")
    day = format_date(entry.starts_at.astimezone(zone).date(), "day")
    name = isolate(entry.person or "")
    if entry.is_active:
        return _("Visit of {name}: {day}, {hours}", name=name, day=day, hours=hours)
    return _("Taken off the plan: visit of {name}, {day}, {hours}", name=name, day=day, hours=hours)


class TimeLine(QWidget):
    """Shows the entries of one ticket."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._zone: tzinfo | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        column.addWidget(heading(N_("What was done")))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self._area, 1)
        self._texts = Texts(self)
        self._texts.bind(self._area.setAccessibleName, N_("What was done"))
        self._texts.redo(self._fill, key="entries")
        theme.news.changed.connect(self._fill)

    @property
    def lines(self) -> list[str]:
        """What is shown, one line for each entry."""
        return [headline(entry, self._zone) for entry in self._entries]

    def show_entries(self, entries: Sequence[Entry], zone: tzinfo | None) -> None:
        """Show these; nothing moves where nothing has changed."""
        if (tuple(entries), zone) != (self._entries, self._zone):
            self._entries, self._zone = tuple(entries), zone
            self._fill()

    @Slot()
    def _fill(self) -> None:
        scrolled = self._area.verticalScrollBar().value()
        holder = styled(QWidget(), "surface")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        rows = QVBoxLayout(holder)
        rows.setContentsMargins(0, 0, theme.scale(4), 0)
        rows.setSpacing(theme.scale(12))
        for entry in self._entries:
            rows.addWidget(self._row(entry))
        rows.addStretch(1)
        self._area.setWidget(holder)
        self._area.verticalScrollBar().setValue(scrolled)

    def _row(self, entry: Entry) -> QWidget:
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.scale(10))
        grid.setVerticalSpacing(theme.scale(2))
        grid.setColumnStretch(1, 1)
        picture = QLabel()
        is_quiet = entry.kind is Kind.VISIT and not entry.is_active
        name = "waiting" if entry.is_waiting else "unschedule" if is_quiet else _ICONS.get(entry.kind, "note")
        size = theme.scale(18)
        picture.setPixmap(icons.icon(name, "warning" if entry.is_waiting else "muted").pixmap(QSize(size, size)))
        grid.addWidget(picture, 0, 0, Qt.AlignmentFlag.AlignTop)
        words = _label(headline(entry, self._zone), "secondary" if is_quiet else "body")
        grid.addWidget(words, 0, 1)
        under = " · ".join(filter(None, [format_datetime(entry.at, self._zone), remark(entry)]))
        grid.addWidget(_label(under, "secondary"), 1, 1)
        return row


def _label(text: str, look: str) -> QLabel:
    # A label takes its direction from its letters; a date alone has none and would stand on the wrong side.
    label = styled(QLabel(f"{RIGHT_TO_LEFT_MARK}{text}" if is_rtl() else text), look)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
