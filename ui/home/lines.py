"""Lists of the home page: a line with a second one under it and a word at its end, painted for many at no cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint

__all__ = ["Line", "Lines", "LinesView"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LINE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in words: `tone` is the token of the word at the end, `key` finds the line again."""

    key: int
    text: str
    detail: str = ""
    end: str = ""
    icon: str = ""
    icon_tone: str = "muted"
    tone: str = "muted"
    task_id: int | None = None


class Lines(QAbstractListModel):
    """The lines of one part of the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the same things in the same order keep selection and scroll."""
        fresh = tuple(lines)
        if [each.key for each in fresh] == [each.key for each in self.lines]:
            self.lines = fresh
            if fresh:
                self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))
            return
        self.beginResetModel()
        self.lines = fresh
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a line, and the line itself for its painter."""
        if not index.isValid() or not index.row() < len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(line.text)
        if role == _LINE:
            return line
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(" · ".join(filter(None, [line.text, line.detail, line.end])))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, [line.text, line.detail, line.end]))
        return None


class LinesView(QListView):
    """Signal: `opened(key)` by Enter or a double click."""

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_ = Lines(self)
        self.setModel(self.model_)
        self.setItemDelegate(_TwoLines(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.doubleClicked.connect(self._open)
        theme.news.changed.connect(self._restyle)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; the one that was chosen stays chosen where it is still there."""
        chosen = self.chosen()
        bar = self.verticalScrollBar()
        scrolled = bar.value()
        self.model_.show_lines(lines)
        if chosen is not None:
            self.choose(chosen.key)
        if self.hasFocus():
            self._begin()
        bar.setValue(scrolled)

    def chosen(self) -> Line | None:
        """The line with the cursor."""
        row = self.currentIndex().row()
        return self.model_.lines[row] if 0 <= row < len(self.model_.lines) else None

    def choose(self, key: int) -> None:
        """Put the cursor on a line, where it is there."""
        row = next((at for at, line in enumerate(self.model_.lines) if line.key == key), None)
        if row is not None:
            self.setCurrentIndex(self.model_.index(row))

    def task_at_hand(self) -> int | None:
        """The task of the chosen line."""
        line = self.chosen()
        return line.task_id if line else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: Any) -> None:
        """The keyboard finds a line chosen."""
        super().focusInEvent(event)
        self._begin()

    def _begin(self) -> None:
        if not self.currentIndex().isValid() and self.model_.lines:
            self.setCurrentIndex(self.model_.index(0))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model_.lines):
            self.opened.emit(self.model_.lines[index.row()].key)

    @Slot()
    def _restyle(self) -> None:
        self.doItemsLayout()


class _TwoLines(QStyledItemDelegate):
    """Paints a line: icon, words with small ones under them, and the word at the end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        """Room for two lines."""
        return QSize(theme.scale(120), theme.row_height() + theme.scale(18))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        """The style's ground, then the words."""
        line = index.data(_LINE)
        made = QStyleOptionViewItem(option)
        self.initStyleOption(made, index)
        made.text = ""
        widget: QWidget = made.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, made, painter, widget)
        if not isinstance(line, Line):
            return
        rect: QRect = made.rect
        inner = rect.adjusted(theme.scale(8), theme.scale(4), -theme.scale(8), -theme.scale(4))
        direction: Qt.LayoutDirection = made.direction
        size = theme.scale(18)
        left = inner.left()
        if line.icon:
            place = QRect(left, inner.center().y() - size // 2, size, size)
            picture = QStyle.visualRect(direction, inner, place)
            icons.paint(painter, picture, line.icon, theme.tokens().color(line.icon_tone))
            left += size + theme.scale(10)
        painter.setFont(theme.font(9))
        width = painter.fontMetrics().horizontalAdvance(line.end) + theme.scale(4) if line.end else 0
        width = min(width, inner.width() // 2)
        height = inner.height() // 2 if line.detail else inner.height()
        end = QRect(inner.right() - width, inner.top(), width, height)
        self._write(painter, QStyle.visualRect(direction, inner, end), line.end, line.tone, direction, at_end=True)
        upper = QRect(left, inner.top(), inner.right() - width - left - theme.scale(8), height)
        painter.setFont(theme.font())
        self._write(painter, QStyle.visualRect(direction, inner, upper), line.text, "text", direction)
        painter.setFont(theme.font(9))
        lower = QRect(left, inner.top() + inner.height() // 2, inner.right() - left, inner.height() // 2)
        self._write(painter, QStyle.visualRect(direction, inner, lower), line.detail, "muted", direction)

    @staticmethod
    def _write(
        painter: QPainter, area: QRect, text: str, tone: str, direction: Qt.LayoutDirection, *, at_end: bool = False
    ) -> None:
        if not text:
            return
        side = Qt.AlignmentFlag.AlignRight if at_end else Qt.AlignmentFlag.AlignLeft
        flags = QStyle.visualAlignment(direction, side | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(theme.tokens().color(tone))
        painter.setLayoutDirection(direction)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, flags | Qt.TextFlag.TextSingleLine, shown)
