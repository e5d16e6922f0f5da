"""A window beside the work: one of its kind, where it was, with a heading and a row of buttons. Escape closes it."""

from typing import ClassVar, Self

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.words import N_
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.styled import heading, push_button

__all__ = ["BesideWindow"]


class BesideWindow(QDialog):
    """What is shown goes into `body`, between `title` and `foot`, which has Close at its end."""

    name: ClassVar[str]
    """The window's title, catalogue text."""

    key: ClassVar[str]
    """Under what its place is remembered."""

    size_at_first: ClassVar[tuple[int, int]]
    """In pixels at 100 percent."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.texts = Texts(self)
        self.texts.bind(self.setWindowTitle, self.name)
        self.setModal(False)
        self.setSizeGripEnabled(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(16)] * 4)
        column.setSpacing(theme.scale(8))
        self.title = heading()
        self.title.setWordWrap(True)
        column.addWidget(self.title)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.scale(8))
        column.addLayout(self.body, 1)
        self.foot = QHBoxLayout()
        self.foot.addStretch(1)
        self.close_button = push_button(N_("Close"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.close)
        column.addLayout(self.foot)
        self.resize(*[theme.scale(each) for each in self.size_at_first])
        desk.memory.window(self, self.key)

    @classmethod
    def of(cls, desk: Desk) -> Self:
        """The window that is open, or a new one."""
        home = desk.commands.parent()
        found = home.findChild(cls) if home is not None else None
        return found or cls(desk, home if isinstance(home, QWidget) else None)

    def setVisible(self, visible: bool) -> None:
        """Close joins last: the keyboard begins with what is shown."""
        if visible and self.close_button.parent() is None:
            self.foot.addWidget(self.close_button)
        super().setVisible(visible)

    def come(self) -> None:
        """Stand in front."""
        self.show()
        self.raise_()
        self.activateWindow()
