"""The line on a card that says that somebody else changed the same fields, with what can be done about it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.widgets.standing import StandingLine
from ui.widgets.styled import push_button

__all__ = ["MeetingLine"]


class MeetingLine(StandingLine):
    """Signals: `compare_wanted()` to choose side by side, `mine_wanted()` and `theirs_wanted()` for all fields."""

    compare_wanted = Signal()
    mine_wanted = Signal()
    theirs_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.compare = push_button(N_("Compare…"))
        self.keep_mine, self.take_theirs = push_button(N_("Keep mine")), push_button(N_("Take theirs"))
        super().__init__(self.compare, self.keep_mine, self.take_theirs, parent=parent)
        self.compare.clicked.connect(self.compare_wanted)
        self.keep_mine.clicked.connect(self.mine_wanted)
        self.take_theirs.clicked.connect(self.theirs_wanted)
