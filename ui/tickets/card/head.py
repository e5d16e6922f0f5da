"""The first lines of the card: when the ticket came in, its alerts, and where it went on when it was merged."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

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

    def __init__(self, desk: Desk, *, may_write: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_write = may_write
        self._onward: int | None = None
        self.about = secondary()
        self.bell = Bell(desk)
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
        row.addWidget(self.merge)
        column.addLayout(row)
        column.addWidget(self.bell.panel)
        column.addWidget(self.merged)

    def show_card(self, card: TicketCard | None, customer_id: int | None, zone: ZoneInfo | None) -> None:
        """Tell of this ticket; of a new one only the alerts of its customer."""
        self.bell.keep_time(zone)
        self.bell.turn_to(customer_id, card.id if card else None)
        self.about.setText(_about(card, zone) if card else "")
        self.merge.setVisible(self._may_write and card is not None and card.merged_into_id is None)
        self._onward = card.merged_into_id if card else None
        told = None
        if card is not None and self._onward is not None:
            told = message(N_("This ticket was merged into ticket {number}."), number=isolate(card.merged_into))
        self.merged.say(told)

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
