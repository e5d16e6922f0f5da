"""Inputs that few forms of Set-up have: a whole number, a look-up, a line to read, and a list in two levels."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app import i18n
from app.domain.words import N_, Message
from app.i18n import _
from app.services.processes.rows import Subtype, Subtype2
from ui.admin.parts import LONGEST, Part, TextPart
from ui.kit import theme
from ui.kit.tasks import Job, Tasks
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.fields import NumberField
from ui.widgets.lookup import Found, LookupField
from ui.widgets.styled import plain, push_button, styled

__all__ = ["BuiltInNamePart", "ChecksPart", "LookupPart", "NumberPart", "ShownPart", "SubtypesPart"]

_KEY = Qt.ItemDataRole.UserRole


class BuiltInNamePart(TextPart):
    """A name; a built-in row shows its own until it gets another."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = Texts(self.line)

    def stand_in(self, built_in: str | Message) -> None:
        """What is shown while there is no name."""
        self._texts.redo(lambda: self.line.setPlaceholderText(_in_words(built_in)), key="built in")


def _in_words(text: str | Message) -> str:
    return i18n.say(text) if isinstance(text, Message) else text


class NumberPart(Part):
    """A whole number between two limits."""

    def __init__(self, least: int, most: int) -> None:
        self.box = NumberField()
        self.box.setRange(least, most)
        self.box.setMaximumWidth(theme.scale(160))
        super().__init__(self.box, self.box.valueChanged)

    def value(self) -> int:
        """The number."""
        return self.box.value()

    def set_value(self, value: int) -> None:
        """Show this number."""
        self.box.setValue(value)

    def words(self, value: int) -> str:
        """The number as people write it."""
        return i18n.format_number(value)

    def settle(self) -> None:
        """Take the number typed so far."""
        self.box.interpretText()


