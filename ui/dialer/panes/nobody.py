"""The desk without a customer: one state, how many are kept by what, when the next is free, and what can be done."""

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.dialer import dry
from app.domain.dialer.dry import Dry, Reason
from app.domain.dialer.standing import Block
from app.domain.people import Permission
from app.domain.words import N_
from app.i18n import _, format_number, say
from app.services.dialer.standing import Nobody
from app.services.planner.company import company
from app.services.planner.rows import Company
from ui.dialer.panes.words import moment_words
from ui.kit import icons, theme
from ui.kit.bidi import bare, isolate, sided
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import heading, plain, primary_button, push_button, styled

__all__ = ["NobodyPane"]

_ICONS = {
    Dry.EMPTY: "customers",
    Dry.FREE: "call",
    Dry.OVER: "final",
    Dry.HOURS: "clock",
    Dry.LATER: "waiting",
    Dry.BLOCKED: "refused",
}
_LEFT = N_("Nobody of this campaign is left to be called.")
_WITHOUT_NEXT = {
    Dry.FREE: ("", ""),
    Dry.EMPTY: (
        N_("No pool of this campaign that is yours holds anybody. Your manager can give you one."),
        N_("Put customers into a pool of the campaign and give it to its agents."),
    ),
    Dry.OVER: (_LEFT, _LEFT),
}
"""What is said where nobody will become free: to agents, and to those who run campaigns."""


class NobodyPane(QWidget):
    """Signals: `next_wanted()` to ask again, `filters_wanted()` to change one's own filters."""

    next_wanted = Signal()
    filters_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._nobody: Nobody | None = None
        self._campaign_id: int | None = None
        self._may_filter = False
        self._zone: tzinfo | None = None
        self._build()
        self._texts = Texts(self)
        self._texts.redo(self._fill, key="fill")
        theme.news.changed.connect(self._fill)
        desk.tasks.read(company).then(self._take_company)

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        page = styled(QWidget(), "surface")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        middle = QHBoxLayout(page)
        holder = QWidget()
        holder.setMaximumWidth(theme.scale(640))
        column = QVBoxLayout(holder)
        column.setSpacing(theme.scale(8))
        column.addStretch(1)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = heading()
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.next = styled(plain(), "body")
        self.summary = styled(plain(), "secondary")
        for label in (self.title, self.next, self.summary):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        for part in (self._picture, self.title, self.next, self.summary):
            column.addWidget(part)
        self._table = QWidget()
        self._grid = _grid(self._table)
        column.addWidget(self._table)
        column.addLayout(self._buttons())
        column.addStretch(2)
        middle.addStretch(1)
        middle.addWidget(holder, 8)
        middle.addStretch(1)
        self._column = column
        whole.addWidget(ScrolledPage(page, theme.scale(360)))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.scale(12), 0, 0)
        row.setSpacing(theme.scale(8))
        self.again = primary_button(N_("Look again"), "refresh")
        self.again.clicked.connect(self.next_wanted)
        self.filters = push_button(N_("Filters"), "filter")
        self.filters.clicked.connect(self.filters_wanted)
        self.campaign = push_button(N_("Open the campaign"), "campaign")
        self.campaign.clicked.connect(self._open_campaign)
        row.addStretch(1)
        for button in (self.again, self.filters, self.campaign):
            row.addWidget(button)
        row.addStretch(1)
        return row

    # --- Showing

    def show_reasons(self, nobody: Nobody, campaign_id: int | None = None, *, may_filter: bool = False) -> None:
        """Say why nobody can be called; `may_filter` where the campaign lets agents set filters of their own."""
        self._nobody, self._campaign_id, self._may_filter = nobody, campaign_id, may_filter
        self._fill()

    @property
    def state(self) -> Dry | None:
        """Which state is shown."""
        told = self._nobody
        if told is None:
            return None
        return dry.state(told.total, told.callable, told.blocked, has_next=told.next_at is not None)

    @property
    def lines(self) -> list[str]:
        """What is shown, one line each, without marks of direction."""
        labels = (self.title, self.next, self.summary)
        shown = [label.text() for label in labels if not label.isHidden()]
        for row in range(self._grid.rowCount()):
            cells = (self._grid.itemAtPosition(row, column) for column in (0, 1))
            parts = [cell.widget() for cell in cells if cell is not None]
            said = [part.text() for part in parts if isinstance(part, QLabel)]
            shown += [" ".join(said)] if said else []
        return [bare(text) for text in shown]

    @Slot()
    def _fill(self) -> None:
        told, found = self._nobody, self.state
        self.setVisible(found is not None)
        if told is None or found is None:
            return
        size = theme.scale(40)
        self._picture.setPixmap(icons.icon(_ICONS[found], "outline").pixmap(QSize(size, size)))
        self.title.setText(sided(_(found.value)))
        self._say_next(told, found)
        reasons = dry.reasons(told.blocked)
        self.summary.setText(sided(say(dry.summary(told.total, told.callable))))
        self.summary.setVisible(bool(told.total) and found is not Dry.OVER)
        self._fill_table(reasons)
        runs = self._desk.person.may(Permission.RUN_CAMPAIGNS) and self._campaign_id is not None
        self.campaign.setVisible(runs)
        self.filters.setVisible(self._may_filter and any(each.code == Block.FILTERED for each in reasons))

    def _say_next(self, told: Nobody, found: Dry) -> None:
        text = self._next_words(told, found)
        self.next.setText(sided(text))
        self.next.setVisible(bool(text))

    def _next_words(self, told: Nobody, found: Dry) -> str:
        runs = self._desk.person.may(Permission.RUN_CAMPAIGNS)
        if found in _WITHOUT_NEXT:
            return _(_WITHOUT_NEXT[found][runs])
        if told.next_at is None:
            return _("Nobody becomes free by waiting.")
        moment = isolate(moment_words(told.next_at, self._zone, datetime.now(UTC)))
        if found is Dry.HOURS:
            return _("The hours open {moment} for the first of them.", moment=moment)
        return _("The next customer becomes free {moment}.", moment=moment)

    def _fill_table(self, reasons: tuple[Reason, ...]) -> None:
        old, self._table = self._table, QWidget()
        self._grid = _grid(self._table)
        self._column.replaceWidget(old, self._table)
        old.hide()
        old.deleteLater()
        row = 0
        for each in reasons:
            count = plain(sided(format_number(each.count)))
            count.setFont(theme.font(10, strong=True))
            count.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
            name = plain(sided(say(each.name)))
            name.setWordWrap(True)
            self._grid.addWidget(count, row, 0)
            self._grid.addWidget(name, row, 1)
            row += 1
            if each.advice is not None:
                advice = styled(plain(sided(say(each.advice))), "secondary")
                advice.setWordWrap(True)
                self._grid.addWidget(advice, row, 1)
                row += 1
        self._table.setVisible(bool(reasons))

    def _take_company(self, found: Company) -> None:
        self._zone = found.zone
        self._fill()

    @Slot()
    def _open_campaign(self) -> None:
        self._desk.commands.run("campaigns.open", self._campaign_id)


def _grid(holder: QWidget) -> QGridLayout:
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, theme.scale(8), 0, 0)
    grid.setHorizontalSpacing(theme.scale(12))
    grid.setVerticalSpacing(theme.scale(2))
    grid.setColumnMinimumWidth(0, theme.scale(72))
    grid.setColumnStretch(1, 1)
    return grid
