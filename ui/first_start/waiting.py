"""Pages without fields: something is under way, or something went wrong at the door."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from app.domain.words import N_
from ui.first_start.page import Page
from ui.widgets.styled import push_button

__all__ = ["TroublePage", "WaitingPage"]


class WaitingPage(Page):
    """Something is under way; `back` cancels it where that is possible."""

    def __init__(self, title: str, text: str = "", *, can_cancel: bool = False) -> None:
        super().__init__(title, text, back=N_("Cancel"))
        self.forward_button.hide()
        self.back_button.setVisible(can_cancel)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.body.addWidget(self.bar)

    def begin(self) -> None:
        """Start from nothing."""
        self.bar.setRange(0, 0)
        self.back_button.setEnabled(True)
        self.back_button.setFocus()

    def advance(self, done: int, total: int) -> None:
        """Show how far it is."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)


class TroublePage(Page):
    """The database does not open; `forward` tries again, `back` quits. Signal: `another_wanted()`."""

    another_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(N_("The database does not open"), "", forward=N_("Try again"), back=N_("Quit"))
        another = push_button(N_("Another database"))
        another.clicked.connect(self.another_wanted)
        self.buttons.insertWidget(self.buttons.count() - 1, another)
