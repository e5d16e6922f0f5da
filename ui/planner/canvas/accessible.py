"""The board for screen readers: technicians in sight, and under each the visits and free stretches of the period."""

from functools import cache
from typing import TYPE_CHECKING, cast
from weakref import ref

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from app.i18n import format_number
from ui.planner.canvas import walking
from ui.planner.canvas.overlays import bar_rect
from ui.planner.canvas.scene import Cursor
from ui.planner.canvas.surface import Surface
from ui.planner.canvas.telling import cursor_text

if TYPE_CHECKING:
    from ui.planner.canvas.board import Board

# What Qt means by "there is none"; its stubs for Python do not know.
_NOBODY = cast("QAccessibleInterface", None)


class BoardInterface(QAccessibleWidget):
    """The board itself; its children are the lines in sight that have a technician."""

    def __init__(self, board: "Board") -> None:
        super().__init__(board, QAccessible.Role.List)
        self._board = ref(board)  # Qt may keep this for longer than the board lives
        self._rows: dict[int, RowInterface] = {}

    @property
    def board(self) -> "Board":
        """The board; Qt asks nothing of it once it is gone, because this is not valid then."""
        found = self._board()
        assert found is not None
        return found

    def lines(self) -> list[int]:
        """The technicians' lines in sight."""
        scene = self.board.scene
        seen = scene.lines.between(scene.top, scene.top + max(scene.height, 1))
        return [line for line in seen if scene.model.row_at(line) is not None]

    def row(self, line: int) -> "RowInterface":
        """The interface of a line, always the same one."""
        return self._rows.setdefault(line, RowInterface(self, line))

    def childCount(self) -> int:
        """How many technicians are in sight."""
        return len(self.lines())

    def child(self, index: int) -> QAccessibleInterface:
        """A technician in sight."""
        lines = self.lines()
        return self.row(lines[index]) if 0 <= index < len(lines) else _NOBODY

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The place of a line among those in sight."""
        lines = self.lines()
        return lines.index(child.line) if isinstance(child, RowInterface) and child.line in lines else -1

    def focusChild(self) -> QAccessibleInterface:
        """What the keyboard stands on."""
        cursor = self.board.scene.cursor
        return _NOBODY if cursor is None else self.row(cursor.line).item(cursor)


class _Part(QAccessibleInterface):
    """A painted part of the board, which is no widget of its own."""

    def __init__(self, owner: BoardInterface) -> None:
        super().__init__()
        self.owner = owner

    @property
    def board(self) -> "Board":
        """The board it is painted on."""
        return self.owner.board

    def isValid(self) -> bool:
        """Whether the board is still there."""
        return self.owner.isValid()

    def object(self) -> QObject:
        """Nothing: it is painted."""
        return cast("QObject", None)

    def window(self) -> QWindow:
        """The window of the board."""
        return self.owner.window()

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing here is typed."""

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        """The child at a point of the screen."""
        for number in range(self.childCount()):
            child = self.child(number)
            if child.rect().contains(QPoint(x, y)):
                return child
        return _NOBODY

    def childCount(self) -> int:
        """None, unless said otherwise."""
        return 0

    def child(self, index: int) -> QAccessibleInterface:
        """None, unless said otherwise."""
        return _NOBODY

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Nowhere, unless said otherwise."""
        return -1

    def _on_screen(self, rect: QRect) -> QRect:
        view = self.board.viewport()
        return QRect(view.mapToGlobal(rect.topLeft()), rect.size())


class RowInterface(_Part):
    """A technician's row."""

    def __init__(self, owner: BoardInterface, line: int) -> None:
        super().__init__(owner)
        self.line = line
        self._items: dict[Cursor, ItemInterface] = {}

    def cursors(self) -> list[Cursor]:
        """Visits and free stretches, by start."""
        return walking.items(self.board.scene, self.line)

    def item(self, cursor: Cursor) -> "ItemInterface":
        """The interface of a visit or a free stretch, always the same one."""
        return self._items.setdefault(cursor, ItemInterface(self, cursor))

    def parent(self) -> QAccessibleInterface:
        """The board."""
        return self.owner

    def childCount(self) -> int:
        """How many visits and free stretches there are."""
        return len(self.cursors())

    def child(self, index: int) -> QAccessibleInterface:
        """A visit or a free stretch."""
        cursors = self.cursors()
        return self.item(cursors[index]) if 0 <= index < len(cursors) else _NOBODY

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Its place in time."""
        cursors = self.cursors()
        return cursors.index(child.cursor) if isinstance(child, ItemInterface) and child.cursor in cursors else -1

    def role(self) -> QAccessible.Role:
        """A list in the list of the board."""
        return QAccessible.Role.List

    def state(self) -> QAccessible.State:
        """Nothing special."""
        return QAccessible.State()

    def text(self, kind: QAccessible.Text) -> str:
        """The technician's name, and how much of his time is booked."""
        row = self.board.model.row_at(self.line)
        if row is None:
            return ""
        if kind == QAccessible.Text.Name:
            return row.name
        booked = row.utilisation
        return f"{format_number(booked)} %" if kind == QAccessible.Text.Description and booked is not None else ""

    def rect(self) -> QRect:
        """The row on the screen."""
        scene = self.board.scene
        if self.line >= len(scene.lines):
            return QRect()
        top = scene.lines.top(self.line) - scene.top
        return self._on_screen(QRect(0, top, scene.scale.width, scene.lines.height(self.line)))


class ItemInterface(_Part):
    """A visit or a free stretch of a row."""

    def __init__(self, row: RowInterface, cursor: Cursor) -> None:
        super().__init__(row.owner)
        self._row, self.cursor = row, cursor

    def parent(self) -> QAccessibleInterface:
        """The technician's row."""
        return self._row

    def role(self) -> QAccessible.Role:
        """An item of the row's list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """Whether it is selected and where the keyboard is."""
        scene, state = self.board.scene, QAccessible.State()
        state.focusable = 1
        state.selectable = int(self.cursor.visit_id is not None)
        state.selected = int(self.cursor.visit_id in scene.selected)
        state.focused = int(scene.has_focus and scene.cursor == self.cursor)
        return state

    def text(self, kind: QAccessible.Text) -> str:
        """Everything the tooltip says, in one sentence."""
        return cursor_text(self.board, self.cursor) if kind == QAccessible.Text.Name else ""

    def rect(self) -> QRect:
        """The bar on the screen."""
        if self.cursor.line >= len(self.board.scene.lines):
            return QRect()
        return self._on_screen(bar_rect(self.board.scene, self.cursor.line, self.cursor.start, self.cursor.end))


def _make(key: str, thing: QObject) -> QAccessibleInterface:
    if not isinstance(thing, Surface):
        return _NOBODY
    # Qt deletes what it was given when the widget goes, but holds no Python reference meanwhile: the board does.
    made = BoardInterface(cast("Board", thing))
    thing.spoken = made
    return made


@cache
def install() -> None:
    """Let Qt ask here for every board, once in a process."""
    QAccessible.installFactory(_make)
