"""The reports' screen: what there is to look at, and beside it what was chosen."""

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import icons, theme
from ui.kit.screen import Desk, Tab
from ui.kit.translate import Texts
from ui.reports.hours import BalancesPage, HoursPage
from ui.reports.statistics import StatisticsPage
from ui.widgets.styled import styled

__all__ = ["ReportsScreen"]

_COUNTS = (
    ("type_id", N_("By type"), "ticket"),
    ("subtype_id", N_("By sub-type"), "ticket"),
    ("product_group_id", N_("By product group"), "list"),
    ("product_id", N_("By product"), "list"),
    ("project_id", N_("By project"), "folder"),
    ("status_id", N_("By state"), "check"),
    ("week", N_("By week"), "calendar"),
    ("month", N_("By month"), "calendar"),
)
_HOURS, _BALANCES = "hours", "balances"
_PAGES = ((_HOURS, N_("My hours"), "clock"), (_BALANCES, N_("Allotted and used"), "clock"))
_CODE, _TEXT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class ReportsScreen(QWidget):
    """A list of sections under headings, and the page of the one in front; other features lend pages of their own."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.statistics, self.hours, self.balances = StatisticsPage(desk), HoursPage(desk), BalancesPage(desk)
        self.lent: dict[str, QWidget] = {}
        self._tabs = {tab.id: tab for tab in desk.tabs_of("reports")}
        self.sections = styled(QListWidget(), "sections")
        self.sections.setFrameShape(QListWidget.Shape.NoFrame)
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages = QStackedWidget()
        for page in (self.statistics, self.hours, self.balances):
            self._pages.addWidget(page)
        self._fill()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sections)
        row.addWidget(self._pages, 1)
        texts = Texts(self)
        texts.bind(self.sections.setAccessibleName, N_("Reports"))
        texts.redo(self._name)
        theme.news.changed.connect(self._dress)
        self.sections.currentRowChanged.connect(self._choose)
        self.choose(_COUNTS[0][0])
        self.setFocusProxy(self.sections)
        desk.bridge.rows_changed.connect(self._hear)
        desk.person.news.changed.connect(self._permit)

    @Slot()
    def _permit(self) -> None:
        """Pages of other features come and go with what the person may see."""
        tabs = {tab.id: tab for tab in self._desk.tabs_of("reports")}
        if tabs.keys() == self._tabs.keys():
            return
        at = self.sections.currentRow()
        shown = self.sections.item(at).data(_CODE) if at >= 0 else None
        self._tabs = tabs
        with QSignalBlocker(self.sections):
            self.sections.clear()
            self._fill()
            self._name()
        codes = [item.data(_CODE) for item in self._items()]
        self.choose(shown if shown in codes and shown is not None else _COUNTS[0][0])

    def _fill(self) -> None:
        lent = tuple((tab.id, tab.text, tab.icon) for tab in self._tabs.values())
        for title, members in ((N_("Tickets"), _COUNTS), (N_("Hours"), _PAGES), (N_("Activities"), lent)):
            if members:
                heading = QListWidgetItem()
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                heading.setData(_TEXT, title)
                self.sections.addItem(heading)
            for code, text, icon in members:
                item = QListWidgetItem(icons.icon(icon), "")
                item.setData(_CODE, code)
                item.setData(_TEXT, text)
                self.sections.addItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [self.sections.item(number) for number in range(self.sections.count())]

    def _name(self) -> None:
        for item in self._items():
            item.setText(_(item.data(_TEXT)))
        self._dress()

    @Slot()
    def _dress(self) -> None:
        """Headings are quiet and small, and the list is as wide as its longest name, up to a limit."""
        for item in self._items():
            is_heading = item.data(_CODE) is None
            item.setFont(theme.font(9, strong=True) if is_heading else QFont())
            if is_heading:
                item.setForeground(theme.tokens().color("muted"))
        needed = self.sections.sizeHintForColumn(0) + theme.scale(28)
        self.sections.setFixedWidth(min(max(theme.scale(200), needed), theme.scale(252)))

    def choose(self, code: str) -> None:
        """Show a section by its code."""
        self.sections.setCurrentRow([item.data(_CODE) for item in self._items()].index(code))

    def show_hours(self) -> None:
        """Show one's own hours."""
        self.choose(_HOURS)

    @Slot(int)
    def _choose(self, number: int) -> None:
        code = self.sections.item(number).data(_CODE) if 0 <= number < self.sections.count() else None
        if code in self._tabs:
            self._show_lent(self._tabs[code])
        elif code == _HOURS:
            self._pages.setCurrentWidget(self.hours)
            self.hours.read()
        elif code == _BALANCES:
            self._pages.setCurrentWidget(self.balances)
            self.balances.read()
        elif code is not None:
            self._pages.setCurrentWidget(self.statistics)
            self.statistics.count_by(code)

    def _show_lent(self, tab: Tab) -> None:
        """A page of another feature, made at its first show."""
        if tab.id not in self.lent:
            self.lent[tab.id] = tab.factory(self._desk)
            self._pages.addWidget(self.lent[tab.id])
        self._pages.setCurrentWidget(self.lent[tab.id])
        self._desk.commands.refresh()
        _call(self.lent[tab.id], "shown")

    def shown(self) -> None:
        """A lent page is told that it is looked at again."""
        if self._pages.currentWidget() in self.lent.values():
            _call(self._pages.currentWidget(), "shown")

    def refresh(self) -> None:
        """What F5 does."""
        if self._pages.currentWidget() in self.lent.values():
            _call(self._pages.currentWidget(), "refresh")
        else:
            self._choose(self.sections.currentRow())

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        if table == "hours_entries" and self._pages.currentWidget() in (self.hours, self.balances):
            self.refresh()


def _call(page: QWidget | None, name: str) -> None:
    """Let a page do what it may be asked for; nothing where it cannot."""
    method = getattr(page, name, None)
    if callable(method):
        method()
