"""Why a task went to whom it did, for each of its steps: the sentence, the rule, who was looked at, what it scored."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.processes import reasons
from app.domain.processes.routing import Candidate
from app.domain.words import N_
from app.i18n import _, format_datetime, say
from app.services.planner.company import company
from app.services.planner.rows import Company
from app.services.tickets.why import StepRow, why
from ui.kit import icons, theme, translate
from ui.kit.bidi import isolate, sided
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.tickets.tasks.scored import WhyScored
from ui.tickets.tasks.words import in_words, step_moment, step_words
from ui.widgets.styled import heading, plain, push_button, secondary, styled
from ui.widgets.table import TableView

__all__ = ["Candidates", "WhyWindow"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADERS = (
    N_("Name"),
    N_("Open tasks"),
    N_("Had this task"),
    N_("Served this customer"),
    N_("Last automatic task"),
    N_("Presence"),
)


class Candidates(QAbstractTableModel):
    """Who was looked at, in the order of the choice, with the numbers of that moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo | None = None
        self.rows: tuple[Candidate, ...] = ()
        self.chosen = ""
        translate.news.switched.connect(self._speak)
        self._cells: tuple[Callable[[Candidate], str], ...] = (
            lambda row: isolate(row.name),
            lambda row: str(row.open_tasks),
            lambda row: self._moment(row.handled_at),
            lambda row: self._moment(row.served_at),
            lambda row: self._moment(row.chosen_at),
            self._presence,
        )

    def show_rows(self, rows: Sequence[Candidate], chosen: str, zone: tzinfo | None) -> None:
        """Show these; `chosen` is who got it."""
        self.beginResetModel()
        self.rows, self.chosen, self.zone = tuple(rows), chosen, zone
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many people there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        is_name = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _(_HEADERS[section]) if is_name and 0 <= section < len(_HEADERS) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The facts of a person; who got it is ticked, who could not get it is quiet."""
        if not index.isValid() or not index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() < len(self._cells):
            return self._cells[index.column()](row)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0 and row.name == self.chosen:
            return icons.icon("chosen", "success")
        if role == Qt.ItemDataRole.ForegroundRole and (row.is_absent or not row.is_active):
            return theme.tokens().color("muted")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    def _moment(self, moment: datetime | None) -> str:
        return "–" if moment is None else isolate(format_datetime(moment, self.zone))

    @staticmethod
    def _presence(row: Candidate) -> str:
        if not row.is_active:
            return _("No longer active")
        return _("Away") if row.is_absent else _("Present")

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_HEADERS) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(_HEADERS) - 1))


def _list() -> QListWidget:
    """The steps, in as many lines as their words need."""
    made = styled(QListWidget(), "boxed")
    made.setWordWrap(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


class WhyWindow(QDialog):
    """The steps on one side, the newest first; what is chosen there is explained on the other."""

    def __init__(self, desk: Desk, task_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.task_id = task_id
        self._desk = desk
        self._zone: tzinfo | None = None
        self._wanted: int | None = None
        self._steps: tuple[StepRow, ...] = ()
        self._reading = Latest(desk.tasks)
        self._build()
        self._texts = Texts(self)
        self._texts.bind(self.setWindowTitle, N_("Why this handler?"))
        self._texts.redo(self._fill, key="fill")
        desk.bridge.rows_changed.connect(self._hear)
        desk.tasks.read(company).then(self._take_company)

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.setSpacing(theme.scale(12))
        self.steps = _list()
        Texts(self.steps).bind(self.steps.setAccessibleName, N_("Steps of the task"))
        self.steps.currentRowChanged.connect(self._explain)
        self.sentence: QLabel = heading()
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.further = styled(plain(), "body")
        self.further.setWordWrap(True)
        self.facts = secondary()
        self.candidates = Candidates(self)
        self.table = TableView()
        self.table.setModel(self.candidates)
        self.table.setSelectionBehavior(TableView.SelectionBehavior.SelectRows)
        Texts(self.table).bind(self.table.setAccessibleName, N_("Who was looked at"))
        for column, width in enumerate((124, 125, 146, 165, 158, 88)):
            self.table.horizontalHeader().resizeSection(column, theme.scale(width))
        self._nobody = secondary(N_("Nobody was compared for this step."))
        right = QWidget()
        column_ = QVBoxLayout(right)
        column_.setContentsMargins(theme.scale(12), 0, theme.scale(12), 0)
        column_.setSpacing(theme.scale(8))
        for part in (self.sentence, self.further, self.facts):
            column_.addWidget(part)
        column_.addWidget(self.table, 1)
        column_.addWidget(self._nobody)
        self.scored = WhyScored(self._desk)
        column_.addWidget(self.scored)
        # Without the table what follows stands right below.
        column_.addStretch()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.steps)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.scale(252), theme.scale(830)])
        outer.addWidget(split, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        close = push_button(N_("Close"))
        close.clicked.connect(self.close)
        buttons.addWidget(close)
        outer.addLayout(buttons)
        self.resize(theme.scale(1120), theme.scale(600))
        self._desk.memory.window(self, "tasks.why")

    def choose(self, step_id: int | None) -> None:
        """Explain this step, once it is read; the newest automatic one otherwise."""
        self._wanted = step_id
        self._fill()

    def _take_company(self, found: Company) -> None:
        self._zone = found.zone
        self._read()

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "tasks" and (ids is None or self.task_id in ids):
            self._read()

    def _read(self) -> None:
        self._reading.read(why, self.task_id).then(self._take)

    def _take(self, steps: tuple[StepRow, ...]) -> None:
        self._steps = steps
        self._fill()
        self.steps.setFocus()

    def _fill(self) -> None:
        row = self.steps.currentRow()
        chosen = self._wanted or (self._steps[row].id if 0 <= row < len(self._steps) else None)
        self.steps.blockSignals(True)
        self.steps.clear()
        for step in self._steps:
            item = QListWidgetItem(f"{step_words(step)}\n{step_moment(step, self._zone)}")
            item.setIcon(icons.icon("why", "accent") if step.is_automatic else icons.icon("hand-over"))
            self.steps.addItem(item)
        self.steps.blockSignals(False)
        place = next((at for at, step in enumerate(self._steps) if step.id == chosen), None)
        if place is None:
            place = next((at for at, step in enumerate(self._steps) if step.is_automatic), 0)
        elif self._wanted is not None:
            self._wanted = None
        self.steps.setCurrentRow(place if self._steps else -1)
        self._explain()

    @Slot()
    def _explain(self) -> None:
        row = self.steps.currentRow()
        step = self._steps[row] if 0 <= row < len(self._steps) else None
        if step is None:
            self.sentence.setText(sided(_("This task has no steps yet.")))
            self.further.clear()
            self.facts.clear()
            self.scored.explain(None)
            self._show_people(on=False)
            return
        first, *others = reasons.tell(step.rule, step.reason, step.to_user or step.from_user)
        self.sentence.setText(sided(say(first)))
        self.further.setText("\n".join(sided(say(each)) for each in others))
        self.further.setVisible(bool(others))
        self.facts.setText(sided("  ·  ".join(self._facts(step))))
        self.scored.explain(step.id)
        people = reasons.candidates(step.reason)
        self.candidates.show_rows(people, step.to_user or "", self._zone)
        self._show_people(on=bool(people))

    def _show_people(self, *, on: bool) -> None:
        self.table.setVisible(on)
        self._nobody.setVisible(not on)

    def _facts(self, step: StepRow) -> list[str]:
        found = [_("Rule: {rule}", rule=in_words(reasons.RULES.get(step.rule, step.rule)))]
        if profile := step.reason.get("profile"):
            found.append(_("Profile: {profile}", profile=isolate(str(profile))))
        if stage := step.to_stage:
            found.append(_("Stage: {stage}", stage=isolate(stage)))
        found.append(step_moment(step, self._zone))
        return found
