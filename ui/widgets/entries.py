"""Entries one over the other, each with its icon beside what it says, and a button for those further back."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.domain.words import N_
from ui.kit import icons, theme
from ui.kit.bidi import sided
from ui.widgets.styled import push_button, styled

__all__ = ["EntryArea", "EntryRow"]


class EntryArea(QScrollArea):
    """Keeps its place while it is filled anew; `margin` is left free around the entries. Signal: `more_wanted()`."""

    more_wanted = Signal()

    def __init__(self, height: int, parent: QWidget | None = None, *, margin: int = 0) -> None:
        super().__init__(parent)
        self._margin = margin
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(theme.scale(height))

    def fill(self, rows: Iterable[QWidget], *, has_more: bool) -> None:
        """Show these from the top."""
        scrolled = self.verticalScrollBar().value()
        holder = styled(QWidget(), "surface")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(holder)
        margin = theme.scale(self._margin)
        column.setContentsMargins(margin, margin, max(margin, theme.scale(4)), margin)
        column.setSpacing(theme.scale(12))
        for row in rows:
            column.addWidget(row)
        if has_more:
            more = push_button(N_("Show more"))
            more.clicked.connect(self.more_wanted)
            column.addWidget(more)
        column.addStretch(1)
        self.setWidget(holder)
        before: QWidget = self
        for each in holder.findChildren(QWidget):
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus:
                # New widgets would come after everything else in the window.
                QWidget.setTabOrder(before, each)
                before = each
        self.verticalScrollBar().setValue(scrolled)


class EntryRow(QWidget):
    """An icon by its meaning and tone; `texts` with their looks, one below the other, as plain text."""

    def __init__(self, icon: tuple[str, str], texts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scale(10))
        self._grid.setVerticalSpacing(theme.scale(2))
        self._grid.setColumnStretch(1, 1)
        picture, size = QLabel(), theme.scale(18)
        picture.setPixmap(icons.icon(*icon).pixmap(QSize(size, size)))
        self._grid.addWidget(picture, 0, 0, Qt.AlignmentFlag.AlignTop)
        for text, look in texts:
            label = styled(QLabel(sided(text)), look)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.add(label)

    def add(self, widget: QWidget) -> None:
        """Put a widget below the texts."""
        self._grid.addWidget(widget, self._grid.rowCount() if self._grid.itemAtPosition(0, 1) else 0, 1)
