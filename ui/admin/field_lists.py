"""Two lists side by side between which fields are dragged: what is on a card in order, and what could be."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain.tickets.fields import custom_id, field_name
from app.domain.words import N_
from app.i18n import _
from app.services.tickets.layouts import TASK, CardLayout, always
from ui.admin.section import in_words
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.widgets.styled import body, icon_button, secondary, styled

__all__ = ["FieldBoard", "FieldList"]

_CODE = Qt.ItemDataRole.UserRole
_EDGE = 18


class FieldList(QListWidget):
    """A list whose lines are dragged with the mouse, by itself and to another.

    Signals: `dragged(code, place)` while a line is on its way, `dropped(code, place)` when it is let go, `abandoned()`
    when it is not; places are on the screen. `chosen(code)` Enter or double click, `removed(code)` Delete,
    `stepped(code, lines)` Alt with an arrow.
    """

    dragged = Signal(str, QPoint)
    dropped = Signal(str, QPoint)
    abandoned = Signal()
    chosen = Signal(str)
    removed = Signal(str)
    stepped = Signal(str, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        styled(self, "boxed")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(18, 18))
        Texts(self).bind(self.setAccessibleName, name)
        self._held: QListWidgetItem | None = None
        self._begin = QPoint()
        self._is_dragging = False
        self._gap: int | None = None
        self.itemDoubleClicked.connect(self._choose)

    # --- What is in it

    def codes(self) -> list[str]:
        """The codes of the lines."""
        return [self.item(row).data(_CODE) for row in range(self.count())]

    def current(self) -> str | None:
        """The code of the current line."""
        row = self.currentRow()
        return str(self.item(row).data(_CODE)) if row >= 0 else None

    def go_to(self, code: str | None, row: int = 0) -> None:
        """Make the line of this code the current one, else the one at this row."""
        codes = self.codes()
        self.setCurrentRow(codes.index(code) if code in codes else min(row, len(codes) - 1))

    # --- Where a line would come

    def gap_at(self, place: QPoint) -> int | None:
        """Before which row a line let go at this place on the screen would come; None outside the list."""
        here = self.viewport().mapFromGlobal(place)
        if not self.viewport().rect().contains(here):
            return None
        for row in range(self.count()):
            if here.y() < self.visualItemRect(self.item(row)).center().y():
                return row
        return self.count()

    def mark_gap(self, row: int | None) -> None:
        """Draw a line before this row, or none."""
        if row != self._gap:
            self._gap = row
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines, and where a dragged one would come."""
        super().paintEvent(event)
        if self._gap is None:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(theme.tokens().color("accent"), theme.scale(2)))
        height = self._height_of(self._gap)
        painter.drawLine(theme.scale(2), height, self.viewport().width() - theme.scale(2), height)
        painter.end()

    def _height_of(self, gap: int) -> int:
        if gap < self.count():
            return max(1, self.visualItemRect(self.item(gap)).top())
        if not self.count():
            return theme.scale(2)
        return int(self.visualItemRect(self.item(self.count() - 1)).bottom())

    # --- Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the line, and be ready to drag it."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin = event.position().toPoint()
            self._held = self.itemAt(self._begin)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A line that is held comes along."""
        if self._held is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        here = event.position().toPoint()
        if not self._is_dragging and (here - self._begin).manhattanLength() >= QApplication.startDragDistance():
            self._is_dragging = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._is_dragging:
            self.dragged.emit(self._held.data(_CODE), event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the line go."""
        held, was_dragging = self._held, self._is_dragging
        self._let_go()
        if was_dragging and held is not None:
            self.dropped.emit(held.data(_CODE), event.globalPosition().toPoint())
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Delete and Alt with the arrows; Escape gives up a drag."""
        code, key = self.current(), event.key()
        if self._is_dragging:
            if key == Qt.Key.Key_Escape:
                self._give_up()
        elif code is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(code)
        elif code is not None and key == Qt.Key.Key_Delete:
            self.removed.emit(code)
        elif code is not None and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and _is_alt(event):
            self.stepped.emit(code, 1 if key == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A drag ends when the window is left."""
        if self._is_dragging:
            self._give_up()
        super().focusOutEvent(event)

    def scroll_near(self, place: QPoint) -> None:
        """Scroll while a line is held at the upper or lower edge."""
        y, bar = self.viewport().mapFromGlobal(place).y(), self.verticalScrollBar()
        if y < theme.scale(_EDGE):
            bar.setValue(bar.value() - 1)
        elif y > self.viewport().height() - theme.scale(_EDGE):
            bar.setValue(bar.value() + 1)

    def _let_go(self) -> None:
        self._held, self._is_dragging = None, False
        self.viewport().unsetCursor()

    def _give_up(self) -> None:
        self._let_go()
        self.abandoned.emit()

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_CODE))


