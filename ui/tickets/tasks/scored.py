"""What a step of a task scored and by which setting, or why it scored nothing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.words import N_, Message
from app.i18n import say
from app.services.points.explaining import why_step
from ui.kit import theme
from ui.kit.bidi import sided
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.styled import heading, plain, styled

__all__ = ["WhyScored"]


class WhyScored(QWidget):
    """One step at a time."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked = Latest(desk.tasks)
        self._step_id: int | None = None
        self._told: tuple[Message, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        self.sentences = styled(plain(), "body")
        self.sentences.setWordWrap(True)
        self.sentences.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(heading(N_("Points")))
        column.addWidget(self.sentences)
        Texts(self).redo(self._fill)

    def explain(self, step_id: int | None) -> None:
        """Tell why this step scored what it did; None for no step."""
        self._asked.cancel()
        if step_id != self._step_id:
            self._step_id = step_id
            self._take(())
        if step_id is not None:
            self._asked.read(why_step, step_id).then(self._take)

    def _take(self, told: tuple[Message, ...]) -> None:
        self._told = told
        self._fill()

    def _fill(self) -> None:
        self.sentences.setText("\n".join(sided(say(each)) for each in self._told))
