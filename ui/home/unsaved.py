"""Tells after the start what was typed in an earlier run and never saved; a line on the home page says it, too."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from app.domain.words import N_, counted
from ui.home import DRAFTS
from ui.kit.drafts import drafts_of
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.widgets.standing import StandingLine
from ui.widgets.styled import push_button

if TYPE_CHECKING:
    from ui.kit.drafts.drafts import Drafts

__all__ = ["UnsavedNotice", "UnsavedTexts"]

_LATER_MS = 900


class UnsavedTexts(StandingLine):
    """Hidden while nothing was left behind."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self.show_button = push_button(N_("Show"))
        super().__init__(self.show_button, parent=parent)
        self._desk = desk
        self.show_button.clicked.connect(self._open)
        self._drafts: Drafts | None = None
        # After the start, which does not wait for it.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER_MS)
        self._later.timeout.connect(self._look)
        self._later.start()

    @Slot()
    def _look(self) -> None:
        if self._desk.tasks.is_closed:
            return
        if self._drafts is None:
            self._drafts = drafts_of(self._desk)
            self._drafts.left_changed.connect(self._look)
        count = len(self._drafts.left)
        said = counted(
            "You have {count} text that was not saved.", "You have {count} texts that were not saved.", count
        )
        self.say(said if count else None)

    @Slot()
    def _open(self) -> None:
        self._desk.commands.run(DRAFTS.id)


class UnsavedNotice(QObject):
    """Tells it once."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._drafts = drafts_of(desk)
        self._is_told = False
        self._drafts.left_changed.connect(self._look)
        self._look()

    @Slot()
    def _look(self) -> None:
        count = len(self._drafts.left)
        if not count or self._is_told:
            return
        self._is_told = True
        run = self._desk.commands.run
        self._desk.messages.warning(
            counted("You have {count} text that was not saved.", "You have {count} texts that were not saved.", count),
            N_("What you typed is kept on this computer."),
            offer=Offer(N_("Show"), lambda: run(DRAFTS.id)),
        )
