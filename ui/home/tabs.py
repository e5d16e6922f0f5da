"""The pages lent to the home screen, beside my day: each has a tab while it is offered to this person."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import icons
from ui.kit.commands import Command
from ui.kit.screen import Desk, Tab
from ui.kit.tasks import Job
from ui.kit.translate import Texts

__all__ = ["HomeTabs", "call"]

_LAST = "home/tab"
_OWN = "day"
_DAY = N_("My day")
_PAUSE_MS = 250


class _Lent(QObject):
    """One page that is lent. Signal: `told()` when it is known anew whether it is offered."""

    told = Signal()

    def __init__(self, desk: Desk, tab: Tab, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self.tab = desk, tab
        self.is_offered = False
        self.page: QWidget | None = None
        self._asking: Job[bool] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.ask)
        desk.person.news.changed.connect(self._pause.start)
        if tab.follows:
            desk.bridge.rows_changed.connect(self._hear)

    @Slot()
    def ask(self) -> None:
        """Find out whether this person gets it."""
        if self.tab.asks is None:
            self._answer(True)
            return
        if self._asking is not None:
            self._asking.cancel()
        self._asking = self.tab.asks(self._desk).then(self._answer, self._leave)

    def made(self) -> QWidget:
        """The page, made at its first show."""
        if self.page is None:
            self.page = self.tab.factory(self._desk)
        return self.page

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in self.tab.follows:
            self._pause.start()

    def _answer(self, is_offered: bool) -> None:
        self._asking = None
        self.is_offered = is_offered
        self.told.emit()

    def _leave(self, _problem: Exception) -> None:
        """Nobody asked for it; the next change asks again."""
        self._asking = None


class HomeTabs(QWidget):
    """My day alone where nothing is offered, else tabs above it, each also a command: `home.` with the id of its tab.

    Signal: `turned()` when another page is in front.
    """

    turned = Signal()

    def __init__(self, desk: Desk, day: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._day = desk, day
        self._lent = [_Lent(desk, tab, self) for tab in desk.tabs_of("home")]
        self._offered: list[_Lent] = []
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.addTab(icons.icon("home"), "")
        self.bar.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(day)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(day)
        Texts(self).redo(self._name)
        self.bar.currentChanged.connect(self._turn)
        for lent in self._lent:
            go = Command(f"home.{lent.tab.id}", lent.tab.text, lent.tab.icon)
            desk.commands.add(go, partial(self._go, lent), enabled=partial(self._offered.__contains__, lent))
            lent.told.connect(self._offer)
            lent.ask()

    @property
    def page(self) -> QWidget:
        """The page in front."""
        return self._stack.currentWidget() or self._day

    def choose(self, tab_id: str) -> None:
        """Bring a tab to the front where it is offered."""
        for place, lent in enumerate(self._offered, 1):
            if lent.tab.id == tab_id:
                self.bar.setCurrentIndex(place)

    def _go(self, lent: _Lent) -> None:
        self._desk.go("home")
        self.choose(lent.tab.id)

    @Slot()
    def _offer(self) -> None:
        """Tabs come and go; the one somebody chose comes back to the front with its return."""
        wanted = self._desk.memory.get(_LAST)
        for lent in self._lent:
            if lent.is_offered and lent not in self._offered:
                place = sum(each in self._offered for each in self._lent[: self._lent.index(lent)])
                self._offered.insert(place, lent)
                self.bar.insertTab(place + 1, icons.icon(lent.tab.icon), _(lent.tab.text))
                if lent.tab.id == wanted:
                    self.bar.setCurrentIndex(place + 1)
            elif lent in self._offered and not lent.is_offered:
                self._withdraw(lent)
        self._desk.memory.put(_LAST, wanted)
        self.bar.setVisible(bool(self._offered))
        self._desk.commands.refresh()

    def _withdraw(self, lent: _Lent) -> None:
        place = self._offered.index(lent) + 1
        if self.bar.currentIndex() == place:
            self.bar.setCurrentIndex(0)
        self._offered.remove(lent)
        self.bar.removeTab(place)
        if lent.page is not None:
            self._stack.removeWidget(lent.page)
            lent.page.deleteLater()
            lent.page = None

    @Slot(int)
    def _turn(self, place: int) -> None:
        lent = self._offered[place - 1] if 0 < place <= len(self._offered) else None
        page = self._day if lent is None else lent.made()
        self._desk.memory.put(_LAST, lent.tab.id if lent else _OWN)
        if page is self.page:
            return
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.setFocusProxy(page)
        self._desk.commands.refresh()
        self.turned.emit()

    def _name(self) -> None:
        self.bar.setAccessibleName(_("Home"))
        self.bar.setTabText(0, _(_DAY))
        for place, lent in enumerate(self._offered, 1):
            self.bar.setTabText(place, _(lent.tab.text))


def call(page: QWidget, name: str) -> None:
    """Let a page do what it may be asked for, such as `shown` or `refresh`; nothing where it cannot."""
    method = getattr(page, name, None)
    if callable(method):
        method()
