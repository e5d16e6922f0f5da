"""The first lines of the card: when the ticket came in, what can be noted for it, its alerts, where it went on."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_, message
from app.i18n import _, format_datetime
from app.services.tickets.card import TicketCard
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.widgets.bell import Bell
from ui.widgets.standing import StandingLine
from ui.widgets.styled import icon_button, push_button, secondary

__all__ = ["Head"]


class Head(QWidget):
    """Signals: `merge_wanted()`; `onward_wanted(id)` for the ticket this one was merged into."""

    merge_wanted = Signal()
    onward_wanted = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._card: TicketCard | None = None
        self._onward: int | None = None
        self.about = secondary()
        self.bell = Bell(desk)
        self.remind = icon_button("reminder", N_("Remind me"))
        self.remind.clicked.connect(self._ask_reminder)
        self.report = icon_button("clock", N_("Report hours"))
        self.report.clicked.connect(self._ask_hours)
        self.history = icon_button("history", N_("History"))
        self.history.clicked.connect(self._ask_history)
        self.merge = icon_button("merge", N_("Merge the ticket"))
        self.merge.clicked.connect(self.merge_wanted)
        self.open_onward = push_button(N_("Open"))
        self.open_onward.clicked.connect(self._go_on)
        self.merged = StandingLine(self.open_onward)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        row = QHBoxLayout()
        row.setSpacing(theme.scale(4))
        row.addWidget(self.about, 1)
        row.addWidget(self.bell)
        row.addWidget(self.remind)
        row.addWidget(self.report)
        row.addWidget(self.history)
        row.addWidget(self.merge)
        column.addLayout(row)
        column.addWidget(self.bell.panel)
        column.addWidget(self.merged)

    def show_card(self, card: TicketCard | None, customer_id: int | None, zone: ZoneInfo | None) -> None:
        """Tell of this ticket; of a new one only the alerts of its customer."""
        self.bell.keep_time(zone)
        self.bell.turn_to(customer_id, card.id if card else None)
        self.about.setText(_about(card, zone) if card else "")
        self._card = card
        for button in (self.remind, self.report):
            button.setVisible(card is not None and self._desk.person.may(Permission.WORK_TASKS))
        self.history.setVisible(card is not None)
        may_write = self._desk.person.may(Permission.EDIT_TICKETS)
        self.merge.setVisible(may_write and card is not None and card.merged_into_id is None)
        self._onward = card.merged_into_id if card else None
        told = None
        if card is not None and self._onward is not None:
            told = message(N_("This ticket was merged into ticket {number}."), number=isolate(card.merged_into))
        self.merged.say(told)

    @Slot()
    def _ask_reminder(self) -> None:
        if self._card is not None:
            self._desk.commands.run("home.remind", self._card.id, None, self._card.draft.subject)

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The ticket on the card."""
        return ("tickets", self._card.id, self._card.draft.subject) if self._card is not None else None

    @Slot()
    def _ask_history(self) -> None:
        if (card := self.card_at_hand()) is not None:
            self._desk.commands.run("history.open", *card)

    @Slot()
    def _ask_hours(self) -> None:
        if self._card is not None:
            self._desk.commands.run("hours.new", self._card.id, None, self._card.draft.customer_id)

    @Slot()
    def _go_on(self) -> None:
        if self._onward is not None:
            self.onward_wanted.emit(self._onward)


def _about(card: TicketCard, zone: ZoneInfo | None) -> str:
    parts = [_("Opened {time}", time=isolate(format_datetime(card.opened_at, zone)))]
    if card.closed_at is not None:
        parts.append(_("Closed {time}", time=isolate(format_datetime(card.closed_at, zone))))
    parts += [isolate(text) for text in (card.external_key, card.channel, card.phone) if text]
    return "  ·  ".join(parts)
