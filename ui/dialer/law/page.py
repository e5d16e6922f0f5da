"""Who may not be called: the list of wishes, the registers of countries, and the consents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from app import i18n
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.services.dialer import consents, registers, wishes
from app.services.dialer.registers import BatchRow, RuleRow
from app.services.imports.sheets import Sheet, open_sheet
from app.services.tickets.lists import Lists, lists
from ui.dialer.law.file_window import TABLES, AnswerWindow, WishFileWindow
from ui.dialer.law.lists import Answers, Consents, Rules, Wishes
from ui.dialer.law.windows import ConsentWindow, LiftWindow, RuleWindow, WishWindow
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.paged import PagedModel, PagedView, Pages
from ui.widgets.search import SearchField
from ui.widgets.styled import heading, primary_button, push_button, secondary, tool_row

__all__ = ["LawPage"]


class _Filled(QStackedWidget):
    """A view, and in its place words where it has no rows; `search` is what was typed, "" where nothing is."""

    def __init__(self, view: PagedView, model: PagedModel, search: Callable[[], str] = str) -> None:
        super().__init__()
        self._view, self._model, self._search = view, model, search
        self.nothing = EmptyState("search", N_("Nothing yet"), "")
        for page in (view, self.nothing):
            self.addWidget(page)
        for change in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            change.connect(self._turn)

    @Slot()
    def _turn(self) -> None:
        """An empty list says that it is, and whether a search made it so."""
        if self._search().strip():
            self.nothing.say(N_("Nothing found"), N_("Try fewer characters or another word."))
        else:
            self.nothing.say(N_("Nothing yet"), "")
        self.setCurrentWidget(self._view if self._model.rows else self.nothing)


class _List(QWidget):
    """A searched list of any length with its buttons; `ask(typed, **where)` reads a page."""

    def __init__(self, desk: Desk, model: PagedModel, key: str, widths: tuple[int, ...], ask: Any) -> None:
        super().__init__()
        self._question = ask
        self.model = model
        self.view = PagedView(model)
        self.view.setSortingEnabled(False)
        self.search = SearchField(N_("Number or customer"))
        self.pages = Pages(model, self._ask, _id, self)
        holder, self.row = tool_row(spacing=8)
        self.row.addWidget(self.search)
        self.row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(holder)
        self.stack = _Filled(self.view, model, self.search.text)
        column.addWidget(self.stack, 1)
        self.view.remember(desk.memory, key, widths)
        self.view.start_wanted.connect(self.pages.restart)
        self.view.end_wanted.connect(self.pages.to_end)
        self.search.searched.connect(self.pages.restart)
        self.pages.failed.connect(desk.messages.show_error)

    def _ask(self, **where: Any) -> Job[Any]:
        job: Job[Any] = self._question(self.search.text().strip(), **where)
        return job

    def chosen(self) -> Any | None:
        """The row that is chosen."""
        rows = self.view.chosen_rows()
        return self.model.rows[rows[0]] if rows else None


class LawPage(QWidget):
    """Three lists in tabs; what is put on record here reaches every pool at once."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._campaign: int | None = None
        self._zone = ZoneInfo("UTC")
        self._rules: tuple[RuleRow, ...] = ()
        self._reading, self._answers, self._places = Latest(desk.tasks), Latest(desk.tasks), Latest(desk.tasks)
        widths = (150, 170, 120, 120, 110, 110, 160, 150)
        self.wishes = _List(desk, Wishes(self), "law.wishes", widths, self._ask_wishes)
        self.consents = _List(desk, Consents(self), "law.consents", (150, 200, 220, 110, 110, 110), self._ask_consents)
        self.rules, self.answers = Rules(self), Answers(self)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for page in (self.wishes, self._registers(), self.consents):
            self.tabs.addTab(page, "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self._buttons()
        texts = Texts(self)
        texts.redo(self._speak)
        texts.bind(self.wishes.view.setAccessibleName, N_("Do not call"))
        texts.bind(self.consents.view.setAccessibleName, N_("Consents"))
        desk.bridge.rows_changed.connect(self._hear)

    def _buttons(self) -> None:
        self.lift_button = push_button(N_("Lift"), "undo")
        shown_to(self._desk.person, Permission.ADMINISTER, self.lift_button)
        self.file_button = push_button(N_("From a file"), "import")
        self.add_button = primary_button(N_("Add a number"), "new")
        for button in (self.lift_button, self.file_button, self.add_button):
            self.wishes.row.addWidget(button)
        self.withdraw_button = push_button(N_("Withdraw"), "cancel")
        self.give_button = primary_button(N_("Add a consent"), "new")
        for button in (self.withdraw_button, self.give_button):
            self.consents.row.addWidget(button)
        for button, act in (
            (self.add_button, self.add_wish),
            (self.lift_button, self.lift),
            (self.file_button, self._choose_wishes),
            (self.give_button, self.give),
            (self.withdraw_button, self.withdraw),
            (self.days_button, self.change_rule),
            (self.export_button, self._choose_export),
            (self.answer_button, self._choose_answer),
        ):
            button.clicked.connect(act)
        self.wishes.view.chosen.connect(self._allow)
        self.consents.view.chosen.connect(self._allow)
        self.rule_view.chosen.connect(self._allow)
        self._allow()

    def _registers(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder, row = tool_row(spacing=8)
        about = secondary(N_("A number is called only while its register’s last answer holds."))
        row.addWidget(about, 1)
        self.days_button = push_button(N_("Change the days"), "edit")
        shown_to(self._desk.person, Permission.ADMINISTER, self.days_button)
        self.export_button = push_button(N_("Export numbers to ask"), "export")
        self.answer_button = primary_button(N_("Read an answer"), "import")
        for button in (self.days_button, self.export_button, self.answer_button):
            row.addWidget(button)
        column.addWidget(holder)
        self.rule_view, self.answer_view = PagedView(self.rules), PagedView(self.answers)
        texts = Texts(page)
        texts.bind(self.rule_view.setAccessibleName, N_("Registers"))
        texts.bind(self.answer_view.setAccessibleName, N_("Answers"))
        widths = ((90, 190, 110, 150, 120), (90, 240, 120, 120, 100, 100))
        for view, key, width in zip(
            (self.rule_view, self.answer_view), ("law.rules", "law.answers"), widths, strict=True
        ):
            view.setSortingEnabled(False)
            view.remember(self._desk.memory, key, width)
        column.addWidget(self.rule_view, 1)
        title, line = tool_row()
        line.addWidget(heading(N_("Answers read in")))
        line.addStretch(1)
        column.addWidget(title)
        column.addWidget(_Filled(self.answer_view, self.answers), 3)
        return page

    def _speak(self) -> None:
        for place, text in enumerate((N_("Wishes"), N_("Registers"), N_("Consents"))):
            self.tabs.setTabText(place, i18n._(text))

    # --- What the screen asks for

    def show_campaign(self, campaign_id: int) -> None:
        """Show what holds in this campaign."""
        self._campaign = campaign_id
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew."""
        if self._campaign is None or self._desk.tasks.is_closed:
            return
        self._places.read(lists).then(self._take_lists)
        self._read_registers()
        self.wishes.pages.restart()
        self.consents.pages.restart()

    def start_search(self) -> None:
        """What Ctrl+F does."""
        shown = self.tabs.currentWidget()
        if isinstance(shown, _List):
            shown.search.setFocus()

    # --- Reading

    def _ask_wishes(self, typed: str, **where: Any) -> Job[Any]:
        return self._desk.tasks.read(wishes.page, typed, campaign_id=self._campaign, **where)

    def _ask_consents(self, typed: str, **where: Any) -> Job[Any]:
        return self._desk.tasks.read(consents.page, typed, **where)

    def _read_registers(self) -> None:
        self._reading.read(registers.list_rules).then(self._take_rules, self._desk.messages.show_error)
        self._answers.read(registers.list_batches).then(self._take_answers, self._desk.messages.show_error)

    def _take_lists(self, found: Lists) -> None:
        self._zone = ZoneInfo(found.time_zone)
        for model in (self.wishes.model, self.consents.model, self.answers):
            if isinstance(model, Wishes | Consents | Answers):
                model.zone = self._zone
                model.redress()

    def _take_rules(self, rows: tuple[RuleRow, ...]) -> None:
        self._rules = rows
        self.rules.start(_Whole(rows))
        if rows:
            self.rule_view.selectRow(0)
        self._allow()

    def _take_answers(self, rows: tuple[BatchRow, ...]) -> None:
        self.answers.start(_Whole(rows))

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if self._campaign is None or self._desk.tasks.is_closed or not self.isVisible():
            return
        if table == "do_not_call":
            self.wishes.pages.restart()
        elif table == "consents":
            self.consents.pages.restart()
        elif table in ("register_batches", "pool_entries"):
            self._read_registers()

    @Slot()
    def _allow(self) -> None:
        wish, consent = self.wishes.chosen(), self.consents.chosen()
        self.lift_button.setEnabled(wish is not None and wish.lifted_at is None)
        self.withdraw_button.setEnabled(consent is not None and consent.withdrawn_at is None)
        for button in (self.days_button, self.export_button):
            button.setEnabled(self._rule() is not None)

    def _rule(self) -> RuleRow | None:
        rows = self.rule_view.chosen_rows()
        return self.rules.rows[rows[0]] if rows else None

    # --- Wishes

    @Slot()
    def add_wish(self) -> None:
        """Put a number on the list."""
        if self._campaign is not None:
            self.window_shown: QWidget = WishWindow(self._desk, self._campaign, self)
            self._open()

    @Slot()
    def lift(self) -> None:
        """Ask why the chosen number may be called again."""
        if (wish := self.wishes.chosen()) is not None:
            self.window_shown = LiftWindow(self._desk, wish, self)
            self._open()

    @Slot()
    def _choose_wishes(self) -> None:
        if path := self._choose():
            self.add_file(path)

    def add_file(self, path: Path) -> None:
        """Ask which column of a file has the numbers that are not to be called."""
        self._desk.tasks.run(open_sheet, path).then(self._show_wish_file, self._desk.messages.show_error)

    def _show_wish_file(self, sheet: Sheet) -> None:
        if self._campaign is not None:
            self.window_shown = WishFileWindow(self._desk, sheet, self._campaign, self)
            self._open()

    # --- Registers

    @Slot()
    def change_rule(self) -> None:
        """Change for how long an answer holds."""
        if (rule := self._rule()) is not None:
            self.window_shown = RuleWindow(self._desk, rule, self)
            self._open()

    @Slot()
    def _choose_export(self) -> None:
        rule = self._rule()
        if rule is None:
            return
        title = i18n._("Export numbers to ask")
        name, _kind = QFileDialog.getSaveFileName(self, title, f"{rule.country}.csv", "CSV (*.csv)")
        if name:
            self.export_to(Path(name))

    def export_to(self, path: Path) -> None:
        """Write the numbers that the register must be asked about."""
        if (rule := self._rule()) is not None:
            asked = self._desk.tasks.read(registers.export_numbers, rule.country, path)
            asked.then(self._exported, self._desk.messages.show_error)

    def _exported(self, count: int) -> None:
        self._desk.messages.success(counted("{count} number was written.", "{count} numbers were written.", count))

    @Slot()
    def _choose_answer(self) -> None:
        if path := self._choose():
            self.read_answer(path)

    def read_answer(self, path: Path) -> None:
        """Ask what the columns of a register's file say."""
        self._desk.tasks.run(open_sheet, path).then(self._show_answer, self._desk.messages.show_error)

    def _show_answer(self, sheet: Sheet) -> None:
        self.window_shown = AnswerWindow(self._desk, sheet, self._rules, self._zone, self)
        self._open()

    # --- Consents

    @Slot()
    def give(self) -> None:
        """Put a consent on record."""
        self.window_shown = ConsentWindow(self._desk, self._zone, self)
        self._open()

    @Slot()
    def withdraw(self) -> None:
        """End the chosen consent now."""
        if (consent := self.consents.chosen()) is not None:
            job = self._desk.tasks.write(consents.withdraw, consent.id)
            job.then(self._withdrawn, self._desk.messages.show_error)

    def _withdrawn(self, _nothing: None) -> None:
        self._desk.messages.success(message(N_("The consent is withdrawn.")))
        self.consents.pages.restart()

    # --- Windows

    def _choose(self) -> Path | None:
        name, _kind = QFileDialog.getOpenFileName(self, i18n._("Choose a file"), "", i18n._(TABLES))
        return Path(name) if name else None

    def _open(self) -> None:
        window: Any = self.window_shown
        window.accepted.connect(self.refresh)
        window.open()


class _Whole:
    """All rows of a short list as one page."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self.has_before = self.has_after = False


def _id(row: Any) -> int:
    return int(row.id)
