"""The last check of the points in words, a button that checks them again, and whatever is found to be wrong."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTextEdit, QVBoxLayout, QWidget

from app.domain.points.differences import outcome, words
from app.domain.words import N_, Message, counted, message
from app.i18n import say
from app.services.points.verifying import Verified, last, verify
from ui.kit import icons, theme
from ui.kit.screen import Desk
from ui.kit.tasks import Executor, Job, Latest, Progress
from ui.kit.translate import Texts
from ui.widgets.busy import BusyStrip
from ui.widgets.styled import push_button, styled

__all__ = ["VerifyStrip"]

_RUNNING = N_("Verifying the points")
_ICON = QSize(18, 18)
_LINES = 6


class VerifyStrip(QWidget):
    """One line, for those who may see all points."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shown: Verified | None = None
        self._job: Job[Verified] | None = None
        self._is_stale = True
        self._last = Latest(desk.tasks)
        self._texts = Texts(self)
        self._picture = QLabel()
        self.words = styled(QLabel(), "secondary")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.busy = BusyStrip()
        self.button = push_button(N_("Verify"), "check")
        self.button.clicked.connect(self.run)
        self._texts.bind(self.button.setToolTip, N_("Hold every total against the rows it is made of"))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(8))
        row.addWidget(self._picture)
        row.addWidget(self.words, 1)
        row.addWidget(self.busy)
        row.addWidget(self.button)
        self.differences = QTextEdit()
        self.differences.setReadOnly(True)
        self.differences.setAcceptRichText(False)
        self.differences.setTabChangesFocus(True)
        self.differences.hide()
        self._texts.bind(self.differences.setAccessibleName, N_("Differences"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        column.addLayout(row)
        column.addWidget(self.differences)
        self._texts.redo(self._speak, key="words")
        theme.news.changed.connect(self._dress)
        desk.bridge.rows_changed.connect(self._hear)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the last check when it is first seen, and when another came meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self._read()

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        if table == "points_checks":
            self._is_stale = True
            if self.isVisible():
                self._read()

    def _read(self) -> None:
        self._is_stale = False
        self._last.read(last).then(self._show, self._leave)

    def _leave(self, _problem: Exception) -> None:
        """Nobody asked for it: it is read again when the strip is shown the next time."""
        self._is_stale = True

    def _show(self, verified: Verified | None) -> None:
        self._shown = verified
        self._texts.redo(self._speak, key="words")

    @Slot()
    def run(self) -> None:
        """Check everything now; one check at a time."""
        if self._job is not None:
            return
        self.button.setEnabled(False)
        self._job = self._desk.tasks.long(_RUNNING, _verify, self._desk.backend)
        self._job.then(self._done)
        self._job.ended.connect(self._end)
        self.busy.follow(self._job, _RUNNING)

    def _done(self, verified: Verified) -> None:
        self._last.cancel()
        self._show(verified)
        self._is_stale = False

    @Slot()
    def _end(self) -> None:
        self._job = None
        self.button.setEnabled(True)

    def _speak(self) -> None:
        found = self._shown
        self.words.setText("" if self._is_stale and found is None else say(_sentence(found)))
        lines = [] if found is None else [say(words(each)) for each in found.differences]
        if found is not None and found.wrong > len(lines):
            more = found.wrong - len(lines)
            lines.append(say(counted("And {count} more.", "And {count} more.", more)))
        self.differences.setPlainText("\n".join(lines))
        self.differences.setVisible(bool(lines))
        self._dress()

    @Slot()
    def _dress(self) -> None:
        is_wrong = self._shown is not None and self._shown.wrong > 0
        styled(self.words, "error" if is_wrong else "secondary")
        self._picture.setVisible(self._shown is not None)
        kind = ("error", "danger") if is_wrong else ("success", "success")
        self._picture.setPixmap(icons.icon(*kind).pixmap(_ICON))
        lines = min(_LINES, self.differences.document().blockCount())
        self.differences.setFixedHeight(self.differences.fontMetrics().lineSpacing() * lines + theme.scale(16))


def _verify(progress: Progress, backend: Executor) -> Verified:
    return verify(backend.execute, progress)


def _sentence(found: Verified | None) -> Message:
    if found is None:
        return message(N_("These points were not verified yet."))
    came_to = outcome(found.entries, found.wrong)
    at = found.at.astimezone(ZoneInfo(found.time_zone))
    if found.by:
        return message(N_("{outcome} Verified {at} by {name}."), outcome=came_to, at=at, name=found.by)
    return message(N_("{outcome} Verified {at}."), outcome=came_to, at=at)
