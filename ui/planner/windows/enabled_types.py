"""Enabled types: a table of who may do which activity type; a tick enables, Enter says from when to when."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from app import i18n
from app.domain.text import fold
from app.domain.words import N_
from app.i18n import format_date
from app.services.planner.enablements import EnablementRow, Holder, Matrix, disable, enable, matrix
from app.services.planner.rows import TypeRow
from ui.kit import theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.screen import Desk
from ui.planner.windows.base import PlannerWindow
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateField
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.search import SearchField
from ui.widgets.styled import plain, secondary
from ui.widgets.swatch import swatch_icon
from ui.widgets.table import TableView

__all__ = ["EnabledTypesWindow", "MatrixModel"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class MatrixModel(QAbstractTableModel):
    """Groups, then technicians, against types; the first column names them. Signal: `toggled(Holder, type, on)`."""

    toggled = Signal(object, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.types: tuple[TypeRow, ...] = ()
        self.holders: tuple[tuple[Holder, str], ...] = ()
        self.enabled: dict[tuple[int, Holder], EnablementRow] = {}
        self._groups_of: Mapping[int, tuple[int, ...]] = {}
        self._group_names: dict[int, str] = {}
        translate.news.switched.connect(self._speak)

    def show_matrix(self, types: Sequence[TypeRow], holders: Sequence[tuple[Holder, str]], found: Matrix) -> None:
        """Show these types and holders; the same ones keep their places."""
        enabled = {(row.type_id, row.holder): row for row in found.enabled}
        self._groups_of = found.groups_of
        self._group_names = {each.id: each.name for each in found.groups}
        if (tuple(types), tuple(holders)) == (self.types, self.holders):
            self.enabled = enabled
            self._tell()
            return
        self.beginResetModel()
        self.types, self.holders, self.enabled = tuple(types), tuple(holders), enabled
        self.endResetModel()

    def at(self, index: Index) -> tuple[TypeRow, Holder] | None:
        """The type and holder of a cell."""
        if not index.isValid() or index.column() == 0 or index.row() >= len(self.holders):
            return None
        return self.types[index.column() - 1], self.holders[index.row()][0]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many groups and technicians there are."""
        return 0 if parent.isValid() else len(self.holders)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Their names, then a column for each type."""
        return 0 if parent.isValid() else len(self.types) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The types with their colours."""
        if orientation != Qt.Orientation.Horizontal or section > len(self.types):
            return None
        if section == 0:
            return i18n._("Group or technician") if role == Qt.ItemDataRole.DisplayRole else None
        kind = self.types[section - 1]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return isolate(kind.name) if role == Qt.ItemDataRole.DisplayRole else hint(kind.name)
        return swatch_icon(kind.colour, size=14) if role == Qt.ItemDataRole.DecorationRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells can be ticked."""
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsUserCheckable if self.at(index) is not None else found

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names, ticks, and the days of a validity."""
        if not index.isValid() or index.row() >= len(self.holders):
            return None
        cell = self.at(index)
        if cell is None:
            return self._name(index.row(), role)
        row = self.enabled.get((cell[0].id, cell[1]))
        through = self._through(cell[0].id, cell[1]) if row is None else ""
        if role == Qt.ItemDataRole.CheckStateRole:
            inherited = Qt.CheckState.PartiallyChecked if through else Qt.CheckState.Unchecked
            return Qt.CheckState.Checked if row is not None else inherited
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            is_tip = role == Qt.ItemDataRole.ToolTipRole
            said = self._said(row, through, is_tip=is_tip)
            return hint(said) if is_tip else said
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.holders[index.row()][1]}, {cell[0].name}"
        return None

    def _through(self, type_id: int, holder: Holder) -> str:
        """The group by which a technician is enabled."""
        if holder.is_group:
            return ""
        groups = (Holder(each, True) for each in self._groups_of.get(holder.id, ()))
        return next((self._group_names.get(each.id, "") for each in groups if (type_id, each) in self.enabled), "")

    @staticmethod
    def _said(row: EnablementRow | None, through: str, *, is_tip: bool) -> str | None:
        if row is not None:
            return isolate(validity(row)) or None
        return i18n._("By the group {group}", group=isolate(through)) if through and is_tip else None

    def _name(self, number: int, role: int) -> Any:
        holder, name = self.holders[number]
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(name)
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(10, strong=holder.is_group)
        return QColor(theme.tokens().alternate) if role == Qt.ItemDataRole.BackgroundRole and holder.is_group else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A tick is a wish; it shows once it is saved."""
        cell = self.at(index)
        if cell is None or role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.toggled.emit(cell[1], cell[0], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.types))
        self._tell()

    def _tell(self) -> None:
        if self.holders:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.holders) - 1, len(self.types)))


def validity(row: EnablementRow) -> str:
    """From when to when, empty where it holds always."""
    first = format_date(row.valid_from, "short") if row.valid_from else ""
    last = format_date(row.valid_until, "short") if row.valid_until else ""
    if first and last:
        return f"{first} – {last}"
    if first:
        return i18n._("from {date}", date=first)
    return i18n._("until {date}", date=last) if last else ""


class _MatrixView(TableView):
    """Cells are chosen one by one; Space ticks, Enter opens the validity."""

    def __init__(self) -> None:
        super().__init__(several=False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks or unticks the cell."""
        index = self.currentIndex()
        model = self.model()
        if event.key() == Qt.Key.Key_Space and index.isValid() and index.column():
            is_on = model.data(index, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            wanted = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
            model.setData(index, wanted, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)


class EnabledTypesWindow(PlannerWindow):
    """Who may do what, narrowed by practice and by name."""

    tables = frozenset({"enablements", "activity_types", "users", "groups", "practices"})

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        about = N_("Only technicians enabled for a type, by themselves or by a group of theirs, get its calls.")
        super().__init__(N_("Enabled types"), about, "planner.enabled_types", desk, parent)
        self._found: Matrix | None = None
        self.model = MatrixModel(self)
        self.table = _MatrixView()
        self.table.setModel(self.model)
        self.texts.bind(self.table.setAccessibleName, N_("Enabled types"))
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setDefaultSectionSize(theme.scale(150))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.practice = Picker(nothing=N_("All practices"))
        label = plain()
        self.texts.bind(label.setText, N_("Practice"))
        label.setBuddy(self.practice)
        self.search = SearchField(N_("Search technicians"))
        self.tools.addWidget(label)
        self.tools.addWidget(self.practice)
        self.tools.addWidget(self.search)
        self.tools.addStretch(1)
        self.body.addWidget(self.table, 1)
        self.actions_row.addWidget(secondary(N_("Space ticks a cell, Enter says from when to when.")))
        self.practice.changed.connect(self._narrow)
        self.search.searched.connect(self._narrow)
        self.model.toggled.connect(self._toggle)
        self.table.opened.connect(self.open_validity)
        self.resize(theme.scale(1080), theme.scale(600))

    def read(self) -> None:
        """Ask for everything."""
        self.desk.tasks.read(matrix).then(self._show)

    def _show(self, found: Matrix) -> None:
        self._found = found
        self.practice.offer([Choice(each.id, each.name) for each in found.practices])
        self._narrow()

    @Slot()
    def _narrow(self) -> None:
        if self._found is None:
            return
        practice, wanted = self.practice.value(), fold(self.search.text())
        types = [kind for kind in self._found.types if practice is None or kind.practice_id == practice]
        people = [(Holder(each.id, True), each.name) for each in self._found.groups]
        people += [(Holder(each.id, False), each.name) for each in self._found.technicians]
        self.model.show_matrix(types, [each for each in people if wanted in fold(each[1])], self._found)
        self.table.setColumnWidth(0, theme.scale(200))

    @Slot(object, object, bool)
    def _toggle(self, holder: Holder, kind: TypeRow, on: bool) -> None:
        write = self.desk.tasks.write
        job = write(enable, kind.id, holder) if on else write(disable, kind.id, holder)
        self.save(job, self._saved)

    def _saved(self, _nothing: None) -> None:
        self.read()

    @Slot(QModelIndex)
    def open_validity(self, index: QModelIndex) -> None:
        """Ask from when to when somebody may do a type."""
        cell = self.model.at(index)
        if cell is None:
            return
        kind, holder = cell
        row = self.model.enabled.get((kind.id, holder))
        dialog = FormDialog(N_("Enabled from and until"), N_("Save"), messages=self.desk.messages, parent=self)
        form, first, last = Form(), DateField(optional=True), DateField(optional=True)
        form.row(N_("Type"), plain(isolate(kind.name)))
        form.row(N_("Holder"), plain(isolate(self.model.holders[index.row()][1])))
        form.row(N_("From"), first, N_("Empty means always."))
        form.row(N_("Until"), last)
        if row is not None:
            first.set_value(row.valid_from)
            last.set_value(row.valid_until)
        dialog.body.addWidget(form)
        dialog.save_requested.connect(lambda: self._save_validity(dialog, kind, holder, first, last))
        dialog.show()

    def _save_validity(
        self, dialog: FormDialog, kind: TypeRow, holder: Holder, first: DateField, last: DateField
    ) -> None:
        dialog.saving(on=True)
        job = self.desk.tasks.write(enable, kind.id, holder, first.value(), last.value())
        job.then(self._saved, dialog.fail).done.connect(dialog.accept)
