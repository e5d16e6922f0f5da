"""A walk through every window of the program: each screen, section, card, form and entrance page, opened."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from app import bootstrap
from app.domain.dialer.proof import Proof
from app.domain.points.asked import Slice
from app.domain.words import N_
from app.services.people.me import Me
from app.services.processes.profiles import WORKER
from app.services.processes.rehearsal import Change
from tests.kit.dial_panes import dial_panes
from ui.admin.entries import ENTRIES
from ui.admin.screen import SetupScreen
from ui.admin.section import Section
from ui.admin.view import SectionView
from ui.application import Desktop
from ui.customers.points import PointsOfCustomer
from ui.customers.screen import CustomersScreen
from ui.dialer.campaigns.records import RecordsPage
from ui.dialer.campaigns.screen import CampaignsScreen
from ui.dialer.campaigns.tabs import TABS
from ui.first_start.assistant import AdministratorPage, CompanyPage, LanguagePage, StartPage
from ui.first_start.connect import ConnectPage
from ui.first_start.log_in import LogInPage
from ui.first_start.waiting import TroublePage, WaitingPage
from ui.first_start.window import EntranceWindow
from ui.help.topics import TOPICS
from ui.help.window import HelpWindow
from ui.home.screen import HomeScreen
from ui.imports.screen import ImportScreen
from ui.kit.preferences import Preferences
from ui.mail.mail_list import MailList
from ui.mail.screen import MailScreen
from ui.mail.templates import TemplatesView
from ui.main_window.proof import ProofWindow
from ui.main_window.screens import SCREENS
from ui.planner.screen import PlannerScreen
from ui.points.home.page import PointsHome
from ui.points.report.page import PointsReport
from ui.processes.screen import ProcessesScreen
from ui.reports.screen import ReportsScreen
from ui.tickets.screen import TicketsScreen
from ui.tickets.tasks.update import UpdateWindow
from ui.tour.hands import wait

Shown = tuple[str, QWidget]

PLANNER_WINDOWS: dict[str, tuple[tuple[str, str], ...]] = {
    "hours": (),
    "rules": (("new_button", "RuleDialog"),),
    "absences": (("new_button", "AbsenceDialog"),),
    "enabled_types": (),
    "holidays": (("new_button", "FormDialog"),),
}
"""The planner's windows by their commands, and the forms that open from their buttons."""


