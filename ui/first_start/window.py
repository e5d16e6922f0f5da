"""The frame around the pages of the entrance: the mark above, one page, the languages always within reach."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app import i18n
from app.settings import Settings
from ui.first_start.page import Page
from ui.kit import theme
from ui.kit.preferences import Preferences
from ui.kit.translate import Texts
from ui.widgets.styled import heading, secondary, styled

__all__ = ["EntranceWindow"]

MARK = Path(__file__).resolve().parents[2] / "resources" / "icons" / "callboard.svg"


class EntranceWindow(QWidget):
    """Shows one page at a time. Signal: `left()` when the person closes it."""

    left = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._languages: dict[str, QToolButton] = {}
        self.setWindowTitle("Callboard")
        self.setWindowIcon(QIcon(str(MARK)))
        self.resize(theme.scale(680), theme.scale(640))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._make_head())
        self._stack = QStackedWidget()
        holder = QVBoxLayout()
        holder.setContentsMargins(theme.scale(48), theme.scale(28), theme.scale(48), theme.scale(24))
        self._step = secondary()
        self._step_texts = Texts(self._step)
        holder.addWidget(self._step)
        holder.addWidget(self._stack, 1)
        outer.addLayout(holder, 1)

    def _make_head(self) -> QWidget:
        head = styled(QWidget(), "toprow")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.scale(24), theme.scale(10), theme.scale(16), theme.scale(10))
        row.setSpacing(theme.scale(10))
        mark = QLabel()
        size = theme.scale(26)
        mark.setPixmap(QIcon(str(MARK)).pixmap(QSize(size, size)))
        row.addWidget(mark)
        name = heading()
        name.setText("Callboard")
        row.addWidget(name)
        row.addStretch(1)
        for code, language in i18n.LANGUAGES.items():
            button = QToolButton()
            button.setText(language.name)
            button.setAccessibleName(language.name)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._preferences.put, Settings.language, code))
            self._languages[code] = button
            row.addWidget(button)
        Texts(head).redo(self._mark_language)
        return head

    def _mark_language(self) -> None:
        self._languages[i18n.current().code].setChecked(True)

    @property
    def page(self) -> QWidget | None:
        """The page shown."""
        return self._stack.currentWidget()

    def show_page(self, page: Page, step: int = 0, steps: int = 0) -> None:
        """Bring a page up, with where it stands in a row of steps."""
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._step.setVisible(steps > 0)
        if steps:
            self._step_texts.redo(
                lambda: self._step.setText(i18n._("Step {number} of {count}", number=step, count=steps)), key="step"
            )
        self._stack.setCurrentWidget(page)
        page.begin()
        if not self.isVisible():
            self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes forward, Escape leaves."""
        page = self._stack.currentWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(page, Page):
            if page.forward_button.isVisible() and page.forward_button.isEnabled():
                page.forward.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is leaving."""
        super().closeEvent(event)
        self.left.emit()
