"""The window that shows a card as it stood at a past minute; to look at, nothing can be changed here."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.domain.history import Value
from app.domain.words import N_, Message
from app.i18n import _, format_date, format_datetime, format_points, say
from app.services.history.standing import CardAt, Part, card_at
from ui.kit import theme
from ui.kit.bidi import bare, by_line, isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.beside import BesideWindow
from ui.widgets.empty import EmptyState
from ui.widgets.moment import MomentRow
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import heading, styled

__all__ = ["StandingWindow"]


class StandingWindow(BesideWindow):
    """Follows whichever card it was opened for last."""

    name = N_("As it stood")
    key = "history.standing"
    size_at_first = (820, 700)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._reading = Latest(desk.tasks)
        self._card: tuple[str, int] | None = None
        self.found: CardAt | None = None
        self.banner = styled(QLabel(), "note-box")
        self.banner.setTextFormat(Qt.TextFormat.PlainText)
        self.banner.setWordWrap(True)
        self.moment = MomentRow()
        self.moment.wanted.connect(self.reload)
        self.nothing = EmptyState("history", N_("Not there yet"), N_("At this moment there was no such card."))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nothing)
        self._page: QWidget = QWidget()
        self.stack.addWidget(self._page)
        for widget in (self.banner, self.moment):
            self.body.addWidget(widget)
        self.body.addWidget(self.stack, 1)
        self.texts.redo(self._fill, key="fill")
        theme.news.changed.connect(self._fill)

    def turn_to(self, table: str, row_id: int, name: str = "") -> None:
        """Show this card as it stands, to step back from, and come to the front."""
        self._card = (table, row_id)
        self.title.setText(isolate(name))
        self.title.setVisible(bool(name))
        self.moment.set_value(datetime.now(UTC))
        self.reload()
        self.come()

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The card that is shown, for the history's keys."""
        return None if self._card is None else (*self._card, bare(self.title.text()))

    @Slot()
    def reload(self) -> None:
        """Read the card as of that minute."""
        if self._card is not None and not self._desk.tasks.is_closed:
            job = self._reading.read(card_at, *self._card, self.moment.value())
            job.then(self._show, self._desk.messages.show_error)

    def _show(self, found: CardAt) -> None:
        self.found = found
        self.moment.set_zone(ZoneInfo(found.time_zone))
        self._fill()

    @Slot()
    def _fill(self) -> None:
        found = self.found
        if found is None:
            return
        moment = isolate(format_datetime(found.moment, ZoneInfo(found.time_zone), "medium"))
        self.banner.setText(_("As it stood on {moment} – nothing can be changed here.", moment=moment))
        old, self._page = self._page, ScrolledPage(_sheet(found))
        self.stack.addWidget(self._page)
        self.stack.setCurrentWidget(self._page if found.fields else self.nothing)
        self.stack.removeWidget(old)
        old.deleteLater()


def _sheet(found: CardAt) -> QWidget:
    inside = styled(QWidget(), "surface")
    inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    column = QVBoxLayout(inside)
    column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
    column.setSpacing(theme.scale(16))
    column.addLayout(_fields(found.fields))
    for part in found.parts:
        head = heading()
        head.setText(_named(part))
        column.addWidget(head)
        column.addLayout(_fields(part.fields))
    column.addStretch(1)
    return inside


def _named(part: Part) -> str:
    kind = say(part.thing)
    kind = kind[:1].upper() + kind[1:]
    label = shown(part.label)
    return _("{kind} “{name}”", kind=kind, name=label) if label else kind


def _fields(fields: Iterable[tuple[str | Message, Value]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.scale(16))
    grid.setVerticalSpacing(theme.scale(4))
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, theme.scale(160))
    for row, (name, value) in enumerate(fields):
        for place, (text, look) in enumerate(((shown(name), "secondary"), (shown(value), ""))):
            label = styled(QLabel(by_line(text)), look)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(place == 1)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            grid.addWidget(label, row, place, Qt.AlignmentFlag.AlignTop)
    return grid


def shown(value: Value) -> str:
    """A value in the reader's words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, Decimal):
        return format_points(value)
    return "" if value is None else f"{value:%H:%M}" if isinstance(value, time) else str(value)
