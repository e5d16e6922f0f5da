"""How many mails wait to be sent, in the row at the foot; a click opens the outbox."""

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from app.domain.people import Permission
from app.i18n import _n
from ui.kit import icons, theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["UnsentMail"]

_AFTER_START_MS = 3000


class UnsentMail(QToolButton):
    """Hidden while everything has left; a mail that was given up is said before those that wait."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waiting = self._dead = 0
        self._reading = Latest(desk.tasks)
        styled(self, "quiet")
        self.setAutoRaise(True)
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.hide()
        self._texts = Texts(self)
        # News of many mails at once are one question.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_AFTER_START_MS)
        self._patience.timeout.connect(self.read)
        self._permit()
        desk.person.news.changed.connect(self._permit)
        self.clicked.connect(self._open)
        desk.bridge.rows_changed.connect(self._hear)
        theme.news.changed.connect(self._say)
        self._texts.redo(self._say)

    @Slot()
    def _permit(self) -> None:
        if self._desk.person.may(Permission.WORK_TASKS):
            self._patience.start()
        else:
            self._patience.stop()
            self._reading.cancel()
            self._take(0, 0)

    @Slot()
    def read(self) -> None:
        """Ask how many there are."""
        # Not needed by the start.
        from app.services.mail.standing import unsent

        self._patience.setInterval(300)
        if not self._desk.tasks.is_closed:
            self._reading.read(unsent).then(self._show, _unasked)

    @Slot(object)
    def _show(self, found: Any) -> None:
        self._take(found.waiting, found.dead)

    def _take(self, waiting: int, dead: int) -> None:
        self._waiting, self._dead = waiting, dead
        self._say()

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table == "outbox_messages" and self._desk.person.may(Permission.WORK_TASKS):
            self._patience.start()

    @Slot()
    def _open(self) -> None:
        self._desk.go("mail")

    @Slot()
    def _say(self) -> None:
        if self._dead:
            text = _n("{count} mail was not delivered", "{count} mails were not delivered", self._dead)
        else:
            text = _n("{count} waiting to send", "{count} waiting to send", self._waiting)
        self.setIcon(icons.icon("error" if self._dead else "mail-out", "danger" if self._dead else "muted"))
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(self._dead or self._waiting))


def _unasked(_problem: Exception) -> None:
    """The row already says when the database does not answer."""
