"""A list of names to tick, with a search where there are many."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain.text import fold
from app.domain.words import N_
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.translate import Texts
from ui.widgets.picker import Choice
from ui.widgets.search import SearchField
from ui.widgets.styled import styled

__all__ = ["TickList"]

_FEW = 8
_ID = Qt.ItemDataRole.UserRole


class TickList(QWidget):
    """Signal: `changed()` when the person has ticked. Inactive choices are shown while they are ticked.

    `name` is catalogue text, for screen readers.
    """

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        self.search = SearchField(N_("Search"), delay_ms=0)
        self.search.hide()
        self.list = styled(QListWidget(), "boxed")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.setFocusProxy(self.list)
        texts = Texts(self)
        texts.bind(self.setAccessibleName, name)
        texts.bind(self.list.setAccessibleName, name)
        self.search.textChanged.connect(self._find)
        self.list.itemChanged.connect(self.changed)
        theme.news.changed.connect(self._fit)

    def offer(self, choices: Sequence[Choice], ticked: Collection[int | str]) -> None:
        """Offer these, with these ticked; what is there already stays where it is."""
        shown = tuple(choice for choice in choices if choice.is_active or choice.id in ticked)
        with QSignalBlocker(self.list):
            if shown != self._choices:
                self._fill(shown)
            for item in self._items():
                is_on = item.data(_ID) in ticked
                item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)

    def _fill(self, choices: tuple[Choice, ...]) -> None:
        self._choices = choices
        self.list.clear()
        for choice in choices:
            item = QListWidgetItem(isolate(choice.text))
            item.setData(_ID, choice.id)
            item.setToolTip(hint(choice.text) or "")
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
        self.search.setVisible(len(choices) > _FEW)
        self._fit()
        self._find()

    @Slot()
    def _fit(self) -> None:
        lines = min(max(len(self._choices), 1), 5)
        self.list.setFixedHeight(theme.row_height() * lines + theme.scale(8))

    def ticked(self) -> tuple[int, ...]:
        """The ids ticked, in the order of the list."""
        return tuple(item.data(_ID) for item in self._items() if item.checkState() == Qt.CheckState.Checked)

    def item(self, choice_id: int | str) -> QListWidgetItem | None:
        """The line of a choice."""
        return next((item for item in self._items() if item.data(_ID) == choice_id), None)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    @Slot()
    def _find(self) -> None:
        wanted = fold(self.search.text())
        for item in self._items():
            item.setHidden(wanted not in fold(item.text()))
