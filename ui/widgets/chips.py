"""Filters in force, one chip each, with a button that takes it off and one that adds another."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLayoutItem, QSizePolicy, QStyle, QToolButton, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import icons, theme
from ui.widgets.styled import icon_button, styled

__all__ = ["Chip", "ChipBar", "Flow", "flowing"]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter: what it filters and by what, both already in the reader's words or as the data says."""

    key: str
    label: str
    value: str


def flowing() -> "tuple[QWidget, Flow]":
    """A widget whose parts wrap where its width is not enough for one row, and the layout to put them in."""
    holder = QWidget()
    flow = Flow(holder)
    policy = holder.sizePolicy()
    policy.setHorizontalPolicy(policy.Policy.Expanding)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    return holder, flow


class Flow(QLayout):
    """Lays widgets side by side and wraps them, from the side the language reads from."""

    def __init__(self, parent: QWidget | None = None, gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The one at this place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one away."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Narrower means higher."""
        return True

    def rows(self, width: int) -> int:
        """How many rows there are in so much width."""
        return len(self._rows(width))

    def heightForWidth(self, width: int) -> int:
        """How high the rows become."""
        return self._height(self._rows(width))

    def line_width(self) -> int:
        """How wide all of them are side by side."""
        shown = [item.sizeHint().width() for item in self._items if not item.isEmpty()]
        return sum(shown) + self.gap * max(0, len(shown) - 1)

    def sizeHint(self) -> QSize:
        """The smallest that holds each."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The largest of all."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:
        """Put everything in place, each in the middle of its row and the rows in the middle of the height."""
        super().setGeometry(rect)
        rows = self._rows(rect.width())
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent else Qt.LayoutDirection.LeftToRight
        top = rect.top() + max(0, rect.height() - self._height(rows)) // 2
        for row in rows:
            height, left = _highest(row), rect.left()
            for item in row:
                size = item.sizeHint()
                place = QRect(QPoint(left, top + (height - size.height()) // 2), size)
                item.setGeometry(QStyle.visualRect(direction, rect, place))
                left += size.width() + self.gap
            top += height + self.gap

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = [[]]
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            needed = item.sizeHint().width()
            if rows[-1] and used + needed > width:
                rows.append([])
                used = 0
            rows[-1].append(item)
            used += needed + self.gap
        return rows

    def _height(self, rows: list[list[QLayoutItem]]) -> int:
        return sum(_highest(row) for row in rows) + self.gap * (len(rows) - 1)


def _highest(row: list[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in row), default=0)


class ChipBar(QWidget):
    """Signals: `removed(key)` by a chip's cross, `opened(key)` by a click on it, `add_requested()` for one more."""

    removed = Signal(str)
    opened = Signal(str)
    add_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = Flow(self)
        self._chips: list[QWidget] = []
        self.add_button = icon_button("filter", N_("Add a filter"))
        self.add_button.clicked.connect(self.add_requested)
        self._flow.addWidget(self.add_button)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_chips(self, chips: Sequence[Chip]) -> None:
        """Show these filters in place of the ones before."""
        for old in self._chips:
            self._flow.removeWidget(old)
            old.deleteLater()
        self._flow.removeWidget(self.add_button)
        self._chips = [self._chip(chip) for chip in chips]
        for widget in (*self._chips, self.add_button):
            self._flow.addWidget(widget)
        self.updateGeometry()

    def _chip(self, chip: Chip) -> QWidget:
        frame = styled(QWidget(), "chip")
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        frame.setFixedHeight(theme.scale(26))
        row = QHBoxLayout(frame)
        row.setContentsMargins(theme.scale(6), 0, theme.scale(6), 0)  # margins are not mirrored: both the same
        row.setSpacing(theme.scale(4))
        label = styled(QLabel(chip.label), "secondary")
        label.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(label)
        value = styled(QToolButton(), "chip-value")
        value.setText(chip.value)
        value.setAutoRaise(True)
        value.clicked.connect(partial(self.opened.emit, chip.key))
        row.addWidget(value)
        close = QToolButton()
        close.setAutoRaise(True)
        close.setIcon(icons.icon("close"))
        close.setIconSize(QSize(14, 14))
        close.setAccessibleName(_("Remove the filter {name}", name=f"{chip.label} {chip.value}"))
        close.clicked.connect(partial(self.removed.emit, chip.key))
        row.addWidget(close)
        return frame
