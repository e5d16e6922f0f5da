"""The window of a card's history."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.history.view import HistoryView
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.widgets.beside import BesideWindow
from ui.widgets.styled import push_button

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
        self._card: tuple[str, int, str] | None = None
        self.as_of = push_button(N_("As it stood…"), "clock")
        self.as_of.setAutoDefault(False)
        self.as_of.clicked.connect(self._look_back)
        self.foot.insertWidget(0, self.as_of)

    def turn_to(self, table: str, row_id: int, name: str = "") -> None:
        """Show the history of this card and come to the front."""
        if name:
            self.texts.bind(self.title.setText, N_("History of {name}"), name=isolate(name))
        else:
            self.texts.bind(self.title.setText, N_("History"))
        self._card = (table, row_id, name)
        self.view.turn_to(table, row_id)
        self.come()

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The card that is shown, for the history's keys."""
        return self._card

    @Slot()
    def _look_back(self) -> None:
        if self._card is not None:
            self._desk.commands.run("history.as_of", *self._card)
