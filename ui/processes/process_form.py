"""The fields of the process itself, shown while no stage is chosen."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QTextEdit, QVBoxLayout, QWidget

from app.domain.processes.flow import ProcessDraft
from app.domain.words import N_, message
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.standing import StandingLine
from ui.widgets.styled import push_button

__all__ = ["ProcessForm"]


class ProcessForm(QWidget):
    """Signals: `edited(field, value)` by the person; `removal_wanted()` once the question was answered."""

    edited = Signal(str, object)
    removal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self.name, self.description, self.is_active = QLineEdit(), QTextEdit(), QCheckBox()
        self.name.setMaxLength(200)
        self.description.setAcceptRichText(False)
        self.description.setTabChangesFocus(True)
        self.description.setFixedHeight(theme.scale(110))
        Texts(self.is_active).bind(self.is_active.setText, N_("New tasks may begin here"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(12))
        form = Form()
        form.row(N_("Name"), self.name)
        form.row(N_("Description"), self.description)
        form.row(N_("In use"), self.is_active)
        column.addWidget(form)
        self.delete_button = push_button(N_("Delete the process"), "delete")
        self.confirm, self.keep = push_button(N_("Delete"), look="danger"), push_button(N_("Keep"))
        self.question = StandingLine(self.confirm, self.keep)
        row = QHBoxLayout()
        row.addWidget(self.delete_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.question)
        column.addStretch(1)
        self.name.textEdited.connect(self._take_name)
        self.description.textChanged.connect(self._take_description)
        self.is_active.toggled.connect(self._take_active)
        self.delete_button.clicked.connect(self._ask)
        self.confirm.clicked.connect(self._confirm)
        self.keep.clicked.connect(self._keep)

    def show_process(self, draft: ProcessDraft) -> None:
        """Show a process; what is being typed is left alone where it means the same."""
        self._is_filling = True
        if " ".join(self.name.text().split()) != " ".join(draft.name.split()):
            self.name.setText(draft.name)
        if self.description.toPlainText().strip() != draft.description.strip():
            self.description.setPlainText(draft.description)
        self.is_active.setChecked(draft.is_active)
        self.delete_button.setVisible(draft.id is not None)
        self.question.say(None)
        self._is_filling = False

    def focus_name(self) -> None:
        """Put the cursor into the name, to be typed over."""
        self.name.setFocus()
        self.name.selectAll()

    def _tell(self, field: str, value: object) -> None:
        if not self._is_filling:
            self.edited.emit(field, value)

    @Slot()
    def _take_name(self) -> None:
        self._tell("name", self.name.text())

    @Slot()
    def _take_description(self) -> None:
        self._tell("description", self.description.toPlainText())

    @Slot(bool)
    def _take_active(self, on: bool) -> None:
        self._tell("is_active", on)

    @Slot()
    def _ask(self) -> None:
        self.question.say(message(N_("Delete {name}?"), name=self.name.text()))
        self.keep.setFocus()

    @Slot()
    def _keep(self) -> None:
        self.question.say(None)

    @Slot()
    def _confirm(self) -> None:
        self.question.say(None)
        self.removal_wanted.emit()
