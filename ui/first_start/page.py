"""What every page of the entrance is: a title, a sentence, fields, what is wrong, and two buttons below."""

import logging

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app import i18n
from app.domain.errors import UserError
from app.domain.words import N_, Message, message
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import ICON, heading, primary_button, push_button, secondary, styled

__all__ = ["ChoiceCard", "Page", "as_user_error"]

log = logging.getLogger(__name__)


class Page(QWidget):
    """Signals: `forward()` by the main button or Enter, `back()` by the other one. All texts are catalogue texts."""

    forward = Signal()
    back = Signal()

    def __init__(self, title: str, text: str, forward: str = N_("Next"), back: str = N_("Back")) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(6))
        self.title = heading(title)
        styled(self.title, "figure")
        self.title.setWordWrap(True)
        column.addWidget(self.title)
        if text:
            column.addWidget(secondary(text))
        column.addSpacing(theme.scale(12))
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.scale(8))
        column.addLayout(self.body)
        self._wrong = styled(QLabel(), "error-box")
        self._wrong.setTextFormat(Qt.TextFormat.PlainText)
        self._wrong.setWordWrap(True)
        self._wrong.hide()
        self._words = Texts(self._wrong)
        column.addSpacing(theme.scale(4))
        column.addWidget(self._wrong)
        column.addStretch(1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.scale(8))
        self.back_button = push_button(back)
        self.back_button.clicked.connect(self.back)
        self.forward_button = primary_button(forward)
        self.forward_button.setDefault(True)
        self.forward_button.clicked.connect(self.forward)
        self.buttons.addWidget(self.back_button)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.forward_button)
        column.addLayout(self.buttons)

    def begin(self) -> None:
        """Put the cursor where the person begins; called each time the page comes up."""
        self.forward_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def check(self) -> bool:
        """Whether everything is filled in; says under each field what is not."""
        return True

    def busy(self, *, on: bool) -> None:
        """While something is under way nothing is asked twice."""
        self.forward_button.setEnabled(not on)
        self.back_button.setEnabled(not on)
        if on:
            self._wrong.hide()

    def fail(self, problem: UserError) -> None:
        """Say what went wrong and what can be done; everything typed stays."""
        self.busy(on=False)
        parts: list[Message] = [problem.what] if problem.hint is None else [problem.what, problem.hint]
        self._words.redo(lambda: self._wrong.setText("\n".join(i18n.say(part) for part in parts)), key="wrong")
        self._wrong.setVisible(True)

    def forget_error(self) -> None:
        """Nothing is wrong any more."""
        self._wrong.hide()


class ChoiceCard(QPushButton):
    """One of a few big choices: an icon, a title and a sentence. All texts are catalogue texts."""

    def __init__(self, title: str, text: str = "", icon: QIcon | None = None) -> None:
        super().__init__()
        styled(self, "choice")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(12)] * 4)
        row.setSpacing(theme.scale(12))
        self._icon = icon
        self._picture = QLabel()
        self._picture.setVisible(icon is not None)
        row.addWidget(self._picture)
        theme.news.changed.connect(self._paint_icon)
        self._paint_icon()
        column = QVBoxLayout()
        column.setSpacing(theme.scale(2))
        self.title = heading(title)
        column.addWidget(self.title)
        if text:
            column.addWidget(secondary(text))
        row.addLayout(column, 1)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        Texts(self).bind(self.setAccessibleName, title)
        if text:
            Texts(self).bind(self.setAccessibleDescription, text)

    @Slot()
    def _paint_icon(self) -> None:
        if self._icon is not None:
            self._picture.setPixmap(self._icon.pixmap(ICON * 1.4))

    def sizeHint(self) -> QSize:
        """As much as the words need."""
        layout = self.layout()
        return layout.sizeHint().expandedTo(QSize(0, theme.scale(56))) if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Never less than the words need."""
        return QSize(0, self.sizeHint().height())


def as_user_error(problem: Exception) -> UserError:
    """The failure in words; what nobody foresaw is logged and told in general."""
    if isinstance(problem, UserError):
        return problem
    log.error("unexpected failure at the entrance", exc_info=problem)
    return UserError(
        message(N_("Something went wrong that Callboard did not expect.")),
        message(N_("It is written in the log. Try again, or ask your administrator.")),
    )