def _is_alt(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)


class FieldBoard(QWidget):
    """The fields of a card being arranged. Signal: `changed()` after every change a person made."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._layout: CardLayout | None = None
        self._required: set[str] = set()
        self._own: dict[int, str] = {}
        self.on_card = FieldList(N_("On the card"))
        self.available = FieldList(N_("Available fields"))
        self._ghost = styled(QLabel(self), "chip")
        self._ghost.setTextFormat(Qt.TextFormat.PlainText)
        self._ghost.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._ghost.setContentsMargins(theme.scale(10), theme.scale(4), theme.scale(10), theme.scale(4))
        self._ghost.hide()
        self._build()
        for each in (self.on_card, self.available):
            each.dragged.connect(self._drag)
            each.dropped.connect(self._drop)
            each.abandoned.connect(self._clear_drag)
        self.on_card.removed.connect(self.take_off)
        self.on_card.stepped.connect(self.step)
        self.on_card.itemChanged.connect(self._tick)
        self.on_card.currentRowChanged.connect(self._follow)
        self.available.chosen.connect(self.put_on)
        self.available.currentRowChanged.connect(self._follow)
        self.setFocusProxy(self.on_card)
        Texts(self).redo(self._fill)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(8))
        self._ticks = secondary(N_("Tick what is mandatory before a task can be closed."))
        self._ticks.hide()
        row.addLayout(self._column(body(N_("On the card")), self.on_card, self._ticks), 1)
        row.addLayout(self._build_buttons())
        row.addLayout(self._column(body(N_("Available fields")), self.available), 1)

    @staticmethod
    def _column(title: QLabel, fields: FieldList, *below: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.scale(6))
        column.addWidget(title)
        column.addWidget(fields, 1)
        for each in below:
            column.addWidget(each)
        return column

    def _build_buttons(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.scale(4))
        column.addStretch(1)
        self.add_button = icon_button("back", N_("Put on the card"))
        self.remove_button = icon_button("next", N_("Remove from the card"))
        self.up_button = icon_button("sort-up", N_("Move up"))
        self.down_button = icon_button("sort-down", N_("Move down"))
        self.add_button.clicked.connect(self._add_current)
        self.remove_button.clicked.connect(self._remove_current)
        self.up_button.clicked.connect(self._raise_current)
        self.down_button.clicked.connect(self._lower_current)
        for button in (self.add_button, self.remove_button, self.up_button, self.down_button):
            column.addWidget(button)
        column.addStretch(1)
        return column

    # --- What is shown

    def show_layout(self, layout: CardLayout) -> None:
        """Show this layout in place of what was arranged."""
        self._layout, self._required = layout, set(layout.required)
        self._own = {field.id: field.name for field in layout.own}
        self._fields = list(layout.fields)
        self._ticks.setVisible(layout.kind == TASK)
        self._fill()

    def arrange(self, fields: tuple[str, ...], required: tuple[str, ...]) -> None:
        """Show what was arranged before."""
        self._fields, self._required = list(fields), set(required)
        self._fill()
        self.changed.emit()

    def fields(self) -> tuple[str, ...]:
        """The codes on the card, in order."""
        return tuple(self._fields) if self._layout is not None else ()

    def required(self) -> tuple[str, ...]:
        """The codes a task needs to be closed, in the order of the card."""
        return tuple(code for code in self.fields() if code in self._required)

    def name_of(self, code: str) -> str:
        """What a field is called in the reader's language."""
        return in_words(field_name(code, self._own))

    # --- Arranging

    @Slot(str)
    def put_on(self, code: str, row: int | None = None) -> None:
        """Put a field on the card: before this row, else at the end."""
        place = self.available.currentRow()
        self._fields.insert(len(self._fields) if row is None else row, code)
        self._changed(code)
        self.available.go_to(None, place)

    @Slot(str)
    def take_off(self, code: str) -> None:
        """Take a field off the card; those that every card has stay."""
        if self._layout is None or code in always(self._layout.kind):
            return
        place = self._fields.index(code)
        self._fields.remove(code)
        self._required.discard(code)
        self._changed(None, place)
        self.available.go_to(code)

    @Slot(str, int)
    def step(self, code: str, lines: int) -> None:
        """Move a field up or down."""
        place = self._fields.index(code)
        wanted = max(0, min(len(self._fields) - 1, place + lines))
        if wanted != place:
            self._fields.insert(wanted, self._fields.pop(place))
            self._changed(code)

    def _changed(self, code: str | None, row: int = 0) -> None:
        self._fill()
        self.on_card.go_to(code, row)
        self.changed.emit()

    # --- Dragging

    @Slot(str, QPoint)
    def _drag(self, code: str, place: QPoint) -> None:
        self.on_card.mark_gap(self.on_card.gap_at(place))
        self.on_card.scroll_near(place)
        is_over = self.available.gap_at(place) is not None
        styled(self.available, "boxed-target" if is_over and code in self._fields else "boxed")
        self._ghost.setText(self.name_of(code))
        self._ghost.adjustSize()
        here = self.mapFromGlobal(place)
        corner = QRect(here + QPoint(theme.scale(12), theme.scale(8)), self._ghost.size())
        self._ghost.move(corner.topLeft())
        self._ghost.show()
        self._ghost.raise_()

    @Slot(str, QPoint)
    def _drop(self, code: str, place: QPoint) -> None:
        self._clear_drag()
        gap = self.on_card.gap_at(place)
        if gap is None:
            if self.available.gap_at(place) is not None and code in self._fields:
                self.take_off(code)
            return
        if code not in self._fields:
            self.put_on(code, gap)
            return
        old = self._fields.index(code)
        self.step(code, (gap if gap <= old else gap - 1) - old)

    @Slot()
    def _clear_drag(self) -> None:
        self._ghost.hide()
        self.on_card.mark_gap(None)
        styled(self.available, "boxed")

    # --- Inside

    def _fill(self) -> None:
        layout = self._layout
        if layout is None:
            return
        offered = [code for code in (*layout.available, *layout.fields) if code not in self._fields]
        usable = {field.id for field in layout.own if field.is_active}
        offered = [code for code in offered if (key := custom_id(code)) is None or key in usable]
        for shown, codes in ((self.on_card, self._fields), (self.available, offered)):
            shown.blockSignals(True)
            shown.clear()
            for code in codes:
                shown.addItem(self._item(code, layout.kind, is_on=shown is self.on_card))
            shown.blockSignals(False)
        self._follow()

    def _item(self, code: str, kind: str, *, is_on: bool) -> QListWidgetItem:
        item = QListWidgetItem(isolate(self.name_of(code)))
        item.setData(_CODE, code)
        if is_on and code in always(kind):
            item.setIcon(icons.icon("lock"))
            item.setToolTip(_("It is on every card."))
        elif is_on and kind == TASK and custom_id(code) is not None:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if code in self._required else Qt.CheckState.Unchecked)
        return item

    @Slot(QListWidgetItem)
    def _tick(self, item: QListWidgetItem) -> None:
        code = item.data(_CODE)
        if item.checkState() == Qt.CheckState.Checked:
            self._required.add(code)
        else:
            self._required.discard(code)
        self.changed.emit()

    @Slot()
    def _follow(self) -> None:
        code, kind = self.on_card.current(), self._layout.kind if self._layout else ""
        row = self.on_card.currentRow()
        self.add_button.setEnabled(self.available.current() is not None)
        self.remove_button.setEnabled(code is not None and code not in always(kind))
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < self.on_card.count() - 1)

    @Slot()
    def _add_current(self) -> None:
        if (code := self.available.current()) is not None:
            self.put_on(code)

    @Slot()
    def _remove_current(self) -> None:
        if (code := self.on_card.current()) is not None:
            self.take_off(code)

    @Slot()
    def _raise_current(self) -> None:
        if (code := self.on_card.current()) is not None:
            self.step(code, -1)

    @Slot()
    def _lower_current(self) -> None:
        if (code := self.on_card.current()) is not None:
            self.step(code, 1)
