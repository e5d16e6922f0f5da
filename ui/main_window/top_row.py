"""The row over the content: where we are, search, alerts, and who we are."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStyle, QToolButton, QWidget

from app.domain.words import N_
from app.i18n import _, format_time
from ui.kit import icons, theme
from ui.kit.messages import Kind
from ui.kit.translate import Texts
from ui.main_window.message_bar import MessageBar
from ui.widgets.styled import heading, icon_button, styled

__all__ = ["TopRow"]


class TopRow(QWidget):
    """Signal: `search_wanted()` by the search button."""

    search_wanted = Signal()

    def __init__(self, bar: MessageBar, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "toprow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scale(16), 0, theme.scale(12), 0)
        row.setSpacing(theme.scale(8))
        self.title = heading()
        self.title.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Preferred)
        self._texts = Texts(self)
        self.search = self._make_search()
        self.alerts = icon_button("alerts", N_("Messages"))
        self.alerts.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._alerts_menu = QMenu(self.alerts)
        self._alerts_menu.aboutToShow.connect(self._list_messages)
        self.alerts.setMenu(self._alerts_menu)
        self.person = self._make_person(name)
        for widget, stretch in ((self.title, 1), (self.search, 0), (self.alerts, 0), (self.person, 0)):
            row.addWidget(widget, stretch)
        self._bar = bar
        bar.setParent(self)
        bar.appeared.connect(self._place_bar)
        theme.news.changed.connect(self._resize)
        self._resize()

    def set_title(self, text: str) -> None:
        """Say where we are; catalogue text."""
        self._texts.bind(self.title.setText, text)
        self._place_bar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The message line keeps its place between title and alerts."""
        super().resizeEvent(event)
        self._place_bar()

    def _make_search(self) -> QToolButton:
        button = styled(QToolButton(), "search")
        button.setIcon(icons.icon("search"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._texts.redo(lambda: button.setText(_("Find a command  {key}", key="Ctrl+K")))
        self._texts.bind(button.setAccessibleName, N_("Find a command"))
        button.clicked.connect(self.search_wanted)
        return button

    def _make_person(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(name)
        button.setIcon(icons.icon("user"))
        button.setIconSize(QSize(20, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._texts.redo(lambda: button.setAccessibleName(_("Menu of {name}", name=name)))
        return button

    def _list_messages(self) -> None:
        """The last messages, newest first."""
        self._alerts_menu.clear()
        recent = list(reversed(self._bar.history))[:12]
        for notice in recent:
            tone = "danger" if notice.kind is Kind.ERROR else notice.kind.value
            text = f"{format_time(notice.at)}  {notice.words()}"
            action = QAction(icons.icon(notice.kind.value, tone), text.replace("&", "&&"), self._alerts_menu)
            self._alerts_menu.addAction(action)
        if not recent:
            self._alerts_menu.addAction(_("No messages yet")).setEnabled(False)

    def _place_bar(self) -> None:
        height = theme.scale(38)
        before = self.title.sizeHint().width() + theme.scale(32)
        after = self.alerts.sizeHint().width() + self.person.sizeHint().width() + theme.scale(32)
        if self.width() - before - after < self._bar.wanted_width():
            before = theme.scale(8)
        place = QRect(before, (self.height() - height) // 2, self.width() - before - after, height)
        self._bar.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), place))

    def _resize(self) -> None:
        self.setFixedHeight(theme.scale(50))
