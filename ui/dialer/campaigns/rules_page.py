"""The rules of a campaign on one page, in five groups, with what they mean for who can be called now."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.domain.dialer.rules import CampaignDraft, problems
from app.domain.errors import Incomplete, NotFound
from app.domain.words import N_, message
from app.drafts.draft import Draft
from app.services.dialer.campaigns import (
    CampaignCard,
    CampaignRow,
    borrowed_rules,
    campaign,
    list_campaigns,
    save,
)
from app.services.dialer.people import SiteChoice, list_sites
from app.services.dialer.statuses import StatusRow, list_statuses
from ui.dialer.campaigns.filter_field import Offered
from ui.dialer.campaigns.page import CampaignPage
from ui.dialer.campaigns.preview import PreviewLine
from ui.dialer.campaigns.rules_form import RulesForm
from ui.kit import theme
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.merge.sheet import SheetMeeting
from ui.widgets.page import ScrolledPage
from ui.widgets.row_drafts import RowDrafts
from ui.widgets.styled import foot_row, primary_button, push_button, styled

__all__ = ["RulesPage"]

_MET = message(N_("Somebody else changed these rules. What you changed is kept."))
_TABLES = frozenset({"campaigns", "call_statuses", "sites"})


class RulesPage(CampaignPage):
    """Every switch says what it does, and the line on top what all of them mean together."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._campaign: int | None = None
        self._sheets: dict[int, Editing[CampaignDraft]] = {}
        self._sent: tuple[int, CampaignDraft] | None = None
        self._others: tuple[CampaignRow, ...] = ()
        self._statuses: tuple[StatusRow, ...] = ()
        self._sites: tuple[SiteChoice, ...] = ()
        self._reading, self._listing = Latest(desk.tasks), Latest(desk.tasks)
        self._results, self._places = Latest(desk.tasks), Latest(desk.tasks)
        self._borrowing = Latest(desk.tasks)
        self._build()
        self.form.edited.connect(self._take_edit)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.cancel)
        self.borrow_button.clicked.connect(self.open_borrowing)
        self.meeting.settled.connect(self._show_settled)
        self.meeting.save_wanted.connect(self.save)
        desk.bridge.rows_changed.connect(self._hear)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.preview = PreviewLine(self.desk)
        column.addWidget(self.preview)
        inner = styled(QWidget(), "pane")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        lines.setSpacing(theme.scale(12))
        self.unsaved = RowDrafts(self.desk, "campaigns", self._restore)
        lines.addWidget(self.unsaved)
        self.form = RulesForm()
        self.meeting = SheetMeeting(self.desk, "campaigns", self, _MET, self.form.asked)
        lines.addWidget(self.meeting.line)
        across = QHBoxLayout()
        self.form.setMaximumWidth(theme.scale(860))
        across.addWidget(self.form, 1000)
        across.addStretch(1)
        lines.addLayout(across)
        lines.addStretch(1)
        self.scrolled = ScrolledPage(inner, theme.scale(420))
        column.addWidget(self.scrolled, 1)
        column.addWidget(self._build_foot())
        self.setFocusProxy(self.form.name)
        self.form.setEnabled(False)

    def _build_foot(self) -> QWidget:
        foot, row = foot_row()
        self.borrow_button = push_button(N_("Take the rules of another campaign"), "copy", "quiet")
        row.addWidget(self.borrow_button)
        row.addStretch(1)
        self.cancel_button, self.save_button = push_button(N_("Cancel")), primary_button(N_("Save"))
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        return foot

    # --- Reading

    @property
    def sheet(self) -> Editing[CampaignDraft] | None:
        """The rules in front, as they are kept and as they are changed."""
        return None if self._campaign is None else self._sheets.get(self._campaign)

    def show_campaign(self, campaign_id: int) -> None:
        """Show this campaign, with what was changed in it and not saved."""
        self._campaign = campaign_id
        self.form.hours.forget()
        self.form.complain({})
        self._show()
        self.refresh()

    def refresh(self) -> None:
        """Read it anew; what was changed stays."""
        if self._campaign is None or self.desk.tasks.is_closed:
            return
        self._reading.read(campaign, self._campaign).then(self._take, self._fail_reading)
        self._listing.read(list_campaigns).then(self._take_others)
        self._results.read(list_statuses, self._campaign).then(self._take_statuses)
        self._places.read(list_sites).then(self._take_sites)

    @Slot(object)
    def _take(self, card: CampaignCard) -> None:
        sheet = self._sheets.get(card.id)
        if sheet is None:
            sheet = self._sheets[card.id] = Editing(card.draft, card.version)
        elif self._sent is None or self._sent[0] != card.id:
            sheet.meet(card.draft, card.version)
        self.form.hours.set_usual(card.usual_hours)
        if card.id == self._campaign:
            self._show()
            self.preview.ask(card.id, sheet.draft, now=True)
            self.meeting.took(card.id, sheet)

    @Slot(object)
    def _fail_reading(self, problem: Exception) -> None:
        self.desk.messages.show_error(problem)
        if isinstance(problem, NotFound) and self._campaign is not None:
            self._sheets.pop(self._campaign, None)
            self._show()

    @Slot(object)
    def _take_others(self, rows: tuple[CampaignRow, ...]) -> None:
        self._others = rows
        self._follow()

    @Slot(object)
    def _take_statuses(self, rows: tuple[StatusRow, ...]) -> None:
        self._statuses = rows
        self.form.offer(Offered(self._statuses, self._sites))

    @Slot(object)
    def _take_sites(self, rows: tuple[SiteChoice, ...]) -> None:
        self._sites = rows
        self.form.offer(Offered(self._statuses, self._sites))

    # --- Showing and changing

    def _show(self) -> None:
        sheet = self.sheet
        self.form.setEnabled(sheet is not None)
        self.unsaved.show_row(self._campaign, is_open=sheet is not None)
        if sheet is not None:
            self.form.fill(sheet.draft)
            self._keep_draft(sheet)
        self.meeting.show(self._campaign, sheet)
        self._follow()

    def _follow(self) -> None:
        for button in (self.save_button, self.cancel_button):
            button.setEnabled(self.can_save)
        self.borrow_button.setVisible(any(row.id != self._campaign for row in self._others))
        self.borrow_button.setEnabled(self.sheet is not None)
        self.changed.emit()

    def _keep_draft(self, sheet: Editing[CampaignDraft]) -> None:
        self.unsaved.follow_row(self._campaign, sheet.draft.name, sheet)

    def _restore(self, draft: Draft) -> None:
        if self.sheet is not None:
            self.sheet.restore(draft.base, draft.typed, draft.version)
            self._show()

    @Slot()
    def _take_edit(self) -> None:
        sheet = self.sheet
        if sheet is None or self._campaign is None:
            return
        before, sheet.draft = sheet.draft, self.form.draft()
        self._keep_draft(sheet)
        wrong = problems(sheet.draft)
        for key, field in self.form.fields.items():
            if field.has_error and getattr(before, key) != getattr(sheet.draft, key):
                field.error(wrong.get(key))
        if not wrong:
            self.preview.ask(self._campaign, sheet.draft)
        self._follow()

    # --- Saving

    @property
    def can_save(self) -> bool:
        """Whether there is something to save and nothing under way."""
        has_typed = self.sheet is not None and (self.sheet.is_dirty or self.form.hours.problem() is not None)
        return has_typed and self._sent is None

    def is_dirty(self, campaign_id: int) -> bool:
        """Whether rules of a campaign are changed and not saved."""
        sheet = self._sheets.get(campaign_id)
        return sheet is not None and sheet.is_dirty

    @Slot()
    def save(self) -> None:
        """Save the rules, or say under the fields what keeps them from that."""
        self.form.settle()
        sheet = self.sheet
        if sheet is None or self._campaign is None or not self.can_save:
            return
        wrong = problems(sheet.draft)
        self.form.complain(wrong)
        # Said under its own day already.
        unreadable = self.form.hours.problem()
        if unreadable is not None and not wrong:
            self.form.hours.focus_problem()
        said = next(iter(wrong.values()), unreadable)
        if said is not None:
            self._reveal()
            self.desk.messages.warning(said, message(N_("Nothing was saved.")))
            return
        self._sent = self._campaign, sheet.draft
        writing = self.desk.tasks.write(save, sheet.draft, campaign_id=self._campaign, version=sheet.version or 0)
        writing.then(self._take_saved, self._fail_saving)
        self._follow()

    def _reveal(self) -> None:
        """Scroll to where the cursor was put."""
        focused = QApplication.focusWidget()
        if focused is not None and self.form.isAncestorOf(focused):
            self.scrolled.ensureWidgetVisible(focused, 0, theme.scale(96))

    @Slot(object)
    def _take_saved(self, card: CampaignCard) -> None:
        assert self._sent is not None
        (number, draft), self._sent = self._sent, None
        sheet = self._sheets.get(number)
        if sheet is not None:
            self.meeting.saved(number, sheet)
            sheet.saved(draft, card.version)
            sheet.meet(card.draft, card.version)
        self.desk.messages.success(message(N_("The rules of {name} are saved."), name=card.draft.name))
        self._show()
        if number == self._campaign and sheet is not None:
            self.preview.ask(number, sheet.draft, now=True)

    @Slot(object)
    def _fail_saving(self, problem: Exception) -> None:
        assert self._sent is not None
        number, self._sent = self._sent[0], None
        if self.meeting.meets(problem, number):
            self.refresh()
            return
        self.desk.messages.show_error(problem)
        if isinstance(problem, Incomplete) and number == self._campaign:
            self.form.complain(problem.problems)
            self._reveal()
        self._follow()
        if isinstance(problem, NotFound):
            self.refresh()

    @Slot()
    def cancel(self) -> None:
        """Go back to what is kept."""
        if self.sheet is not None and self.can_save and self._campaign is not None:
            self.sheet.discard()
            self.form.hours.forget()
            self.form.complain({})
            self._show()
            self.preview.ask(self._campaign, self.sheet.draft)

    @Slot()
    def _show_settled(self) -> None:
        self._show()
        if self.sheet is not None and self._campaign is not None:
            self.preview.ask(self._campaign, self.sheet.draft)

    # --- The rules of another campaign

    @Slot()
    def open_borrowing(self) -> QMenu:
        """Offer the other campaigns; the rules of the one chosen come into the fields, and are not saved yet."""
        menu = QMenu(self)
        for row in self._others:
            if row.id != self._campaign:
                action = QAction(row.name.replace("&", "&&"), menu)
                action.setData(row.id)
                menu.addAction(action)
        menu.triggered.connect(self._borrow)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.borrow_button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
        return menu

    @Slot(QAction)
    def _borrow(self, action: QAction) -> None:
        if self._campaign is not None:
            self._borrowing.read(borrowed_rules, self._campaign, action.data()).then(self._take_borrowed)

    @Slot(object)
    def _take_borrowed(self, draft: CampaignDraft) -> None:
        sheet = self.sheet
        if sheet is None or self._campaign is None:
            return
        sheet.draft = replace(draft, name=sheet.draft.name, script=sheet.draft.script)
        self._show()
        self.preview.ask(self._campaign, sheet.draft)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in _TABLES:
            self.refresh()
