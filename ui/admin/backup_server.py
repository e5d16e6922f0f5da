"""What the one who looks after the server does for its backups: the line to run every night, and the way back."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.words import N_
from app.services.backup.place import Place
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import heading, push_button, secondary, styled

__all__ = ["ServerBackups"]

NIGHTLY = N_(
    "A server is backed up where it runs, every night, by the one who looks after it. It does not hold anybody up, and "
    "no password is in the file. The migrator's password belongs into the file .pgpass of the account that runs it."
)
BACK = N_(
    "A restore makes a new database, compares every table with the backup, and only then gives it the name; what was "
    "there before is kept under another name. It takes the log-in of the server's superuser:"
)
WHO = N_(
    "Passwords are not in a backup. On the same server everybody keeps his own; on another one the administrator gives "
    "each user a new one."
)


class _Line(QWidget):
    """A command to be copied; it is no language of people and reads from the left everywhere."""

    def __init__(self, command: str, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(6))
        self.text = styled(QLineEdit(command), "code")
        self.text.setReadOnly(True)
        self.text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        face.setPointSizeF(theme.font(9).pointSizeF())
        self.text.setFont(face)
        self.text.setCursorPosition(0)
        Texts(self.text).bind(self.text.setAccessibleName, name)
        column.addWidget(self.text)
        self.copy_button = push_button(N_("Copy"), "copy")
        self.copy_button.clicked.connect(self._copy)
        column.addWidget(self.copy_button)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.text())


class ServerBackups(QWidget):
    """Nothing here is pressed but Copy."""

    def __init__(self, found: Place) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 16, 16, 16)])
        column.setSpacing(theme.scale(10))
        column.addWidget(heading(N_("Every night")))
        column.addWidget(secondary(NIGHTLY))
        self.backup = _Line(found.command, N_("Command for the backup"))
        column.addWidget(self.backup)
        column.addSpacing(theme.scale(12))
        column.addWidget(heading(N_("The way back")))
        column.addWidget(secondary(BACK))
        superuser = found.address.replace(f"{found.address.partition('//')[2].partition('@')[0]}@", "postgres@")
        self.restore = _Line(f"callboard restore FILE --replace --database {superuser}", N_("Command for the restore"))
        column.addWidget(self.restore)
        column.addWidget(secondary(WHO))
        column.addStretch(1)
        self.setFocusProxy(self.backup.text)
