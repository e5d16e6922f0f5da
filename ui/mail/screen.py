"""The mail screen: the outbox, what came in, and for administrators the templates."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_
from app.i18n import _
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.mail.incoming import IncomingView
from ui.mail.mail_list import MailList
from ui.mail.outbox import OutboxView
from ui.mail.templates import TemplatesView

__all__ = ["MailScreen"]

_LAST = "mail/tab"
_TEMPLATES = "templates"


class MailScreen(QWidget):
    """A tab for each; a page is made when it is first shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._pages: dict[str, QWidget] = {}
        self._tabs: list[tuple[str, str]] = [("outbox", N_("Outbox")), ("incoming", N_("Incoming"))]
        self._tabs.append((_TEMPLATES, N_("Templates")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for _key, text in self._tabs:
            self.tabs.addTab(text)
        column.addWidget(self.tabs)
        self.stack = QStackedWidget()
        column.addWidget(self.stack, 1)
        Texts(self).redo(self._name)
        self._permit()
        desk.person.news.changed.connect(self._permit)
        self.tabs.currentChanged.connect(self._turn)
        keys = [key for at, (key, _text) in enumerate(self._tabs) if self.tabs.isTabVisible(at)]
        last = desk.memory.get(_LAST)
        self.tabs.setCurrentIndex(keys.index(last) if last in keys else 0)
        self._turn()

    @Slot()
    def _permit(self) -> None:
        """The templates are the administrator's; Qt goes to another tab where the one in front is hidden."""
        at = [key for key, _text in self._tabs].index(_TEMPLATES)
        self.tabs.setTabVisible(at, self._desk.person.may(Permission.ADMINISTER))

    def page(self, key: str) -> QWidget:
        """Bring a tab to the front; its page."""
        self.tabs.setCurrentIndex([each for each, _text in self._tabs].index(key))
        return self._pages[key]

    def open_mail(self, row_id: int) -> None:
        """Show one mail of the outbox."""
        page = self.page("outbox")
        assert isinstance(page, MailList)
        page.open(row_id)

    def open_templates(self) -> None:
        """Show the templates."""
        self.page("templates")

    def refresh(self) -> None:
        """What F5 does."""
        page = self.stack.currentWidget()
        if isinstance(page, MailList | TemplatesView):
            page.refresh()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        page = self.stack.currentWidget()
        if isinstance(page, MailList):
            page.search.setFocus()
            page.search.selectAll()

    @Slot()
    def _turn(self) -> None:
        key = self._tabs[max(self.tabs.currentIndex(), 0)][0]
        if key not in self._pages:
            makers = {"outbox": OutboxView, "incoming": IncomingView, "templates": TemplatesView}
            self._pages[key] = makers[key](self._desk)
            self.stack.addWidget(self._pages[key])
        self.stack.setCurrentWidget(self._pages[key])
        self.setFocusProxy(self._pages[key])
        self._desk.memory.put(_LAST, key)
        self._desk.commands.refresh()

    def _name(self) -> None:
        self.tabs.setAccessibleName(_("Mail"))
        for number, (_key, text) in enumerate(self._tabs):
            self.tabs.setTabText(number, _(text))