class EveryWindow:
    """One person's desktop on an open database, and everything that can be opened from it."""

    def __init__(
        self,
        workplace: bootstrap.Workplace,
        me: Me,
        preferences: Preferences,
        folder: Path,
        size: tuple[int, int] = (1440, 900),
    ) -> None:
        self.preferences = preferences
        self.folder = folder
        self.desktop = Desktop(workplace, me, preferences, folder)
        self.window = self.desktop.window
        self.window.resize(*size)
        self.desktop.show()
        self.settle()

    def close(self) -> None:
        """Close the window and everything of it."""
        self.window.hide()
        self.desktop.close()

    def settle(self) -> None:
        """Wait until every answer has come and is painted."""
        for _turn in range(2):
            QTest.qWait(20)
            wait(lambda: self.desktop.tasks.is_idle, "quiet")
        QTest.qWait(10)

    def begin_ticket(self, subject: str) -> QLineEdit:
        """Make every screen, then leave a new ticket half written; the field it is written in."""
        for screen in SCREENS:
            self.window.show_screen(screen.id)
        tickets = cast(TicketsScreen, self.window.show_screen("tickets"))
        self.settle()
        tickets.new_ticket()
        tickets.card.fields.subject.setText(subject)
        return tickets.card.fields.subject

    def walk(self, file: Path, ticket: int, customer: int) -> Iterator[Shown]:
        """Everything, by name; `file` is one to import, the numbers are those of the cards to open."""
        for screen in SCREENS:
            self.window.show_screen(screen.id)
            self.settle()
            yield screen.id, self.window
        yield from self._month_at_home()
        yield from self._cards(ticket, customer)
        yield from self._import(file)
        yield from self._processes()
        yield from self._campaigns()
        yield from self._opened("dialer.telephone", "telephone")
        for name, pane in dial_panes(self.window.desk):
            self.settle()
            yield name, pane
        yield from self._sections()
        yield from self._planner()
        yield from self._tasks()
        yield from self._mail()
        yield from self._reports()
        yield from self._opened("processes.rehearse", "rehearsal-nothing", Change())
        # Everybody who is a number below this loses every profile: whatever was handed over moves.
        nobody = Change({user: frozenset() for user in range(1, 20)})
        yield from self._opened("processes.rehearse", "rehearsal", nobody, "Rossi")
        yield from self._frame()
        yield from self._entrance()

    # --- Screens

    def _month_at_home(self) -> Iterator[Shown]:
        home = cast(HomeScreen, self.window.show_screen("home"))
        self.settle()
        home.tabs.choose("points")
        self.settle()
        page = cast(PointsHome, home.tabs.page)
        yield "points-chart", self.window
        page.chart.turn()
        page.drill(None, page.chart.board.months[-1])
        self.settle()
        yield "points-rows", self.window
        page.switches.whose["mine"].click()
        self.settle()
        yield "points-mine", self.window
        home.tabs.bar.setCurrentIndex(0)

    def _cards(self, ticket: int, customer: int) -> Iterator[Shown]:
        tickets = cast(TicketsScreen, self.window.show_screen("tickets"))
        tickets.open_ticket(ticket)
        self.settle()
        yield from self._opened("tickets.merge", "ticket-merge")
        tickets.change_chosen()
        yield from self._shut("ticket-bulk", tickets.bulk)
        tickets.kept.keep()
        yield from self._shut("ticket-filter", tickets.kept.window_open)
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("ticket-card", lambda: tickets.open_ticket(ticket)),
            ("ticket-new", tickets.new_ticket),
            ("ticket-wrong", tickets.card.save),
        )
        for name, begin in steps:
            begin()
            self.settle()
            yield name, self.window
        tickets.card.discard()
        customers = cast(CustomersScreen, self.window.show_screen("customers"))
        steps = (
            ("customer-card", lambda: customers.open_customer(customer)),
            ("customer-tasks", lambda: customers.card.work.show_part(1)),
            ("customer-notes", lambda: customers.card.work.show_part(2)),
            ("customer-points", lambda: customers.card.work.show_part(4)),
        )
        for name, begin in steps:
            begin()
            self.settle()
            yield name, self.window
        yield from self._points(cast(PointsOfCustomer, customers.card.work.points))
        for name, begin in (("customer-new", customers.new_customer), ("customer-wrong", customers.card.save)):
            begin()
            self.settle()
            yield name, self.window

    def _points(self, points: PointsOfCustomer) -> Iterator[Shown]:
        """What can be done with the points of a customer who has some."""
        points.view.selectRow(0)
        for name, act in (
            ("points-redeem", points.redeem),
            ("points-why", points.why_button.click),
            ("points-reverse", points.reverse_button.click),
        ):
            before = _windows()
            act()
            self.settle()
            yield from self._fresh(name, _windows() - before)

    def _processes(self) -> Iterator[Shown]:
        screen = cast(ProcessesScreen, self.window.show_screen("processes"))
        screen.new()
        self.settle()
        yield "process-new", self.window
        screen.editor.add_stage()
        self.settle()
        yield "process-stage", self.window
        screen.editor.stage_form.next.item(-2).setCheckState(Qt.CheckState.Unchecked)  # type: ignore[union-attr]
        screen.editor.save()
        self.settle()
        yield "process-wrong", self.window
        screen.editor.keeping.discard()
        screen.tabs.setCurrentWidget(screen.profiles)
        self.settle()
        yield "profiles", self.window
        worker = next(row for row in screen.profiles._rows if row.main == WORKER)
        item = screen.profiles.item_of(worker.name)
        assert item is not None
        screen.profiles.tree.setCurrentItem(item)
        yield "profile-points", self.window
        screen.tabs.setCurrentIndex(0)
        self.settle()
        sheet = screen.editor.sheet
        assert sheet is not None
        screen.editor.graph.chosen.emit(sheet.draft.stages[1].key)
        self.settle()
        yield "stage-points", self.window
        yield from self._opened("processes.points_history", "points-history")
        yield from self._opened("processes.what_if", "what-if")

    def _campaigns(self) -> Iterator[Shown]:
        screen = cast(CampaignsScreen, self.window.show_screen("campaigns"))
        screen.new()
        screen.naming.name.setText("Rossi <b>x</b>")
        yield "campaign-new", self.window
        screen.naming.add_button.click()
        self.settle()
        for tab in TABS:
            page = screen.show_tab(tab.key)
            self.settle()
            yield f"campaign-{tab.key}", self.window
            if isinstance(page, RecordsPage) and page.new_text:
                page.new()
                self.settle()
                yield f"campaign-{tab.key}-new", self.window
                page.save()
                self.settle()
                yield f"campaign-{tab.key}-wrong", self.window
                page.cancel()
        screen.show_tab("rules")
        screen.head.start_button.click()
        self.settle()
        yield "campaign-start", self.window
        screen.head.go.click()
        self.settle()
        screen.head.close_button.click()
        yield "campaign-close", self.window
        screen.head.confirm.click()
        self.settle()
        yield "campaign-closed", self.window

    def _tasks(self) -> Iterator[Shown]:
        for shown in self._opened("tasks.open", "task", 1):
            yield shown
            window = cast(UpdateWindow, shown[1])
            for tab, name in ((window.details, "task-details"), (window.history, "task-history")):
                window.tabs.setCurrentWidget(tab)
                self.settle()
                yield name, window
        yield from self._opened("tasks.why", "task-why", 1)
        yield from self._opened("tasks.new", "task-new")
        yield from self._opened("home.remind", "reminder")

    def _mail(self) -> Iterator[Shown]:
        screen = cast(MailScreen, self.window.show_screen("mail"))
        for key in ("outbox", "incoming"):
            page = cast(MailList, screen.page(key))
            self.settle()
            yield f"mail-{key}", self.window
            for row in page.model.rows:
                page.open(row.id)
                self.settle()
                yield f"mail-{key}-{row.id}", self.window
        templates = cast(TemplatesView, screen.page("templates"))
        self.settle()
        yield "mail-template-first", self.window
        templates.new()
        self.settle()
        yield "mail-template-new", self.window
        templates.save()
        self.settle()
        yield "mail-template-wrong", self.window
        templates.drop()

    def _reports(self) -> Iterator[Shown]:
        screen = cast(ReportsScreen, self.window.show_screen("reports"))
        for code in ("status_id", "month", "hours", "balances"):
            screen.choose(code)
            self.settle()
            yield f"report-{code}", self.window
        screen.hours.report()
        yield from self._shut("report-hours-new", screen.hours.window_open)
        screen.choose("points.report")
        self.settle()
        yield "report-points", self.window
        page = cast(PointsReport, screen.lent["points.report"])
        for by in (Slice.STAGE, Slice.GROUP, None):
            page.show_by(by)
            self.settle()
            yield f"report-points-{by}", self.window

    def _import(self, file: Path) -> Iterator[Shown]:
        screen = cast(ImportScreen, self.window.show_screen("imports"))
        screen.kind.setCurrentIndex(screen.kind.count() - 1)
        screen.open(file)
        wait(screen.import_button.isEnabled, "the file to be read")
        self.settle()
        yield "import-file", self.window
        screen.dry_run()
        wait(lambda: screen.result.isVisible() and self.desktop.tasks.is_idle, "the dry run")
        yield "import-result", self.window

    def _sections(self) -> Iterator[Shown]:
        screen = cast(SetupScreen, self.window.show_screen("admin"))
        for _title, entries in ENTRIES:
            for entry in entries:
                screen.show_entry(entry.key)
                self.settle()
                view = screen.stack.currentWidget()
                if isinstance(view, SectionView) and not view.section.is_single:
                    view.table.selectRow(0)
                    self.settle()
                yield f"setup-{entry.key}", self.window
                if isinstance(entry, Section) and entry.new and isinstance(view, SectionView):
                    view.new()
                    self.settle()
                    yield f"setup-{entry.key}-new", self.window
                    view.save()
                    self.settle()
                    yield f"setup-{entry.key}-wrong", self.window
                    view.cancel()

    # --- The planner and its windows

    def _planner(self) -> Iterator[Shown]:
        planner = cast(PlannerScreen, self.window.show_screen("planner"))
        wait(lambda: planner.plan is not None, "the plan")
        self.settle()
        for period in ("week", "fortnight", "day"):
            self.window.desk.commands.run(f"planner.{period}")
            self.settle()
            yield f"planner-{period}", self.window
        yield from self._opened("planner.appointment", "appointment")
        yield from self._menu("planner.to_fix", "visits-to-fix")
        for name, forms in PLANNER_WINDOWS.items():
            for shown in self._opened(f"planner.{name}", f"window-{name}"):
                yield shown
                for button, form in forms:
                    yield from self._form(shown[1], button, form)

    def _form(self, window: QWidget, button: str, form: str) -> Iterator[Shown]:
        before = _windows()
        getattr(window, button).click()
        wait(lambda: _windows() - before, f"the form {form}")
        self.settle()
        dialog = next(iter(_windows() - before))
        assert type(dialog).__name__ == form
        yield f"form-{form}", dialog
        dialog.close()

    # --- The frame

    def _frame(self) -> Iterator[Shown]:
        self.window.palette_box.open()
        yield "palette", self.window
        self.window.palette_box.hide()
        yield from self._help()
        yield from self._opened("window.shortcuts", "shortcuts")
        yield from self._opened("window.preferences", "preferences")
        yield from self._opened("window.about", "about")
        yield from self._opened("window.rights", "rights")
        yield from self._opened("window.password", "own-password")
        for shown in self._opened("window.proof", "proof"):
            yield shown
            proof = cast(ProofWindow, shown[1])
            proof.show_proof(Proof(20, False, 1351, 2, 1, 75.0, 3.5, 34.5))
            self.settle()
            yield "proof-told", proof
        self.window.show_crash(RuntimeError("tried"))
        yield from self._fresh("crash", _windows() - {self.window})
        self.window.user_menu.popup(self.window.mapToGlobal(self.window.rect().center()))
        yield "user-menu", self.window.user_menu
        self.window.user_menu.close()

    def _help(self) -> Iterator[Shown]:
        for shown in self._opened("window.help", "help"):
            window = cast(HelpWindow, shown[1])
            for topic in TOPICS.values():
                window.show_topic(topic)
                self.settle()
                yield f"help-{topic.id}", window

    def _opened(self, command: str, name: str, *words: object) -> Iterator[Shown]:
        before = _windows()
        assert self.window.desk.commands.run(command, *words), command
        wait(lambda: _windows() - before, name)
        self.settle()
        yield from self._fresh(name, _windows() - before)

    def _fresh(self, name: str, fresh: set[QWidget]) -> Iterator[Shown]:
        for widget in fresh:
            yield name, widget
            widget.close()

    def _shut(self, name: str, window: QWidget | None) -> Iterator[Shown]:
        assert window is not None
        self.settle()
        yield name, window
        window.close()

    def _menu(self, command: str, name: str) -> Iterator[Shown]:
        self.window.desk.commands.run(command)
        self.settle()
        for menu in self.window.findChildren(QMenu):
            if menu.isVisible():
                yield name, menu
                menu.close()

    # --- The entrance

    def _entrance(self) -> Iterator[Shown]:
        window = EntranceWindow(self.preferences)
        makers: tuple[tuple[str, Callable[[], object]], ...] = (
            ("entrance-language", lambda: LanguagePage(self.preferences)),
            ("entrance-company", CompanyPage),
            ("entrance-administrator", AdministratorPage),
            ("entrance-start", StartPage),
            ("entrance-log-in", LogInPage),
            ("entrance-connect", ConnectPage),
            ("entrance-trouble", TroublePage),
            ("entrance-waiting", lambda: WaitingPage(N_("Opening the database"))),
        )
        for name, make in makers:
            window.show_page(make(), 1, 4)  # type: ignore[arg-type]
            QTest.qWait(10)
            yield name, window
        window.hide()
        window.deleteLater()


def _windows() -> set[QWidget]:
    return {each for each in QApplication.topLevelWidgets() if each.isVisible() and not isinstance(each, QMenu)}
