"""The chips above the calls: which sites and types are wanted, and whether only what is overdue."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app import i18n
from app.services.planner.rows import Named
from ui.kit import icons
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["FilterButton"]


class FilterButton(QToolButton):
    """A chip with a menu of choices, several of which may be ticked; none means all. Signal: `changed()`.

    `name` is what it filters by and `nothing` stands for the choice without a name; both are catalogue texts.
    """

    changed = Signal()

    def __init__(self, name: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._nothing = name, nothing
        self._choices: tuple[Named, ...] = ()
        self._wanted: set[int] = set()
        styled(self, "segment")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setCheckable(True)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)
        self._texts = Texts(self)
        self._texts.redo(self._say)

    def value(self) -> tuple[int, ...]:
        """The choices ticked."""
        return tuple(sorted(self._wanted))

    def set_value(self, wanted: Iterable[int]) -> None:
        """Tick these without telling."""
        self._wanted = set(wanted)
        self._say()

    def offer(self, choices: Sequence[Named]) -> None:
        """Offer these; what is ticked stays ticked."""
        self._choices = tuple(choices)
        self._say()

    @Slot()
    def _fill(self) -> None:
        menu = self.menu()
        menu.clear()
        everything = QAction(i18n._("All"), menu)
        everything.triggered.connect(self._clear)
        menu.addAction(everything)
        menu.addSeparator()
        for choice in self._choices:
            action = QAction(self._called(choice), menu)
            action.setCheckable(True)
            action.setChecked(choice.id in self._wanted)
            action.setData(choice.id)
            action.toggled.connect(self._toggle)
            menu.addAction(action)

    @Slot(bool)
    def _toggle(self, on: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        (self._wanted.add if on else self._wanted.discard)(int(action.data()))
        self._say()
        self.changed.emit()

    @Slot()
    def _clear(self) -> None:
        if self._wanted:
            self._wanted.clear()
            self._say()
            self.changed.emit()

    def _called(self, choice: Named) -> str:
        return choice.name or i18n._(self._nothing)

    def _say(self) -> None:
        name = i18n._(self._name)
        chosen = [self._called(choice) for choice in self._choices if choice.id in self._wanted]
        self.setChecked(bool(self._wanted))
        if len(chosen) == 1:
            text = i18n._("{filter}: {value}", filter=name, value=isolate(chosen[0]))
        elif self._wanted:
            text = i18n._("{filter}: {value}", filter=name, value=i18n.format_number(len(self._wanted)))
        else:
            text = name
        self.setText(text)
        self.setAccessibleName(text)
        self.setIcon(icons.icon("sort-down"))
