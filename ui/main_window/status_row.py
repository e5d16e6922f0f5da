"""The row at the foot: what was saved and when, which database, how it is reached, what still waits."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.i18n import _, _n, format_time
from ui.kit import icons, theme
from ui.kit.bridge import Bridge, Connection
from ui.kit.tasks import Job, Tasks
from ui.kit.translate import Texts
from ui.widgets.busy import BusyStrip
from ui.widgets.styled import styled

__all__ = ["StatusRow"]

LOOKS = {
    Connection.ONLINE: ("online", "success"),
    Connection.RECONNECTING: ("reconnecting", "warning"),
    Connection.LATE: ("waiting", "muted"),
    Connection.HELD_BACK: ("waiting", "warning"),
    Connection.READ_ONLY: ("lock", "warning"),
    Connection.OFFLINE: ("offline", "danger"),
}


class StatusRow(QWidget):
    """Tells at a glance that the work is safe."""

    def __init__(self, tasks: Tasks, bridge: Bridge, database: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "statusrow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tasks = tasks
        self._bridge = bridge
        self._saved_at: datetime | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scale(12), 0, theme.scale(12), 0)
        row.setSpacing(theme.scale(16))
        self._saved = self._label()
        self._waiting = self._label()
        self._waiting.hide()
        self._busy = BusyStrip()
        self._database = self._label()
        self._picture = QLabel()
        self._state = self._label()
        self._sync = self._label()
        for widget in (self._saved, self._waiting, self._busy):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self._database, self._sync):
            row.addWidget(widget)
        pair = QHBoxLayout()
        pair.setSpacing(theme.scale(6))
        pair.addWidget(self._picture)
        pair.addWidget(self._state)
        row.addLayout(pair)
        self._texts = Texts(self)
        # A server's name is in no catalogue and comes back as it is; "This computer" is translated.
        self._texts.bind(self._database.setText, database)
        self._connect()

    def keep(self, widget: QWidget) -> None:
        """Show one thing more beside what was saved."""
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(layout.indexOf(self._busy) + 1, widget)

    def _connect(self) -> None:
        # A failed write is told in the message bar; only the waiting count is ours. The delay keeps the row calm.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(300)
        self._patience.timeout.connect(self._show_waiting)
        self._tasks.waiting_changed.connect(self._count_waiting)
        self._tasks.saved.connect(self._note_saved)
        self._tasks.long_started.connect(self._follow)
        self._bridge.connection_changed.connect(self._show_state)
        self._bridge.synced.connect(self._show_sync)
        theme.news.changed.connect(self._repaint)
        self._texts.redo(self._retranslate)
        self._repaint()

    @staticmethod
    def _label() -> QLabel:
        label = styled(QLabel(), "secondary")
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _retranslate(self) -> None:
        self._show_saved()
        self._show_waiting()
        self._show_state()
        self._show_sync()

    @Slot()
    def _note_saved(self) -> None:
        self._saved_at = datetime.now().astimezone()
        self._show_saved()

    def _show_saved(self) -> None:
        if self._saved_at is None:
            self._saved.setText(_("Everything is saved"))
        else:
            self._saved.setText(_("Saved {time}", time=format_time(self._saved_at)))

    @Slot(int)
    def _count_waiting(self, count: int) -> None:
        if count == 0:
            self._patience.stop()
            self._show_waiting()
        elif not self._patience.isActive() and self._waiting.isHidden():
            self._patience.start()
        elif not self._waiting.isHidden():
            self._show_waiting()

    @Slot()
    def _show_waiting(self) -> None:
        count = self._tasks.waiting
        self._waiting.setVisible(count > 0)
        self._waiting.setText(_n("{count} waiting to be saved", "{count} waiting to be saved", count))

    @Slot()
    def _show_state(self) -> None:
        name, tone = LOOKS[self._bridge.connection]
        self._picture.setPixmap(icons.icon(name, tone).pixmap(16, 16))
        self._state.setText(_(self._bridge.connection.value))

    @Slot()
    def _show_sync(self) -> None:
        last = self._bridge.last_sync
        said = _("Synchronised {time}", time=format_time(last.astimezone())) if last else ""
        if said != self._sync.text():
            self._sync.setText(said)
        self._sync.setVisible(bool(said))

    @Slot(object, object)
    def _follow(self, job: Job[object], text: str) -> None:
        self._busy.follow(job, text)

    @Slot()
    def _repaint(self) -> None:
        self.setFixedHeight(theme.scale(28))
        self._show_state()
