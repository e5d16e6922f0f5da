"""The fields of a connection that say how safe its line is, and in words what that means."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QWidget

from app import i18n
from app.bootstrap import Facts, Tls
from app.domain.words import N_
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import push_button, styled

__all__ = ["Line"]

_TEXTS = {
    Tls.SYSTEM: N_("Encrypted, this computer checks the certificate"),
    Tls.COMPANY: N_("Encrypted, checked by the company's certificate"),
    Tls.ENCRYPTED: N_("Encrypted, the certificate is not checked"),
    Tls.OFFERED: N_("Encrypted only if the server offers it"),
}
_KINDS = N_("Certificates (*.crt *.pem *.cer);;All files (*)")


class _FileField(QWidget):
    """The path of a file, typed or chosen."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(6))
        self.path = QLineEdit()
        self.path.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        row.addWidget(self.path, 1)
        self.button = push_button(N_("Choose…"), "folder")
        self.button.clicked.connect(self._choose)
        row.addWidget(self.button)
        self.setFocusProxy(self.path)

    @Slot()
    def _choose(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, i18n._("The company's certificate"), str(Path(self.path.text()).parent), i18n._(_KINDS)
        )
        if name:
            self.path.setText(name)


class Line(QWidget):
    """Which line is wanted, and what came of it. Signal: `changed()`."""

    changed = Signal()

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._is_chosen = False
        self.choice = Picker()
        self.choice.changed.connect(self._choose)
        form.row(N_("Encryption"), self.choice)
        self.file = _FileField()
        self.file.path.textChanged.connect(self.changed)
        self._file = form.row(
            N_("Certificate"), self.file, N_("The file your administrator gave you; it is no secret.")
        )
        self._told = QLabel()
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setWordWrap(True)
        self._words = Texts(self._told)
        self._told_row = form.row("", self._told)
        self._leaves = False
        Texts(self.choice).redo(self._offer)
        self.show_line(Tls.SYSTEM, "")

    def _offer(self) -> None:
        self.choice.offer([Choice(each.value, i18n._(text)) for each, text in _TEXTS.items()])

    @property
    def tls(self) -> Tls:
        """What is wanted."""
        return Tls(str(self.choice.value()))

    @property
    def certificate(self) -> str:
        """The path of the company's certificate."""
        return self.file.path.text().strip()

    def show_line(self, tls: Tls, certificate: str, *, is_chosen: bool = False) -> None:
        """Show what is known of an address."""
        self._is_chosen = is_chosen
        self.choice.set_value(tls.value)
        self.file.path.setText(certificate)
        self._follow()

    def meet_host(self, *, leaves: bool) -> None:
        """Nothing that stays on this computer needs a certificate; whatever leaves it should have one."""
        self._leaves = leaves
        if not self._is_chosen:
            self.choice.set_value((Tls.SYSTEM if leaves else Tls.OFFERED).value)
        self._follow()

    def check(self) -> None:
        """Say under the field what is wrong with the certificate."""
        if self.tls is not Tls.COMPANY:
            return
        if not self.certificate:
            self._file.error(N_("This is missing."))
        elif not Path(self.certificate).is_file():
            self._file.error(N_("There is no such file."))

    def tell_found(self, facts: Facts) -> None:
        """What the line turned out to be."""
        if facts.tls:
            self._say("success", N_("The line is encrypted ({version})."), version=facts.tls)
        elif facts.is_open:
            self.warn()
        else:
            self._say("secondary", N_("The server is on this computer: nothing leaves it."))

    def warn(self) -> None:
        """The line can be read by others."""
        self._say("warning", N_("The line is not encrypted: others on the network can read what is said on it."))

    @Slot()
    def _choose(self) -> None:
        self._is_chosen = True
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        self._file.set_visible(on=self.tls is Tls.COMPANY)
        if self.tls is not Tls.OFFERED:
            self._told_row.set_visible(on=False)
        elif self._leaves:
            self._say("warning", N_("Without encryption others on the network can read what is said."))
        else:
            self._say("secondary", N_("The server is on this computer: nothing leaves it."))

    def _say(self, look: str, text: str, **fields: object) -> None:
        styled(self._told, look)
        self._words.redo(lambda: self._told.setText(i18n._(text, **fields)), key="told")
        self._told_row.set_visible(on=True)
