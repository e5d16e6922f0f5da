"""The proof of the dial desk: anybody runs it again, beside the work, and reads what became of each promise."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.dialer.proof import Proof
from app.domain.words import N_, Message
from ui.kit import icons, theme
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Progress
from ui.kit.translate import Texts
from ui.widgets.busy import BusyStrip
from ui.widgets.styled import heading, primary_button, push_button, secondary, styled

__all__ = ["ProofWindow", "prove"]

RUNNING = N_("Proving the dial desk")
WHAT = N_(
    "For about a minute 20 made-up agents ask for customers, and some of them are cut off in the middle. Then what "
    "every desk saw, and what the database wrote, is checked. It runs on a database of its own that is removed "
    "afterwards: your company's data is not touched."
)
_ICON = QSize(18, 18)


def prove(progress: Progress) -> Proof:
    """Run it; brought in only now, because the program's start can do without."""
    from app.cli.simulate.proof import prove as run

    return run(progress)


class ProofWindow(QDialog):
    """What will be done, a button that does it, and the answer in sentences."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk = desk
        self._job: Job[Proof] | None = None
        self._texts = Texts(self)
        self._texts.bind(self.setWindowTitle, N_("Proof of the dial desk"))
        self.resize(theme.scale(620), theme.scale(460))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.setSpacing(theme.scale(12))
        outer.addWidget(heading(N_("Nobody is ever with two agents at once")))
        outer.addWidget(secondary(WHAT))
        self.verdict = heading()
        self.verdict.setWordWrap(True)
        outer.addSpacing(theme.scale(8))
        outer.addWidget(self.verdict)
        self._place = QVBoxLayout()
        outer.addLayout(self._place)
        outer.addStretch(1)
        self._answer: QWidget | None = None
        self.sentences: list[QLabel] = []
        outer.addLayout(self._buttons())
        self._say(None)

    def _buttons(self) -> QHBoxLayout:
        self.start = primary_button(N_("Run the proof"))
        self.start.setDefault(True)
        self.start.clicked.connect(self.run)
        self.strip = BusyStrip()
        close = push_button(N_("Close"))
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(self.strip)
        row.addStretch(1)
        row.addWidget(self.start)
        row.addWidget(close)
        return row

    @Slot()
    def run(self) -> None:
        """Begin; one at a time."""
        if self._job is not None:
            return
        self._say(None)
        self._clear()
        self.start.setEnabled(False)
        self._job = self._desk.tasks.long(RUNNING, prove)
        self._job.then(self.show_proof, self._fail)
        self._job.ended.connect(self._end)
        self.strip.follow(self._job, RUNNING)

    @Slot(object)
    def show_proof(self, proof: Proof) -> None:
        """Tell what was found, the broken promise first of all."""
        self._say(N_("Every promise was kept.") if proof.is_right else N_("A promise was broken."), proof.is_right)
        self._clear()
        self._answer = QWidget()
        column = QVBoxLayout(self._answer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        for finding in sorted(proof.findings(), key=lambda each: each.is_kept):
            kept = ("success", "success") if finding.is_kept else ("error", "danger")
            column.addLayout(self._line(finding.text, *kept))
        for fact in proof.facts():
            column.addLayout(self._line(fact, "about", "muted"))
        self._place.addWidget(self._answer)

    def _line(self, text: Message, icon: str, tone: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        picture = QLabel()
        picture.setPixmap(icons.icon(icon, tone).pixmap(_ICON))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        label = styled(QLabel(), "body")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        Texts(label).say(label.setText, text)
        self.sentences.append(label)
        row.addWidget(label, 1)
        return row

    def _clear(self) -> None:
        self.sentences = []
        if self._answer is not None:
            self._answer.hide()
            self._answer.deleteLater()
            self._answer = None

    def _say(self, verdict: str | None, is_right: bool = True) -> None:
        self._texts.bind(self.verdict.setText, verdict or "")
        self.verdict.setVisible(verdict is not None)
        styled(self.verdict, "heading" if is_right else "error")

    def _fail(self, problem: Exception) -> None:
        self._say(N_("The proof could not be run to its end."), is_right=False)
        self._desk.messages.show_error(problem)

    @Slot()
    def _end(self) -> None:
        if self._job is not None and self._job.is_cancelled:
            self._say(N_("Stopped. Nothing was left behind."))
        self._job = None
        self.start.setEnabled(True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody is there for the answer any more."""
        if self._job is not None:
            self._job.cancel()
        super().closeEvent(event)
