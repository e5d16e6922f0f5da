"""A part of the home page: its heading with a number, its lines, and what stands there when there are none."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.i18n import _
from ui.home.lines import Line, LinesView
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import heading, plain, secondary, styled

__all__ = ["Part"]


class Part(QWidget):
    """`title` and `nothing` are catalogue texts; `tools` stand beside the heading."""

    def __init__(self, title: str, nothing: str, *tools: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (12, 10, 12, 10)])
        column.setSpacing(theme.scale(6))
        head = QHBoxLayout()
        head.setSpacing(theme.scale(8))
        head.addWidget(heading(title))
        self.number = styled(plain(), "secondary")
        head.addWidget(self.number)
        head.addStretch(1)
        for tool in tools:
            head.addWidget(tool)
        column.addLayout(head)
        self.view = LinesView()
        Texts(self.view).bind(self.view.setAccessibleName, title)
        self._nothing = secondary(nothing)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.view)
        self.is_read = False
        self._stack.setCurrentWidget(self.view)
        theme.news.changed.connect(self._limit)
        self._limit()

    def show_lines(self, lines: Sequence[Line], *, has_more: bool = False) -> None:
        """Show these, and how many they are."""
        self.is_read = True
        had_focus = self.view.hasFocus()
        self.view.show_lines(lines)
        self.number.setText(_("{count}+", count=len(lines)) if has_more else str(len(lines)) if lines else "")
        self._stack.setCurrentWidget(self.view if lines else self._nothing)
        if had_focus and not lines:
            self.setFocus()

    @Slot()
    def _limit(self) -> None:
        self.setMinimumHeight(theme.scale(140))
