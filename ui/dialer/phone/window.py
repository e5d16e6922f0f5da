"""How I telephone: the kind of telephone and what that kind asks for, tried out before it is needed."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget

from app import i18n
from app.domain.errors import UserError
from app.domain.words import N_, Message, message
from app.services.dialer.lines import Line, LineDraft, my_line
from app.services.dialer.telephones import save_telephone, try_out
from app.settings import data_folder
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Field, Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import plain, push_button

__all__ = ["TelephoneWindow", "open_telephone"]

KINDS = {
    "handoff": message(N_("The telephone program of this computer")),
    "ami": message(N_("The company's telephone server (Asterisk)")),
    "baresip": message(N_("The built-in telephone (baresip)")),
    "simulator": message(N_("A telephone that only pretends")),
}
SCHEMES = {"tel": message(N_("As a telephone number (tel:)")), "sip": message(N_("As a SIP address (sip:)"))}
_FIELDS = {
    "handoff": ("scheme", "host"),
    "ami": ("extension", "password"),
    "baresip": ("host", "extension", "login", "password", "registers"),
    "simulator": (),
}
_CODES = {"KIND": "kind", "SCHEME": "scheme", "HOST": "host", "EXTENSION": "extension", "LOGIN": "login"}


def open_telephone(desk: Desk) -> None:
    """Show the window; the one that is open comes to the front."""
    parent = desk.commands.parent()
    assert isinstance(parent, QWidget)
    window = next((each for each in parent.findChildren(TelephoneWindow) if each.isVisible()), None)
    if window is None:
        window = TelephoneWindow(desk, parent)
        window.finished.connect(window.deleteLater)
        window.show()
    window.activateWindow()


class TelephoneWindow(FormDialog):
    """Only the fields of the chosen kind are shown; what is typed in the others stays until the window closes."""

    def __init__(self, desk: Desk, parent: QWidget | None) -> None:
        super().__init__(N_("Telephone"), messages=desk.messages, parent=parent)
        self._desk = desk
        self._line: Line | None = None
        self._trial = Latest(desk.tasks)
        self.setMinimumWidth(theme.scale(540))
        self.kind, self.scheme = Picker(), Picker()
        self.host, self.extension, self.login, self.password = (QLineEdit() for _each in range(4))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.registers = QCheckBox()
        texts = Texts(self)
        texts.bind(self.registers.setText, N_("Take calls that come in"))
        texts.redo(self._name)
        form = Form(wraps=True)
        kept = N_("Kept in the key store of this computer alone. Left empty, it stays as it is.")
        self.fields: dict[str, Field] = {
            "kind": form.row(N_("How I telephone"), self.kind),
            "scheme": form.row(N_("Numbers are handed over"), self.scheme),
            "host": form.row(N_("Server"), self.host),
            "extension": form.row(N_("My extension"), self.extension),
            "login": form.row(N_("Log-in"), self.login, N_("Empty: the extension.")),
            "password": form.row(N_("New password"), self.password, kept),
            "registers": form.row("", self.registers),
        }
        self.body.addWidget(form)
        self.outcome: QLabel = plain()
        self.outcome.setWordWrap(True)
        self.outcome.hide()
        self.body.addWidget(self.outcome)
        self.test_button = push_button(N_("Save and test"), "online")
        self.test_button.setAutoDefault(False)
        self.add_button(self.test_button)
        self.kind.changed.connect(self._adapt)
        self.scheme.changed.connect(self._adapt)
        self.test_button.clicked.connect(partial(self._save, is_trial=True))
        self.save_requested.connect(self._save)
        self.saving(on=True)
        self._adapt()
        desk.tasks.read(my_line).then(self._show, self.fail)

    def draft(self) -> LineDraft:
        """What is chosen and typed."""
        return LineDraft(
            kind=str(self.kind.value() or ""),
            scheme=str(self.scheme.value() or "tel"),
            host=self.host.text(),
            extension=self.extension.text(),
            login=self.login.text(),
            registers=self.registers.isChecked(),
            pace=self._line.draft.pace if self._line else 1.0,
        )

    @Slot(object)
    def _show(self, line: Line) -> None:
        self._line = line
        draft = line.draft
        self.kind.set_value(draft.kind)
        self.scheme.set_value(draft.scheme)
        self.host.setText(draft.host)
        self.extension.setText(draft.extension)
        self.login.setText(draft.login)
        self.registers.setChecked(draft.registers)
        self.saving(on=False)
        self._adapt()

    def saving(self, *, on: bool) -> None:
        """While saving, nothing can be asked twice."""
        super().saving(on=on)
        if hasattr(self, "test_button"):
            self.test_button.setEnabled(not on)

    def _name(self) -> None:
        self.kind.offer([Choice(code, i18n.say(text)) for code, text in KINDS.items()])
        self.scheme.offer([Choice(code, i18n.say(text)) for code, text in SCHEMES.items()])

    @Slot()
    def _adapt(self) -> None:
        kind, scheme = str(self.kind.value() or ""), self.scheme.value()
        shown = _FIELDS.get(kind, ())
        for key, field in self.fields.items():
            is_asked = key in shown and not (kind == "handoff" and key == "host" and scheme != "sip")
            field.set_visible(on=key == "kind" or is_asked)
        # The hints of what is shown now have their height only at the window's width.
        if (layout := self.layout()) is not None:
            layout.activate()
        self.resize(self.width(), max(self.sizeHint().height(), self.heightForWidth(self.width())))

    @Slot()
    def _save(self, *_clicked: object, is_trial: bool = False) -> None:
        for field in self.fields.values():
            field.error(None)
        self.outcome.hide()
        if self._line is None:
            return
        self.saving(on=True)
        job = self._desk.tasks.write(save_telephone, self.draft(), self.password.text(), version=self._line.version)
        job.then(self._try if is_trial else self._saved, self._refused)

    def _saved(self, _line: Line) -> None:
        self.accept()

    def _try(self, line: Line) -> None:
        """It is saved; now see whether it works."""
        self._line = line
        self.password.clear()
        self._tell(message(N_("Testing…")))
        self._desk.tasks.run(try_out, line, data_folder()).then(self._works, self._does_not)

    def _works(self, said: Message) -> None:
        self.saving(on=False)
        self._tell(said)

    def _does_not(self, problem: Exception) -> None:
        self.outcome.hide()
        self.fail(problem)

    def _tell(self, said: Message) -> None:
        self.outcome.setText(i18n.say(said))
        self.outcome.show()

    def _refused(self, problem: Exception) -> None:
        key = _CODES.get(getattr(problem, "code", ""))
        if key is not None and isinstance(problem, UserError):
            self.saving(on=False)
            self.fields[key].error(problem.what)
        else:
            self.fail(problem)
