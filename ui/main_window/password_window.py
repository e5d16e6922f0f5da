"""The window in which somebody gives himself another password."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from app import bootstrap
from app.domain.passwords import check_password
from app.domain.words import N_, message
from app.services.people.logins import set_password
from ui.kit.screen import Desk
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form

__all__ = ["PasswordDialog"]


class PasswordDialog(FormDialog):
    """The new password, typed twice; it is kept nowhere but where log-ins are kept."""

    keeps_draft = False

    def __init__(self, desk: Desk, url: str, parent: QWidget) -> None:
        super().__init__(N_("Change my password"), messages=desk.messages, parent=parent)
        self._desk = desk
        self._url = url
        self._form = Form()
        self.password, self.again = QLineEdit(), QLineEdit()
        for field in (self.password, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self._password = self._form.row(
            N_("New password"), self.password, N_("At least 8 characters, not one that many people use.")
        )
        self._again = self._form.row(N_("The same again"), self.again)
        self.body.addWidget(self._form)
        self.save_requested.connect(self._save)

    @Slot()
    def _save(self) -> None:
        self._form.clear_errors()
        if trouble := check_password(self.password.text()):
            self._password.error(trouble)
        elif self.password.text() != self.again.text():
            self._again.error(N_("The two passwords are not the same."))
        if self._form.first_error() is not None:
            return
        who = self._desk.person.id
        assert who is not None, "whoever sits at a window is a user"
        self.saving(on=True)
        self._desk.tasks.write(set_password, who, self.password.text()).then(self._saved, self.fail)

    @Slot(object)
    def _saved(self, _nothing: object) -> None:
        if self._url:
            self._desk.tasks.run(bootstrap.renew_password, self._url, self.password.text())
        self._desk.messages.success(message(N_("Your password is changed.")))
        self.accept()
