"""The connection to a server: address, database, log-in, line; tried before it is used, its failures explained."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from app import i18n
from app.bootstrap import Facts, ServerAddress, has_keyring, is_server, parts_of, split_host
from app.domain.words import N_
from app.settings import KnownDatabase
from ui.first_start.line import Line
from ui.first_start.page import Page
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.page import ScrolledPage
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import icon_button, push_button, styled

__all__ = ["ConnectPage"]


class ConnectPage(Page):
    """Signals: `test_wanted()`, `alone_wanted()` for the file on this computer, `forget_wanted(url)` for a known one,
    `key_wanted(url)` when the key store may know the password; `forward` connects.
    """

    test_wanted = Signal()
    alone_wanted = Signal()
    forget_wanted = Signal(str)
    key_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            N_("Connect to a server"),
            N_("Your administrator told you the server, the database and your log-in."),
            forward=N_("Connect"),
            back=N_("Work on this computer alone"),
        )
        self.back.connect(self.alone_wanted)
        self._databases: tuple[KnownDatabase, ...] = ()
        self._asked_for = ""
        self.has_kept = False
        self._form = Form()
        self._build_known()
        self._build_fields()
        self.body.addWidget(ScrolledPage(self._form, theme.scale(200)), 1)
        self._build_keep()
        self._found = styled(QLabel(), "success")
        self._found.setTextFormat(Qt.TextFormat.PlainText)
        self._found.setWordWrap(True)
        self._found.hide()
        self.body.addWidget(self._found)
        self.test_button = push_button(N_("Test"))
        self.test_button.clicked.connect(self.test_wanted)
        self.buttons.insertWidget(self.buttons.count() - 1, self.test_button)

    # --- Putting together

    def _build_known(self) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(6))
        self.known = Picker(nothing=N_("Another one"))
        self.known.changed.connect(self._take_known)
        row.addWidget(self.known, 1)
        self.forget_button = icon_button("delete", N_("Remove from the list"))
        self.forget_button.clicked.connect(self._forget)
        row.addWidget(self.forget_button)
        holder.setFocusProxy(self.known)
        self._known_row = self._form.row(N_("Known servers"), holder)
        Texts(self.known).redo(self._offer)

    def _build_fields(self) -> None:
        self.host, self.database, self.login, self.password = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.second, self.name = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for field in (self.host, self.database, self.login):
            field.installEventFilter(self)
        self._host = self._form.row(N_("Server"), self.host, N_("For example crm.example.com or 192.168.1.10:5433"))
        self._database = self._form.row(N_("Database"), self.database)
        self._login = self._form.row(N_("Log-in name"), self.login, N_("For example u7"))
        self._password = self._form.row(N_("Password"), self.password)
        self._key_words = Texts(self.password)
        self.line = Line(self._form)
        self._second = self._form.row(
            N_("Second server"), self.second, N_("Where there is one: it takes over when the first one fails.")
        )
        self._form.row(N_("Name in the list"), self.name, N_("Left empty, it is the name of the database."))
        for each in (self.host, self.second):
            each.textChanged.connect(self._meet_host)

    def _build_keep(self) -> None:
        self.keep = QCheckBox()
        self._has_keyring = has_keyring()
        self.keep.setEnabled(self._has_keyring)
        Texts(self.keep).bind(
            self.keep.setText,
            N_("Keep the password in this computer's key store")
            if self._has_keyring
            else N_("This computer has no key store: the password is asked for each time"),
        )
        self.body.addWidget(self.keep)

    # --- What is known

    def offer(self, databases: tuple[KnownDatabase, ...]) -> None:
        """Offer the servers opened before."""
        self._databases = tuple(database for database in databases if is_server(database.url))
        self._offer()

    def _offer(self) -> None:
        self.known.offer([Choice(database.url, _called(database)) for database in self._databases])
        self._known_row.set_visible(on=bool(self._databases))
        self.forget_button.setEnabled(self.known.value() is not None)

    def show_url(self, url: str) -> None:
        """Show a known address; its password is typed again where no key store knows it."""
        self._take_known(url)

    def begin(self) -> None:
        """The first empty field."""
        fields = (self.host, self.database, self.login, self.password)
        empty = next((field for field in fields if not field.text()), self.password)
        empty.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- What is typed

    def check(self) -> bool:
        """Everything but the password is needed: some servers ask for none."""
        self._form.clear_errors()
        self._found.hide()
        for field, row in ((self.host, self._host), (self.database, self._database), (self.login, self._login)):
            if not field.text().strip():
                row.error(N_("This is missing."))
        for field, row in ((self.host, self._host), (self.second, self._second)):
            if split_host(field.text())[1] == 0:
                row.error(N_("The port is a number between 1 and 65535."))
        self.line.check()
        return self._form.first_error() is None

    @property
    def address(self) -> ServerAddress:
        """What is typed, but for the password."""
        host, port = split_host(self.host.text())
        return ServerAddress(
            host,
            self.database.text().strip(),
            self.login.text().strip(),
            port or None,
            self.second.text().strip(),
            self.line.tls,
            self.line.certificate,
        )

    def url(self) -> str:
        """The whole address, with the password."""
        return self.address.url(self.password.text())

    @Slot()
    def _meet_host(self) -> None:
        self.line.meet_host(leaves=self.address.leaves)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Once the address is typed the key store is asked for its password."""
        if event.type() == QEvent.Type.FocusOut:
            self._ask_for_key()
        return super().eventFilter(watched, event)

    def _ask_for_key(self) -> None:
        address = self.address
        if not self._has_keyring or not (address.host and address.database and address.login):
            return
        url = address.url("")
        if url != self._asked_for:
            self._asked_for = url
            self.key_wanted.emit(url)

    # --- What came of it

    def tell_key(self, url: str, *, is_kept: bool) -> None:
        """The key store has answered for this address."""
        if url != self._asked_for:
            return
        self.has_kept = is_kept
        self.keep.setChecked(is_kept)
        kept = N_("Kept in this computer's key store")
        self._key_words.redo(lambda: self.password.setPlaceholderText(i18n._(kept) if is_kept else ""), key="kept")

    def busy(self, *, on: bool) -> None:
        """Nothing is asked twice."""
        super().busy(on=on)
        self.test_button.setEnabled(not on)

    def tell_found(self, facts: Facts) -> None:
        """The test went well."""
        self.busy(on=False)
        self.forget_error()
        self._found.setText(i18n._("The server answers: PostgreSQL {version}.", version=facts.version))
        self._found.show()
        self.line.tell_found(facts)

    def _name_forward(self, text: str) -> Callable[[], object]:
        return lambda: self.forward_button.setText(i18n._(text))

    def warn_open(self) -> None:
        """Others could read the line: whoever wants it all the same says so."""
        self.busy(on=False)
        self.line.warn()
        Texts(self.forward_button).redo(self._name_forward(N_("Connect all the same")), key="open")

    @Slot(object)
    def _take_known(self, url: str | None) -> None:
        self.forget_button.setEnabled(url is not None and any(known.url == url for known in self._databases))
        if not url:
            return
        parts = parts_of(str(url))
        self._form.clear_errors()
        self._found.hide()
        self.forget_error()
        self.host.setText(parts.shown_host)
        self.second.setText(parts.second)
        self.database.setText(parts.database)
        self.login.setText(parts.login)
        self.name.setText(next((known.name for known in self._databases if known.url == url), ""))
        self.line.show_line(parts.tls, parts.certificate, is_chosen=True)
        self.line.meet_host(leaves=parts.leaves)
        self.password.clear()
        self._ask_for_key()
        self.begin()

    @Slot()
    def _forget(self) -> None:
        url = self.known.value()
        if url is not None:
            self._databases = tuple(known for known in self._databases if known.url != url)
            self.known.set_value(None)
            self._offer()
            self.forget_wanted.emit(str(url))


def _called(database: KnownDatabase) -> str:
    """Name, where it is, and when it was opened last."""
    parts = parts_of(database.url)
    name, place = isolate(database.name or parts.database), isolate(f"{parts.login}@{parts.shown_host}")
    if not database.used:
        return f"{name} · {place}"
    return f"{name} · {place} · {i18n.format_datetime(datetime.fromisoformat(database.used).astimezone())}"
