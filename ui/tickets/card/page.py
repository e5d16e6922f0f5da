"""The scrolled middle of the card: the head over the whole width, under it the fields and what was done."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from ui.kit import theme
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import styled

__all__ = ["CardPage"]

_TWO_COLUMNS = 620
_FIELDS = 184


class CardPage(ScrolledPage):
    """`above` stands over the two columns."""

    def __init__(self, *above: QWidget, form: QWidget, side: QWidget, parent: QWidget | None = None) -> None:
        inside = styled(QWidget(), "surface")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.scale(16), 0, theme.scale(16), theme.scale(12))
        column.setSpacing(theme.scale(12))
        for widget in above:
            column.addWidget(widget)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(theme.scale(24))
        self._body.addWidget(form, 1)
        self._body.addWidget(side, 1)
        column.addLayout(self._body, 1)
        self._above, self._columns = above, (form, side)
        super().__init__(inside, parent=parent)

    def minimumSizeHint(self) -> QSize:
        """Room for the widest part beside the scroll bar: the columns can stand one over the other."""
        width = max(_least(each) for each in (*self._above, *self._columns))
        return QSize(width + self._beside(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower may mean one column."""
        self._turn()
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Other words need other room."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._turn()
        return super().eventFilter(watched, event)

    def _turn(self) -> None:
        """Fields and time line stand side by side where there is room for both."""
        form, side = self._columns
        needed = max(_least(form), theme.scale(_FIELDS)) + _least(side) + self._body.spacing() + self._beside()
        is_wide = self.width() >= max(needed, theme.scale(_TWO_COLUMNS))
        wanted = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._body.direction() != wanted:
            self._body.setDirection(wanted)

    def _beside(self) -> int:
        return 2 * theme.scale(16) + self.verticalScrollBar().sizeHint().width()

    def to_top(self) -> None:
        """Scroll to where the card begins."""
        self.verticalScrollBar().setValue(0)


def _least(widget: QWidget) -> int:
    return 0 if widget.isHidden() else widget.minimumSizeHint().width()
