"""The connection to a server: address, database, log-in; tried before it is used, its failures explained."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit

from app import i18n
from app.bootstrap import ServerAddress, has_keyring, is_server, parts_of
from app.domain.words import N_
from app.settings import KnownDatabase
from ui.first_start.page import Page
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import push_button, styled

__all__ = ["ConnectPage"]


class ConnectPage(Page):
    """Signals: `test_wanted()`, `alone_wanted()` for the file on this computer; `forward` connects."""

    test_wanted = Signal()
    alone_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(
            N_("Connect to a server"),
            N_("Your administrator told you the server, the database and your log-in."),
            forward=N_("Connect"),
            back=N_("Work on this computer alone"),
        )
        self.back.connect(self.alone_wanted)
        self._known: tuple[str, ...] = ()
        self._form = Form()
        self.known = Picker(nothing=N_("Another one"))
        self.known.changed.connect(self._take_known)
        self.host, self.database, self.login, self.password = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._known_row = self._form.row(N_("Known databases"), self.known)
        self._host = self._form.row(N_("Server"), self.host, N_("For example crm.example.com or 192.168.1.10:5433"))
        self._database = self._form.row(N_("Database"), self.database)
        self._login = self._form.row(N_("Log-in name"), self.login, N_("For example u7"))
        self._password = self._form.row(N_("Password"), self.password)
        self.body.addWidget(self._form)
        self.keep = QCheckBox()
        texts = Texts(self.keep)
        self._has_keyring = has_keyring()
        self.keep.setEnabled(self._has_keyring)
        texts.bind(
            self.keep.setText,
            N_("Keep the password in this computer's key store")
            if self._has_keyring
            else N_("This computer has no key store: the password is asked for each time"),
        )
        self.body.addWidget(self.keep)
        self._found = styled(QLabel(), "success")
        self._found.setTextFormat(Qt.TextFormat.PlainText)
        self._found.setWordWrap(True)
        self._found.hide()
        self.body.addWidget(self._found)
        self.test_button = push_button(N_("Test"))
        self.test_button.clicked.connect(self.test_wanted)
        self.buttons.insertWidget(self.buttons.count() - 1, self.test_button)

    def offer(self, databases: tuple[KnownDatabase, ...]) -> None:
        """Offer the servers opened before."""
        known = [database for database in databases if is_server(database.url)]
        self.known.offer([Choice(database.url, database.name or database.url) for database in known])
        self._known_row.set_visible(on=bool(known))

    def show_url(self, url: str) -> None:
        """Show a known address; its password is typed again."""
        self._take_known(url)

    def begin(self) -> None:
        """The first empty field."""
        fields = (self.host, self.database, self.login, self.password)
        empty = next((field for field in fields if not field.text()), self.password)
        empty.setFocus(Qt.FocusReason.OtherFocusReason)

    def check(self) -> bool:
        """Everything but the password is needed: some servers ask for none."""
        self._form.clear_errors()
        self._found.hide()
        for field, row in ((self.host, self._host), (self.database, self._database), (self.login, self._login)):
            if not field.text().strip():
                row.error(N_("This is missing."))
        if self._port() == 0:
            self._host.error(N_("The port is a number between 1 and 65535."))
        return self._form.first_error() is None

    def url(self) -> str:
        """The whole address, with the password."""
        host = self.host.text().strip()
        port = self._port()
        if port:
            host = host.rpartition(":")[0]
        address = ServerAddress(host, self.database.text().strip(), self.login.text().strip(), port)
        return address.url(self.password.text())

    def _port(self) -> int | None:
        """The port typed after a colon; None without one, 0 for what is none."""
        host, colon, typed = self.host.text().strip().rpartition(":")
        if not colon or ":" in host:
            return None
        return int(typed) if typed.isdecimal() and 0 < int(typed) < 65536 else 0

    def busy(self, *, on: bool) -> None:
        """Nothing is asked twice."""
        super().busy(on=on)
        self.test_button.setEnabled(not on)

    def tell_found(self, version: str) -> None:
        """The test went well."""
        self.busy(on=False)
        self.forget_error()
        self._found.setText(i18n._("The server answers: PostgreSQL {version}.", version=version))
        self._found.show()

    @Slot(object)
    def _take_known(self, url: str | None) -> None:
        if not url:
            return
        parts = parts_of(str(url))
        self.host.setText(f"{parts.host}:{parts.port}" if parts.port else parts.host)
        self.database.setText(parts.database)
        self.login.setText(parts.login)
        self.password.clear()
        self.begin()
