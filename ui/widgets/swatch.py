"""The choice of a category's fill, each with its name, by mouse and arrow keys."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, qGray
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QToolButton, QWidget

from app.i18n import _
from ui.kit import icons, theme
from ui.kit.translate import Texts
from ui.widgets.chips import Flow
from ui.widgets.styled import styled

__all__ = ["SwatchChoice", "swatch_icon"]


def swatch_icon(fill: str, *, is_chosen: bool = False, size: int = 18) -> QIcon:
    """A rounded square of the fill, ticked when chosen."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(fill))
    painter.setPen(QPen(QColor(fill).darker(150), 1))
    painter.drawRoundedRect(QRect(0, 0, size - 1, size - 1), 4, 4)
    if is_chosen:
        tick = theme.DARK.text if qGray(QColor(fill).rgb()) < 120 else theme.tokens().category_text
        icons.paint(painter, QRect(2, 2, size - 4, size - 4), "check", QColor(tick))
    painter.end()
    icon = QIcon(picture)
    # Qt would tint the swatch of a chosen row, and the colour is what it is there for.
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


class SwatchChoice(QWidget):
    """One of the category fills, or of other colours with names. Signal: `changed(fill)`."""

    changed = Signal(str)

    def __init__(
        self, parent: QWidget | None = None, *, categories: Sequence[theme.Category] = theme.CATEGORIES
    ) -> None:
        super().__init__(parent)
        self._categories = categories
        layout = Flow(self, gap=2)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        for number, category in enumerate(categories):
            button = styled(QToolButton(), "swatch")
            button.setCheckable(True)
            button.setAutoRaise(True)
            texts = Texts(button)
            texts.bind(button.setToolTip, category.name)
            texts.bind(button.setAccessibleName, category.name)
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._group.idToggled.connect(self._draw)
        self._group.idClicked.connect(self._tell)
        self._group.button(0).setChecked(True)
        for number in range(len(categories)):
            self._draw(number)

    def name_of(self, fill: str) -> str:
        """What a colour is called."""
        return next((_(each.name) for each in self._categories if each.fill == fill), fill)

    def value(self) -> str:
        """The fill chosen, as "#RRGGBB"."""
        return self._categories[max(0, self._group.checkedId())].fill

    def set_value(self, fill: str) -> None:
        """Choose this fill; one that is not offered leaves the choice as it is."""
        for number, category in enumerate(self._categories):
            if category.fill.casefold() == fill.casefold():
                self._group.button(number).setChecked(True)

    def _draw(self, number: int) -> None:
        button: QAbstractButton = self._group.button(number)
        fill = self._categories[number].fill
        button.setIcon(swatch_icon(fill, is_chosen=button.isChecked(), size=20))

    def _tell(self) -> None:
        self.changed.emit(self.value())
