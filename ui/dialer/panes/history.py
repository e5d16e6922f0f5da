"""What was done with the customer before, beside the card."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.words import N_
from app.services.dialer.card import DialCard
from ui.dialer.panes.words import zone_of
from ui.kit import theme
from ui.kit.screen import Desk
from ui.widgets.history import History
from ui.widgets.styled import heading, styled

__all__ = ["HistoryPane"]


class HistoryPane(QWidget):
    """The first page comes with the card; those below are read when one scrolls there."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "surface").setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.scale(12), 0, 0)
        column.setSpacing(theme.scale(4))
        title = heading(N_("History"))
        title.setContentsMargins(theme.scale(16), 0, theme.scale(16), 0)
        column.addWidget(title)
        self.history = History(desk)
        column.addWidget(self.history, 1)

    def show_card(self, card: DialCard | None) -> None:
        """Show the history that came with a card; None for nobody's."""
        self.setVisible(card is not None)
        if card is not None:
            self.history.keep_time(zone_of(card.company_zone))
            self.history.show_page(card.customer_id, card.campaign.id, card.history)

    @Slot()
    def focus_list(self) -> None:
        """Put the keyboard into the list."""
        self.history.view.setFocus()
