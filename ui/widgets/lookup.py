"""The choice of one row out of very many: typed letters are looked up in the background, a list drops down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.words import N_
from app.i18n import _
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.tasks import Job
from ui.kit.translate import Texts

__all__ = ["Found", "LookupField"]

_DETAIL = Qt.ItemDataRole.UserRole + 1
_PAUSE_MS = 180


@dataclass(frozen=True, slots=True)
class Found:
    """A row that was found: what it is called, and what tells it from others of the same name."""

    id: int
    text: str
    detail: str = ""


class LookupField(QLineEdit):
    """Signals: `changed(id or None)` when the person has chosen or emptied it; `new_wanted(text)` for one not there.

    `ask(text)` starts the reading, `found(answer)` makes the rows of it. What is typed and not chosen goes back to the
    choice before. `new_text` is catalogue text for the last line of the list, "" for none.
    """

    changed = Signal(object)
    new_wanted = Signal(str)

    def __init__(
        self,
        ask: Callable[[str], Job[Any]],
        found: Callable[[Any], Sequence[Found]],
        *,
        placeholder: str = N_("Type to search"),
        new_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._found = found
        self._value: int | None = None
        self._text = ""
        self._job: Job[Any] | None = None
        texts = Texts(self)
        texts.bind(self.setPlaceholderText, placeholder)
        self._clear = QAction(icons.icon("clear"), "", self)
        texts.bind(self._clear.setText, N_("Clear"))
        self._clear.triggered.connect(self._empty)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.list = _DropDown(self, new_text)
        self.list.picked.connect(self._pick)
        self.list.new_picked.connect(self._want_new)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._look_up)
        self.textEdited.connect(self._wait)

    def value(self) -> int | None:
        """The id chosen."""
        return self._value

    def set_value(self, chosen: int | None, text: str) -> None:
        """Show this choice without telling."""
        self._value, self._text = chosen, text if chosen is not None else ""
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk the list, Enter takes a row, Escape goes back to the choice before."""
        if self.list.isVisible() and self.list.take_key(event.key()):
            return
        if event.key() == Qt.Key.Key_Escape and self.text() != self._text:
            self._show()
            return
        if event.key() == Qt.Key.Key_Down and not self.list.isVisible():
            self._look_up()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving settles: emptied means none, anything else goes back to the choice."""
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        self._timer.stop()
        self.list.hide()
        if not self.text().strip():
            self._empty()
        else:
            self._show()

    @Slot()
    def _wait(self) -> None:
        self._timer.start()

    @Slot()
    def _look_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
        typed = self.text().strip()
        if not typed:
            self.list.hide()
            return
        self._job = self._ask(typed)
        self._job.then(self._offer)

    def _offer(self, answer: Any) -> None:
        if self.hasFocus():
            self.list.offer(self._found(answer))

    @Slot(int, str)
    def _pick(self, chosen: int, text: str) -> None:
        is_new = chosen != self._value
        self._value, self._text = chosen, text
        self._show()
        if is_new:
            self.changed.emit(chosen)

    @Slot()
    def _want_new(self) -> None:
        typed = self.text().strip()
        self._show()
        self.new_wanted.emit(typed)

    @Slot()
    def _empty(self) -> None:
        was = self._value
        self._value, self._text = None, ""
        self._show()
        if was is not None:
            self.changed.emit(None)

    def _show(self) -> None:
        self.list.hide()
        self.setText(self._text)
        self.setCursorPosition(0)
        self._clear.setVisible(self._value is not None and not self.isReadOnly())


class _DropDown(QListWidget):
    """The rows found, under the field; the field keeps the keyboard. A child of the window, so no platform popup."""

    picked = Signal(int, str)
    new_picked = Signal()

    def __init__(self, field: QLineEdit, new_text: str) -> None:
        super().__init__(field)
        self._field = field
        self._new_text = new_text
        self.setWindowFlags(Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.Box)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_TwoLines(self))
        self.setMouseTracking(True)
        self.itemClicked.connect(self._take)
        Texts(self).bind(self.setAccessibleName, N_("Found"))
        self.hide()

    def offer(self, rows: Sequence[Found]) -> None:
        """Show these rows."""
        self.clear()
        for row in rows:
            item = QListWidgetItem(isolate(row.text))
            item.setData(Qt.ItemDataRole.UserRole, (row.id, row.text))
            item.setData(_DETAIL, isolate(row.detail))
            self.addItem(item)
        if self._new_text or not rows:
            item = QListWidgetItem(_(self._new_text) if self._new_text else _("Nothing found"))
            if self._new_text:
                item.setIcon(icons.icon("new"))
            else:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(item)
        self.setCurrentRow(0 if rows else -1)
        self._field.window().installEventFilter(self)
        self._place()
        self.show()

    def take_key(self, key: int) -> bool:
        """Do what a key of the field means for the list; False when it means nothing."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}.get(Qt.Key(key))
        if step is not None:
            self.setCurrentRow(max(0, min(self.count() - 1, self.currentRow() + step)))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentItem() is not None:
                self._take(self.currentItem())
            return True
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        return False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A window that moves or goes takes the list away."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Hide, QEvent.Type.WindowDeactivate):
            self.hide()
        return False

    @Slot(QListWidgetItem)
    def _take(self, item: QListWidgetItem) -> None:
        found = item.data(Qt.ItemDataRole.UserRole)
        self.hide()
        if found is not None:
            self.picked.emit(*found)
        elif self._new_text:
            self.new_picked.emit()

    def _place(self) -> None:
        height = sum(self.sizeHintForRow(row) for row in range(min(8, self.count()))) + 2 * self.frameWidth() + 2
        width = max(self._field.width(), theme.scale(280))
        corner = self._field.mapToGlobal(QPoint(0, self._field.height() + 2))
        if self._field.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            corner.setX(corner.x() + self._field.width() - width)
        self.setGeometry(QRect(corner, QSize(width, height)))


class _TwoLines(QStyledItemDelegate):
    """A row's name, and under it in small letters what tells it from others."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        """Room for one line or two."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), theme.row_height() + (theme.scale(16) if index.data(_DETAIL) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        """The style's ground, then the lines."""
        detail = str(index.data(_DETAIL) or "")
        if not detail:
            super().paint(painter, option, index)
            return
        made = QStyleOptionViewItem(option)
        self.initStyleOption(made, index)
        text, made.text = made.text, ""
        rect: QRect = made.rect
        widget: QWidget = made.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, made, painter, widget)
        inner = rect.adjusted(theme.scale(8), theme.scale(4), -theme.scale(8), -theme.scale(4))
        upper, lower = QRect(inner), QRect(inner)
        upper.setHeight(inner.height() // 2)
        lower.setTop(upper.bottom())
        direction: Qt.LayoutDirection = made.direction
        flags = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for area, words, colour, face in (
            (upper, text, "text", theme.font()),
            (lower, detail, "muted", theme.font(9)),
        ):
            painter.setFont(face)
            painter.setPen(theme.tokens().color(colour))
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, flags, shown)
