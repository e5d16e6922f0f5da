"""The window of a card's history."""

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.history.view import HistoryView
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.widgets.beside import BesideWindow

__all__ = ["HistoryWindow"]


class HistoryWindow(BesideWindow):
    """Follows whichever card it was opened for last."""

    name = N_("History")
    key = "history"
    size_at_first = (560, 640)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.view = HistoryView(desk)
        self.body.addWidget(self.view, 1)

    def turn_to(self, table: str, row_id: int, name: str = "") -> None:
        """Show the history of this card and come to the front."""
        if name:
            self.texts.bind(self.title.setText, N_("History of {name}"), name=isolate(name))
        else:
            self.texts.bind(self.title.setText, N_("History"))
        self.view.turn_to(table, row_id)
        self.come()
