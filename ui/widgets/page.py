"""A page that scrolls up and down only: never narrower than its fields, as high as its words need at its width."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

__all__ = ["ScrolledPage"]


class ScrolledPage(QScrollArea):
    """Qt's own gives a page the height of its hint, and words that wrap are then squeezed into each other."""

    def __init__(self, page: QWidget, least: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least, self._page = least, page
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    def minimumSizeHint(self) -> QSize:
        """Room for the widest field beside the scroll bar."""
        width = self._page.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(max(self._least, width), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower means higher."""
        super().resizeEvent(event)
        self._reach()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Other words need other room."""
        if event.type() is QEvent.Type.LayoutRequest and watched is self.widget():
            self._reach()
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _reach(self) -> None:
        layout = self._page.layout()
        if layout is not None and layout.hasHeightForWidth():
            height = layout.totalHeightForWidth(self.viewport().width())
            if height != self._page.minimumHeight():
                self._page.setMinimumHeight(height)
