"""A list of people to tick, with a field that narrows it down."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain.text import fold
from app.domain.words import N_
from app.services.planner.rows import Named
from ui.kit import theme
from ui.kit.bidi import bare, isolate
from ui.kit.translate import Texts
from ui.widgets.search import SearchField

__all__ = ["PeopleList"]


class PeopleList(QWidget):
    """Names with boxes. Signal: `changed()` when the ticks change."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        self.search = SearchField(N_("Search technicians"), delay_ms=80)
        self.search.searched.connect(self._narrow)
        self.list = QListWidget()
        self.list.setMinimumHeight(theme.scale(140))
        self.list.itemChanged.connect(self._tell)
        Texts(self).bind(self.list.setAccessibleName, N_("Technicians"))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.search)

    def offer(self, people: Sequence[Named]) -> None:
        """Offer these; the ticks of those who stay are kept."""
        chosen = set(self.value())
        self.list.blockSignals(True)
        self.list.clear()
        for person in people:
            item = QListWidgetItem(isolate(person.name))
            item.setData(Qt.ItemDataRole.UserRole, person.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if person.id in chosen else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._narrow(self.search.text())

    def value(self) -> tuple[int, ...]:
        """Who is ticked."""
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in self._items() if item.checkState() == Qt.CheckState.Checked
        )

    def set_value(self, chosen: Sequence[int]) -> None:
        """Tick these and no others."""
        for item in self._items():
            is_on = item.data(Qt.ItemDataRole.UserRole) in chosen
            item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(number) for number in range(self.list.count())]

    @Slot(str)
    def _narrow(self, text: str) -> None:
        wanted = fold(text)
        for item in self._items():
            item.setHidden(wanted not in fold(bare(item.text())))

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()