class _Checks(QWidget):
    """One box below the other. Signal: `changed()`."""

    changed = Signal()

    def __init__(self, fixed: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        self.boxes: dict[str, QCheckBox] = {}
        for code, text in fixed:
            box = QCheckBox()
            Texts(box).bind(box.setText, text)
            box.toggled.connect(self.changed)
            column.addWidget(box)
            self.boxes[code] = box
        self.setFocusProxy(next(iter(self.boxes.values())))


class ChecksPart(Part):
    """Any number of a few that never change, all in sight; the value is a tuple of their codes in their order."""

    def __init__(self, fixed: Sequence[tuple[str, str]]) -> None:
        self.box = _Checks(fixed)
        super().__init__(self.box, self.box.changed)

    def value(self) -> tuple[str, ...]:
        """The codes ticked."""
        return tuple(code for code, box in self.box.boxes.items() if box.isChecked())

    def set_value(self, value: Iterable[str]) -> None:
        """Tick these."""
        wanted = set(value)
        for code, box in self.box.boxes.items():
            box.setChecked(code in wanted)

    def words(self, value: Iterable[str]) -> str:
        """What is ticked, one after the other."""
        wanted = set(value)
        return ", ".join(box.text() for code, box in self.box.boxes.items() if code in wanted) or _("None")


class LookupPart(Part):
    """One row out of very many; the value is its id and its name, or None. `read` is the service that finds it."""

    def __init__(self, read: Callable[..., Any], found: Callable[[Any], Sequence[Found]]) -> None:
        self._read = read
        self._tasks: Tasks | None = None
        self.box = LookupField(self._ask, found)
        super().__init__(self.box, self.box.changed)

    def attend(self, tasks: Tasks) -> None:
        """Look up with these."""
        self._tasks = tasks

    def _ask(self, typed: str) -> Job[Any]:
        assert self._tasks is not None, "a form gives its parts the background"
        return self._tasks.read(self._read, typed)

    def value(self) -> tuple[int, str] | None:
        """What was chosen."""
        chosen = self.box.value()
        return None if chosen is None else (chosen, self.box.text())

    def set_value(self, value: tuple[int, str] | None) -> None:
        """Show this choice."""
        self.box.set_value(*(value or (None, "")))

    def words(self, value: tuple[int, str] | None) -> str:
        """The name of the choice."""
        return value[1] if value else _("None")


class ShownPart(Part):
    """A line that is worked out from the other fields; it has no value of its own."""

    def __init__(self) -> None:
        self.label = plain()
        super().__init__(self.label)

    def show(self, text: str) -> None:
        """Show this."""
        self.label.setText(text)

    def value(self) -> None:
        """Nothing: what is shown is never saved."""

    def set_value(self, value: object) -> None:
        """Nothing is kept here."""


class _Tree(QTreeWidget):
    """Names in two levels, changed in place. Signals: `add_wanted()`, `remove_wanted()` by Insert and Delete."""

    add_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setIndentation(theme.scale(22))
        self.setEditTriggers(
            QTreeWidget.EditTrigger.DoubleClicked
            | QTreeWidget.EditTrigger.EditKeyPressed
            | QTreeWidget.EditTrigger.SelectedClicked
        )
        styled(self, "boxed")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Insert adds beside, Delete removes, Enter changes the name; the rest is the tree's own."""
        if self.state() == QTreeWidget.State.EditingState:
            # The key that ends a name comes here too.
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Insert:
            self.add_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (current := self.currentItem()) is not None:
            self.editItem(current)
        else:
            super().keyPressEvent(event)


class _Branches(QWidget):
    """The tree with its buttons. Signal: `changed()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        self.tree = _Tree()
        self.tree.setFixedHeight(theme.row_height() * 7)
        column.addWidget(self.tree)
        holder, row = flowing()
        self.add_button = push_button(N_("Add"), "add")
        self.below_button = push_button(N_("Add level 2"), "add")
        self.remove_button = push_button(N_("Remove"), "delete")
        for button in (self.add_button, self.below_button, self.remove_button):
            row.addWidget(button)
        column.addWidget(holder)
        self.setFocusProxy(self.tree)
        self.tree.add_wanted.connect(self.add_beside)
        self.tree.remove_wanted.connect(self.remove)
        self.tree.itemChanged.connect(self.changed)
        self.tree.currentItemChanged.connect(self._follow)
        self.add_button.clicked.connect(self.add)
        self.below_button.clicked.connect(self.add_below)
        self.remove_button.clicked.connect(self.remove)
        self._follow()

    @Slot()
    def add(self) -> None:
        """Begin a sub-type."""
        self._begin(self.tree.invisibleRootItem())

    @Slot()
    def add_beside(self) -> None:
        """Begin one beside the current one."""
        current = self.tree.currentItem()
        self._begin((current.parent() if current else None) or self.tree.invisibleRootItem())

    @Slot()
    def add_below(self) -> None:
        """Begin one under the current sub-type."""
        current = self.tree.currentItem()
        if current is not None:
            self._begin(current.parent() or current)

    @Slot()
    def remove(self) -> None:
        """Take the current one away, with what is under it."""
        current = self.tree.currentItem()
        if current is not None:
            parent = current.parent() or self.tree.invisibleRootItem()
            parent.removeChild(current)
            self.changed.emit()

    def fill(self, subtypes: Iterable[Subtype]) -> None:
        """Show these."""
        self.tree.blockSignals(True)
        self.tree.clear()
        for subtype in subtypes:
            item = self._item(self.tree.invisibleRootItem(), subtype.name, subtype.id)
            for part in subtype.parts:
                self._item(item, part.name, part.id)
        self.tree.expandAll()
        self.tree.blockSignals(False)
        self._follow()

    def subtypes(self) -> tuple[Subtype, ...]:
        """What is shown; a line without a name is nothing."""
        return tuple(
            Subtype(name, item.data(0, _KEY), tuple(Subtype2(text, part.data(0, _KEY)) for text, part in _named(item)))
            for name, item in _named(self.tree.invisibleRootItem())
        )

    def _begin(self, parent: QTreeWidgetItem) -> None:
        item = self._item(parent, "", None)
        parent.setExpanded(True)
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
        self.tree.setCurrentItem(item)
        self.tree.editItem(item)

    @staticmethod
    def _item(parent: QTreeWidgetItem, name: str, key: int | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [name])
        item.setData(0, _KEY, key)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        return item

    @Slot()
    def _follow(self) -> None:
        is_chosen = self.tree.currentItem() is not None
        self.below_button.setEnabled(is_chosen)
        self.remove_button.setEnabled(is_chosen)


def _named(parent: QTreeWidgetItem) -> list[tuple[str, QTreeWidgetItem]]:
    children = (parent.child(place) for place in range(parent.childCount()))
    named = ((" ".join(child.text(0).split())[:LONGEST], child) for child in children if child is not None)
    return [(name, child) for name, child in named if name]


class SubtypesPart(Part):
    """Sub-types with the second level under each."""

    def __init__(self) -> None:
        self.box = _Branches()
        super().__init__(self.box, self.box.changed)

    def value(self) -> tuple[Subtype, ...]:
        """What is shown."""
        return self.box.subtypes()

    def set_value(self, value: Iterable[Subtype]) -> None:
        """Show these."""
        self.box.fill(value)

    def words(self, value: Iterable[Subtype]) -> str:
        """The names of the first level."""
        return ", ".join(subtype.name for subtype in value)
