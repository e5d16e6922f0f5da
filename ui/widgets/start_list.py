"""The documents of a screen at its start side: their list, and below it the button that makes a new one."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QListWidget, QSizePolicy, QVBoxLayout, QWidget

from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import foot_row, push_button, styled

__all__ = ["StartList"]


class StartList(QWidget):
    """As wide as said at 100 percent, wider where the button's text asks for it. `new` is catalogue text."""

    def __init__(self, new: str, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = width
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.list = styled(QListWidget(), "sections")
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setIconSize(QSize(18, 18))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        column.addWidget(self.list, 1)
        foot, row = foot_row()
        row.setContentsMargins(*[theme.scale(8)] * 4)
        self.new_button = push_button(new, "new")
        self.new_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self.new_button)
        column.addWidget(foot)
        self.setFocusProxy(self.list)
        Texts(self).redo(self._resize)
        theme.news.changed.connect(self._resize)

    @Slot()
    def _resize(self) -> None:
        # The button's own hint: that of the whole would still be the one of the language before.
        needed = self.new_button.sizeHint().width() + theme.scale(16)
        self.setFixedWidth(max(theme.scale(self._width), needed))
