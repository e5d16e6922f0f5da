"""The reports' screen: what there is to look at, and beside it what was chosen."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import icons, theme
from ui.kit.screen import Desk
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


class ReportsScreen(QWidget):
    """A list of sections, and one of three pages."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.statistics, self.hours, self.balances = StatisticsPage(desk), HoursPage(desk), BalancesPage(desk)
        self.sections = styled(QListWidget(), "sections")
        self.sections.setFrameShape(QListWidget.Shape.NoFrame)
        self.sections.setFixedWidth(theme.scale(200))
        self._pages = QStackedWidget()
        for page in (self.statistics, self.hours, self.balances):
            self._pages.addWidget(page)
        for code, text, icon in (*_COUNTS, *_PAGES):
            item = QListWidgetItem(icons.icon(icon), "")
            item.setData(Qt.ItemDataRole.UserRole, (code, text))
            self.sections.addItem(item)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sections)
        row.addWidget(self._pages, 1)
        self._texts = Texts(self)
        self._texts.bind(self.sections.setAccessibleName, N_("Reports"))
        self._texts.redo(self._name, key="names")
        self.sections.currentRowChanged.connect(self._choose)
        self.sections.setCurrentRow(0)
        self.setFocusProxy(self.sections)
        desk.bridge.rows_changed.connect(self._hear)

    def _name(self) -> None:
        for number in range(self.sections.count()):
            item = self.sections.item(number)
            item.setText(_(item.data(Qt.ItemDataRole.UserRole)[1]))

    def choose(self, code: str) -> None:
        """Show a section by its code."""
        codes = [
            self.sections.item(number).data(Qt.ItemDataRole.UserRole)[0] for number in range(self.sections.count())
        ]
        self.sections.setCurrentRow(codes.index(code))

    def show_hours(self) -> None:
        """Show one's own hours."""
        self.choose(_HOURS)

    @Slot(int)
    def _choose(self, number: int) -> None:
        if not 0 <= number < self.sections.count():
            return
        item = self.sections.item(number)
        code = item.data(Qt.ItemDataRole.UserRole)[0]
        if code == _HOURS:
            self._pages.setCurrentWidget(self.hours)
            self.hours.read()
        elif code == _BALANCES:
            self._pages.setCurrentWidget(self.balances)
            self.balances.read()
        else:
            self._pages.setCurrentWidget(self.statistics)
            self.statistics.count_by(code)

    def refresh(self) -> None:
        """What F5 does."""
        self._choose(self.sections.currentRow())

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        if table == "hours_entries" and self._pages.currentWidget() is not self.statistics:
            self.refresh()
