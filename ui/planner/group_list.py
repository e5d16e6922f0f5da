"""The group selector beside the board: which groups' technicians are shown, remembered for the next time."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app import i18n
from app.domain.words import N_
from app.services.planner.rows import GroupRow
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.remember import Memory
from ui.kit.translate import Texts
from ui.widgets.styled import secondary, styled

__all__ = ["GroupList"]

_ALL = -1
_KEY = "planner/groups"


class GroupList(QWidget):
    """Groups to tick, "All" on top. Signal: `changed()` when another choice was made."""

    changed = Signal()

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._groups: tuple[GroupRow, ...] = ()
        kept = memory.get(_KEY)
        self._wanted: set[int] | None = {int(each) for each in kept.split(",")} if kept else None
        styled(self, "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scale(4), theme.scale(12), theme.scale(4), theme.scale(4))
        title = secondary(N_("Groups"))
        title.setContentsMargins(theme.scale(8), 0, 0, 0)
        column.addWidget(title)
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        title.setBuddy(self.list)
        column.addWidget(self.list, 1)
        self.list.itemChanged.connect(self._take)
        self.list.itemActivated.connect(self._only)
        texts = Texts(self)
        texts.bind(self.list.setAccessibleName, N_("Groups"))
        texts.redo(self._fill)

    def value(self) -> tuple[int, ...] | None:
        """The groups wanted; None for all."""
        return None if self._wanted is None else tuple(sorted(self._wanted))

    def offer(self, groups: Sequence[GroupRow]) -> None:
        """Offer these groups; a choice of which none is left becomes all."""
        self._groups = tuple(groups)
        if self._wanted is not None:
            self._wanted &= {group.id for group in groups}
            if not self._wanted:
                self._wanted = None
        self._fill()

    def include(self, technician_id: int) -> None:
        """Make sure a technician is among those shown."""
        homes = {group.id for group in self._groups if technician_id in group.technician_ids}
        if self._wanted is not None and homes and not homes & self._wanted:
            self._choose(self._wanted | homes)

    def _fill(self) -> None:
        self.list.blockSignals(True)
        current = self.list.currentRow()
        self.list.clear()
        self._add(i18n._("All"), _ALL, is_on=self._wanted is None)
        for group in self._groups:
            name = group.name or i18n._("Without a group")
            text = i18n._("{group} ({count})", group=isolate(name), count=len(group.technician_ids))
            self._add(text, group.id, is_on=self._wanted is None or group.id in self._wanted)
        self.list.setCurrentRow(max(current, 0))
        self.list.blockSignals(False)

    def _add(self, text: str, group_id: int, *, is_on: bool) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, group_id)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)
        self.list.addItem(item)

    @Slot(QListWidgetItem)
    def _take(self, item: QListWidgetItem) -> None:
        """A tick set or taken off; ticking "All" ticks everything."""
        group_id, is_on = item.data(Qt.ItemDataRole.UserRole), item.checkState() == Qt.CheckState.Checked
        everything = {group.id for group in self._groups}
        if group_id == _ALL:
            wanted = None
        else:
            chosen = set(everything) if self._wanted is None else set(self._wanted)
            chosen = chosen | {group_id} if is_on else chosen - {group_id}
            wanted = None if not chosen or chosen == everything else chosen
        self._choose(wanted)

    @Slot(QListWidgetItem)
    def _only(self, item: QListWidgetItem) -> None:
        """Enter or double click: this group alone."""
        group_id = item.data(Qt.ItemDataRole.UserRole)
        self._choose(None if group_id == _ALL else {group_id})

    def _choose(self, wanted: set[int] | None) -> None:
        was, self._wanted = self._wanted, wanted
        self._fill()
        self._memory.put(_KEY, ",".join(map(str, sorted(wanted))) if wanted else "")
        if wanted != was:
            self.changed.emit()
