"""The window of a form: its title, its fields, what went wrong, and the two buttons that end it."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from app import i18n
from app.domain.errors import UserError
from app.domain.words import N_
from ui.kit import theme
from ui.kit.drafts import record_of
from ui.kit.messages import Messages
from ui.kit.translate import Texts
from ui.widgets.form_draft import FormDraft, desk_of
from ui.widgets.styled import primary_button, push_button, styled

__all__ = ["FormDialog"]


class FormDialog(QDialog):
    """A window with a body and Save and Cancel; Ctrl+Return saves, Escape cancels.

    Signal: `save_requested()`. The screen saves in the background between `saving(on=True)` and `accept()` or
    `fail(problem)`, which says under the body what went wrong and keeps everything typed. What is typed is kept on
    this computer until the window is left; `draft_key` tells forms of one kind apart.
    """

    save_requested = Signal()

    keeps_draft = True
    """Whether what is typed is worth keeping."""

    draft_key = ""

    def __init__(
        self, title: str, save: str = N_("Save"), *, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        Texts(self).bind(self.setWindowTitle, title)
        self.setMinimumWidth(theme.scale(460))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.setSpacing(theme.scale(12))
        self.body = QVBoxLayout()
        outer.addLayout(self.body, 1)
        self._wrong = styled(QLabel(), "error-box")
        self._wrong.setTextFormat(Qt.TextFormat.PlainText)
        self._wrong.setWordWrap(True)
        self._wrong.hide()
        outer.addWidget(self._wrong)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self.cancel_button = push_button(N_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = primary_button(save)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.request_save)
        self._buttons.addWidget(self.cancel_button)
        self._buttons.addWidget(self.save_button)
        outer.addLayout(self._buttons)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.request_save)
        self.installEventFilter(_Growing(self))
        self.form_draft: FormDraft | None = None
        self.finished.connect(self._let_draft_go)

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor stands in the first field."""
        super().showEvent(event)
        buttons = (self.cancel_button, self.save_button)
        fields = (each for each in self.findChildren(QWidget) if each not in buttons)
        tab = Qt.FocusPolicy.TabFocus
        first = next((each for each in fields if each.isVisible() and each.focusPolicy() & tab), None)
        if first is not None and not event.spontaneous():
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        if not event.spontaneous():
            self._keep_draft()

    def _keep_draft(self) -> None:
        if self.form_draft is not None:
            self.form_draft.look()
        elif self.keeps_draft and (desk := desk_of(self)) is not None:
            self.form_draft = FormDraft(desk, self, self.body, record_of(type(self).__name__, self.draft_key))

    def leaves_draft(self) -> bool:
        """Whether what is typed stays a draft although the window is closed."""
        return False

    @Slot()
    def _let_draft_go(self) -> None:
        if self.form_draft is not None and (self.result() == QDialog.DialogCode.Accepted or not self.leaves_draft()):
            self.form_draft.end()

    def add_button(self, button: QWidget) -> None:
        """Put another button at the far side of the row, such as Delete."""
        self._buttons.insertWidget(self._buttons.count() - 3, button)

    def saving(self, *, on: bool) -> None:
        """While saving, nothing can be asked twice."""
        self.save_button.setEnabled(not on)
        if on:
            self._wrong.hide()

    def fail(self, problem: Exception) -> None:
        """Say what went wrong and let the person go on; what nobody foresaw goes to the crash dialog."""
        self.saving(on=False)
        if not isinstance(problem, UserError):
            self._messages.show_error(problem)
            return
        parts = [problem.what] if problem.hint is None else [problem.what, problem.hint]
        self._wrong.setText("\n".join(i18n.say(part) for part in parts))
        self._wrong.show()

    @property
    def refusal(self) -> str:
        """What stands under the body about what went wrong; nothing while all is well."""
        return "" if self._wrong.isHidden() else self._wrong.text()

    @Slot()
    def request_save(self) -> None:
        """What the Save button does."""
        if self.save_button.isEnabled():
            self.save_requested.emit()


class _Growing(QObject):
    """Makes a window taller for what is said under a field: Qt does not count lines that wrap."""

    def __init__(self, window: QDialog) -> None:
        super().__init__(window)
        self._window = window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at what changes the layout, and let everything pass."""
        if event.type() == QEvent.Type.LayoutRequest and isValid(self._window):
            layout, width = self._window.layout(), self._window.width()
            needed = 0 if layout is None else layout.totalMinimumHeightForWidth(width)
            if needed > self._window.height():
                self._window.resize(width, needed)
        return False
