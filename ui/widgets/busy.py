"""Work under way: what it is, how far it is, and a way to stop it."""

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import theme
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.styled import icon_button, styled

__all__ = ["BusyStrip"]


class BusyStrip(QWidget):
    """Follows one job; hidden while there is none. Signal: `finished()`."""

    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job[Any] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(8))
        self._text = styled(QLabel(), "secondary")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(theme.scale(140))
        self._percent = styled(QLabel(), "secondary")
        self._cancel = icon_button("cancel", N_("Cancel"))
        self._cancel.clicked.connect(self.cancel)
        for widget in (self._text, self._bar, self._percent, self._cancel):
            row.addWidget(widget)
        self._texts = Texts(self)
        self.hide()

    def follow(self, job: Job[Any], text: str) -> None:
        """Show this job until it ends; `text` is catalogue text."""
        self._job = job
        self._texts.bind(self._text.setText, text)
        self._texts.bind(self._bar.setAccessibleName, text)
        self._bar.setRange(0, 0)
        self._percent.clear()
        job.progress.connect(self._advance)
        job.ended.connect(self._end)
        self.show()

    def cancel(self) -> None:
        """Stop the work at its next step."""
        if self._job is not None:
            self._job.cancel()

    @Slot(int, int)
    def _advance(self, done: int, total: int) -> None:
        # Not every engine has a progress bar for counts above 2^31, and percent is all one sees of it.
        percent = round(100 * done / total) if total > 0 else 0
        self._bar.setRange(0, 100 if total > 0 else 0)
        self._bar.setValue(percent)
        self._percent.setText(_("{percent} %", percent=percent) if total > 0 else "")

    @Slot()
    def _end(self) -> None:
        self._job = None
        self.hide()
        self.finished.emit()
