"""Ctrl+K: every command that can be done now, found by typing in any of the three languages."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app import i18n
from app.domain.words import N_
from ui.kit import icons, theme
from ui.kit.commands import Command, Commands
from ui.kit.remember import Memory
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["Palette", "ranked"]

RECENT = "palette/recent"
COMMAND = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
TOP = QModelIndex()


@dataclass(frozen=True, slots=True)
class _Names:
    """What a command is called in every language, for finding it."""

    command: Command
    spoken: tuple[str, ...]


def _names(command: Command) -> _Names:
    spoken = [i18n.translations(code).gettext(command.text) for code in i18n.LANGUAGES]
    return _Names(command, tuple(name.casefold() for name in dict.fromkeys([*spoken, command.text])))


def ranked(commands: list[Command], typed: str, recent: list[str]) -> list[Command]:
    """The commands that fit what was typed, best first; with nothing typed the recent ones lead."""
    wanted = typed.strip().casefold()
    if not wanted:
        places = {command_id: place for place, command_id in enumerate(recent)}
        return sorted(commands, key=lambda command: (places.get(command.id, len(places)), command.label.casefold()))
    # Imported here: it costs 10 ms that the start need not pay.
    from rapidfuzz import fuzz

    found = []
    for names in map(_names, commands):
        score = max(_score(fuzz.WRatio(wanted, name), wanted, name) for name in names.spoken)
        found.append((-score, names.command.label.casefold(), names.command))
    # Likeness is for mistyped words only: once something begins as typed, what merely resembles it is noise.
    least = 160 if any(score <= -160 for score, _label, _command in found) else 75
    found = [entry for entry in found if entry[0] <= -least]
    return [command for _points, _label, command in sorted(found, key=lambda entry: entry[:2])]


def _score(ratio: float, wanted: str, name: str) -> float:
    if name.startswith(wanted):
        return 200
    if any(word.startswith(wanted) for word in name.split()):
        return 180
    if wanted in name:
        return 160
    # Short words are like everything: two letters of "go" are half of "log out".
    return ratio if len(wanted) > 2 else 0


class _Rows(QAbstractListModel):
    """The commands offered."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._commands: list[Command] = []

    def show_commands(self, commands: list[Command]) -> None:
        self.beginResetModel()
        self._commands = commands
        self.endResetModel()

    def rowCount(self, parent: Index = TOP) -> int:
        return 0 if parent.isValid() else len(self._commands)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        command = self._commands[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return command.label
        return command if role == COMMAND else None


class _Row(QStyledItemDelegate):
    """A row: icon, text, and the key at the far end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        command: Command = index.data(COMMAND)
        look = theme.tokens()
        area, direction = option.rect, option.direction
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.accent_soft))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 6, 6)
        size, gap = theme.scale(18), theme.scale(10)
        place = QRect(area.left() + gap, area.center().y() - size // 2, size, size)
        icons.paint(painter, QStyle.visualRect(direction, area, place), command.icon or "drawer", QColor(look.muted))
        text = QRect(area.left() + size + 2 * gap, area.top(), area.width() - size - 3 * gap, area.height())
        leading = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        trailing = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(QColor(look.text))
        painter.setFont(option.font)
        painter.drawText(QStyle.visualRect(direction, area, text), leading, command.label)
        if command.keys:
            painter.setPen(QColor(look.muted))
            painter.setFont(QFont(theme.font(9)))
            painter.drawText(QStyle.visualRect(direction, area, text), trailing, native(command.keys[0]))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.scale(300), theme.scale(34))


def native(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class Palette(QFrame):
    """Opens over the content, closes by itself. Signal: `closed()`."""

    closed = Signal()

    def __init__(self, commands: Commands, memory: Memory, parent: QWidget) -> None:
        super().__init__(parent)
        styled(self, "floating")
        self._commands = commands
        self._memory = memory
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(8)] * 4)
        self.field = QLineEdit()
        self.field.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        texts = Texts(self)
        texts.bind(self.field.setPlaceholderText, N_("What do you want to do?"))
        texts.bind(self.field.setAccessibleName, N_("Find a command"))
        self.list = QListView()
        self._rows = _Rows(self)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._take)
        self._nothing = styled(QLabel(), "secondary")
        texts.bind(self._nothing.setText, N_("No command has that name."))
        self._nothing.setMargin(theme.scale(10))
        for widget in (self.field, self.list, self._nothing):
            column.addWidget(widget)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.hide()

    @Slot()
    def open(self) -> None:
        """Show with an empty field."""
        self.field.clear()
        self._search()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def dismiss(self) -> None:
        """Close and give the focus back."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def shown_commands(self) -> list[Command]:
        """What is offered now, best first."""
        return [self._rows.index(row).data(COMMAND) for row in range(self._rows.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the field keeps the cursor; Enter does it; Escape and leaving close."""
        if event.type() == QEvent.Type.FocusOut and not self.list.underMouse():
            self.dismiss()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event.key())
        return super().eventFilter(watched, event)

    def _press(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentIndex())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._step(8 if key == Qt.Key.Key_PageDown else -8)
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        last = self._rows.rowCount() - 1
        row = min(last, max(0, self.list.currentIndex().row() + by))
        self.list.setCurrentIndex(self._rows.index(row))

    @Slot()
    def _search(self) -> None:
        found = ranked(self._commands.possible(), self.field.text(), self._recent())
        self._rows.show_commands(found)
        self.list.setCurrentIndex(self._rows.index(0))
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._place()

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        command: Command = index.data(COMMAND)
        self.dismiss()
        self._memory.put(RECENT, " ".join([command.id, *(old for old in self._recent() if old != command.id)][:8]))
        self._commands.run(command.id)

    def _recent(self) -> list[str]:
        return self._memory.get(RECENT).split()

    def _place(self) -> None:
        host = self.parentWidget()
        if host is not None:
            width = min(theme.scale(560), host.width() - 32)
            rows = max(1, min(10, self._rows.rowCount()))
            height = min(theme.scale(34) * rows + self.field.sizeHint().height() + theme.scale(30), host.height() - 80)
            self.setGeometry((host.width() - width) // 2, theme.scale(56), width, height)
