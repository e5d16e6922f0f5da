"""Two windows of a row of points: why it is there, and taking it back; wherever rows are listed."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.points.refusals import REFUSALS
from app.domain.words import N_, Message, message
from app.i18n import say
from app.services.points import explaining, reversing
from ui.kit import theme
from ui.kit.bidi import by_line
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.styled import push_button, secondary, styled

__all__ = ["ReverseWindow", "WhyPoints"]

_LONGEST = 1000


class WhyPoints(QDialog):
    """Where the points of one row come from, a sentence each."""

    def __init__(self, desk: Desk, entry_id: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.scale(480))
        self._said: Sequence[Message] = ()
        self._asked = Latest(desk.tasks)
        self.text = styled(QLabel(), "body")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.close_button = push_button(N_("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(16)] * 4)
        column.setSpacing(theme.scale(16))
        column.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.close_button)
        column.addLayout(row)
        self.close_button.setFocus()
        texts = Texts(self)
        texts.bind(self.setWindowTitle, N_("Why these points?"))
        texts.redo(self._speak, key="speak")
        self._asked.read(explaining.why_entry, entry_id).then(self._show, desk.messages.show_error)

    def _show(self, said: Sequence[Message]) -> None:
        self._said = said
        self._speak()

    def _speak(self) -> None:
        self.text.setText("\n\n".join(by_line(say(each)) for each in self._said))
        self.adjustSize()


class ReverseWindow(FormDialog):
    """Asks for the reason and takes the row back whole; `about` says which row it is."""

    def __init__(self, desk: Desk, entry_id: int, about: str, parent: QWidget) -> None:
        super().__init__(N_("Reverse points"), N_("Reverse"), messages=desk.messages, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._entry_id = desk, entry_id
        line = styled(QLabel(), "body")
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.setWordWrap(True)
        line.setText(by_line(about))
        self.body.addWidget(line)
        self.body.addWidget(secondary(N_("The row stays, and another one of the opposite sign is written today.")))
        form = Form()
        self.reason = QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.field = form.row(N_("Reason"), self.reason)
        self.body.addWidget(form)
        self.save_requested.connect(self._save)

    @Slot()
    def _save(self) -> None:
        self.field.error(None)
        if not self.reason.text().strip():
            self.field.error(REFUSALS["REASON"])
            self.reason.setFocus()
            return
        self.saving(on=True)
        job = self._desk.tasks.write(reversing.reverse, self._entry_id, self.reason.text())
        job.then(self._reversed, self.fail)

    def _reversed(self, _entry_id: int) -> None:
        self._desk.messages.success(message(N_("The points are reversed.")))
        self.accept()
