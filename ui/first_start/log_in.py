"""The log-in of a single seat: a convenience, and it says so."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from app.domain.words import N_
from ui.first_start.assistant import HONEST
from ui.first_start.page import Page
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.styled import secondary

__all__ = ["LogInPage"]


class LogInPage(Page):
    """Log-in name and password; `back` leads to another database."""

    def __init__(self) -> None:
        super().__init__(N_("Log in"), "", forward=N_("Log in"), back=N_("Another database"))
        self._form = Form()
        self.login = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._login = self._form.row(N_("Log-in name"), self.login)
        self._password = self._form.row(N_("Password"), self.password)
        self.body.addWidget(self._form)
        self.stay = QCheckBox()
        Texts(self.stay).bind(self.stay.setText, N_("Stay logged in on this computer"))
        self.body.addWidget(self.stay)
        self.body.addWidget(secondary(HONEST))

    def begin(self) -> None:
        """The first empty field."""
        empty = self.login if not self.login.text() else self.password
        empty.setFocus(Qt.FocusReason.OtherFocusReason)
        self.password.clear()

    def check(self) -> bool:
        """Both are typed."""
        self._form.clear_errors()
        if not self.login.text().strip():
            self._login.error(N_("The log-in name is missing."))
        if not self.password.text():
            self._password.error(N_("The password is missing."))
        return self._form.first_error() is None
