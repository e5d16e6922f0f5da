"""How a widget says what it is to the style sheet, and the few parts every screen is made of."""

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from ui.kit import icons, theme
from ui.kit.translate import Texts

__all__ = [
    "body", "foot_row", "hairline", "heading", "icon_button", "plain", "primary_button", "push_button", "secondary",
    "styled", "tool", "tool_row",
]  # fmt: skip

W = TypeVar("W", bound=QWidget)
ICON = QSize(18, 18)


def styled(widget: W, look: str) -> W:
    """Give the widget a look of the style sheet: primary, quiet, danger, heading, error, card ..."""
    if widget.property("look") == look:
        return widget
    widget.setProperty("look", look)
    # A widget not shown yet is polished when it is; one that was takes no notice of the property by itself.
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
    return widget


def _label(text: str, look: str) -> QLabel:
    label = styled(QLabel(), look)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if text:
        Texts(label).bind(label.setText, text)
    return label


def heading(text: str = "") -> QLabel:
    """A heading; `text` is catalogue text."""
    return _label(text, "heading")


def secondary(text: str = "") -> QLabel:
    """A smaller, muted text that wraps; `text` is catalogue text."""
    label = _label(text, "secondary")
    label.setWordWrap(True)
    return label


def body(text: str = "") -> QLabel:
    """Body text in one line; `text` is catalogue text."""
    return _label(text, "body")


def plain(text: str = "") -> QLabel:
    """Data in one line, shown as it is whatever it looks like."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    return label


def push_button(text: str, icon: str | None = None, look: str = "") -> QPushButton:
    """A button; `text` is catalogue text, a verb."""
    button = QPushButton()
    Texts(button).bind(button.setText, text)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    if icon:
        button.setIcon(icons.icon(icon, "on_accent" if look == "primary" else "muted"))
        button.setIconSize(ICON)
    return styled(button, look) if look else button


def primary_button(text: str, icon: str | None = None) -> QPushButton:
    """The one button of a screen that does its main act."""
    return push_button(text, icon, "primary")


def icon_button(icon: str, name: str, tone: str = "muted") -> QToolButton:
    """A button that shows only an icon; `name` is catalogue text, for the tooltip and for screen readers."""
    button = QToolButton()
    button.setIcon(icons.icon(icon, tone))
    button.setIconSize(ICON)
    button.setAutoRaise(True)
    texts = Texts(button)
    texts.bind(button.setToolTip, name)
    texts.bind(button.setAccessibleName, name)
    return button


def tool(action: QAction, *, with_text: bool = False) -> QToolButton:
    """A tool button for the action of a command."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(ICON)
    button.setAutoRaise(True)
    both, only = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
    button.setToolButtonStyle(both if with_text else only)
    action.changed.connect(lambda: button.setAccessibleName(action.text()))
    button.setAccessibleName(action.text())
    return button


def hairline() -> QFrame:
    """A line of one pixel between two areas."""
    line = styled(QFrame(), "hairline")
    line.setFixedHeight(max(1, theme.scale(1)))
    return line


def foot_row() -> tuple[QWidget, QHBoxLayout]:
    """The row of buttons below a form or a list, and the layout that takes them."""
    holder = styled(QWidget(), "statusrow")
    holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    row = QHBoxLayout(holder)
    row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
    return holder, row


def tool_row(*, spacing: int = 12) -> tuple[QWidget, QHBoxLayout]:
    """The row of search, filters and buttons above a list, and the layout that takes them."""
    holder = styled(QWidget(), "toolrow")
    holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    row = QHBoxLayout(holder)
    row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
    row.setSpacing(theme.scale(spacing))
    return holder, row
