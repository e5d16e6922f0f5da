"""The window: the frame put together, the screens made when first shown, and the commands that work everywhere."""

import traceback
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.domain.words import N_, Message
from app.i18n import _
from ui.kit import theme, translate
from ui.kit.bridge import Bridge
from ui.kit.commands import WINDOW, Command, Commands
from ui.kit.messages import Messages, Notice
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Desk, Person, Screen
from ui.kit.tasks import Executor, Tasks
from ui.main_window.acts import ACTS
from ui.main_window.connection import ConnectionNews
from ui.main_window.message_bar import MessageBar
from ui.main_window.own_password import OwnPassword
from ui.main_window.places import Places, call
from ui.main_window.rail import Rail
from ui.main_window.status_row import StatusRow
from ui.main_window.tabs import TABS
from ui.main_window.top_row import TopRow
from ui.main_window.unsent_mail import UnsentMail
from ui.main_window.user_menu import UserMenu

if TYPE_CHECKING:
    from ui.main_window.barred import Barred
    from ui.main_window.palette import Palette

__all__ = ["MARK", "MainWindow"]

MARK = Path(__file__).resolve().parents[2] / "resources" / "icons" / "callboard.svg"
TELEPHONE = "dialer.telephone"

PALETTE = Command("window.palette", N_("Find a command"), "search", "Ctrl+K", in_palette=False)
SHORTCUTS = Command("window.shortcuts", N_("Keyboard shortcuts"), "keyboard", "Ctrl+? Ctrl+Shift+/")
HELP = Command("window.help", N_("Help"), "help", "F1")
PREFERENCES = Command("window.preferences", N_("Preferences"), "preferences", "Ctrl+,")
REFRESH = Command("window.refresh", N_("Refresh"), "refresh", "F5")
FIND = Command("window.find", N_("Search in this screen"), "search", "Ctrl+F")
LARGER = Command("window.larger", N_("Larger text"), "zoom-in", "Ctrl++ Ctrl+=")
SMALLER = Command("window.smaller", N_("Smaller text"), "zoom-out", "Ctrl+-")
NORMAL = Command("window.normal_text", N_("Normal text size"), "reset", "Ctrl+0")
FULL = Command("window.full_screen", N_("Full screen"), "fit", "F11")
OFFER = Command("window.take_offer", N_("Do what the message offers"), "undo", "Ctrl+Shift+Z")
DISMISS = Command("window.dismiss_message", N_("Close the message"), "close", "Ctrl+Shift+W")
USER_MENU = Command("window.user_menu", N_("Open the user menu"), "user", "F10")
RESET = Command("window.reset_layout", N_("Reset the layout"), "reset")
ABOUT = Command("window.about", N_("About Callboard"), "about")
PROOF = Command("window.proof", N_("Proof of the dial desk"), "proof")
RIGHTS = Command("window.rights", N_("What my log-in may do"), "administrator")
LOG_OUT = Command("window.log_out", N_("Log out"), "log-out")
QUIT = Command("window.quit", N_("Quit"), "cancel", "Ctrl+Q")


class MainWindow(QMainWindow):
    """The frame of one person on one database.

    Signal: `ended()` when the window has closed; `is_logging_out` then says whether the program stays.
    """

    ended = Signal()

    def __init__(
        self,
        backend: Executor,
        tasks: Tasks,
        bridge: Bridge,
        preferences: Preferences,
        memory: Memory,
        person: Person,
        *,
        database: str = "",
        log_file: str = "",
    ) -> None:
        super().__init__()
        self.setWindowIcon(QIcon(str(MARK)))
        self._log_file = log_file
        self._leaving: Notice | None = None
        self._barred: Barred | None = None
        self.try_again: Callable[[], object] | None = None
        self.is_logging_out = False
        self.desk = Desk(
            backend,
            tasks,
            bridge,
            Commands(self),
            Messages(self),
            preferences,
            memory,
            person,
            self.show_screen,
            TABS,
        )
        self._build(database)
        self.places = Places(self.desk, self.rail, self.stack, self)
        self._add_commands()
        self.own_password = OwnPassword(self.desk, self)
        self.user_menu = UserMenu(preferences, self.desk.commands, self.top_row.person)
        self.connection_news = ConnectionNews(self.desk, lambda: self.try_again, self)
        self._connect()
        self._put_in_place()

    # --- Putting together

    def _build(self, database: str) -> None:
        self.rail = Rail(self.windowIcon())
        self.rail.wanted.connect(self.show_screen)
        self.message_bar = MessageBar(self.desk.messages)
        self.top_row = TopRow(self.message_bar, self.desk.person.name)
        self.stack = QStackedWidget()
        self.status_row = StatusRow(self.desk.tasks, self.desk.bridge, database)
        self.unsent_mail = UnsentMail(self.desk)
        self.status_row.keep(self.unsent_mail)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.top_row)
        right.addWidget(self.stack, 1)
        upper.addWidget(self.rail)
        upper.addLayout(right, 1)
        column.addLayout(upper, 1)
        column.addWidget(self.status_row)
        self._whole = QStackedWidget()
        self._whole.addWidget(whole)
        self.setCentralWidget(self._whole)
        self.top_row.search_wanted.connect(self.open_palette)

    def _add_commands(self) -> None:
        zoom = self.desk.preferences.zoom
        for command, handler in (
            (PALETTE, self.open_palette),
            (HELP, self.open_help),
            (SHORTCUTS, self.open_shortcuts),
            (PREFERENCES, self.open_preferences),
            (REFRESH, self.refresh),
            (FIND, self.start_search),
            (LARGER, lambda: zoom(10)),
            (SMALLER, lambda: zoom(-10)),
            (NORMAL, lambda: zoom(0)),
            (FULL, self.toggle_full_screen),
            (USER_MENU, self.top_row.person.showMenu),
            (RESET, self.reset_layout),
            (ABOUT, self.open_about),
            (PROOF, self.open_proof),
            (RIGHTS, self.open_rights),
            (LOG_OUT, self.log_out),
            (QUIT, self.close),
        ):
            self.desk.commands.add(command, handler)
        for command, handler in ((OFFER, self.message_bar.take_offer), (DISMISS, self.message_bar.dismiss)):
            self.desk.commands.add(command, handler, enabled=self.message_bar.has_current)
        self.message_bar.appeared.connect(self.desk.commands.refresh)
        self.message_bar.emptied.connect(self.desk.commands.refresh)

    def _connect(self) -> None:
        self.desk.tasks.unhandled.connect(self.desk.messages.show_error)
        self.desk.messages.crashed.connect(self.show_crash)
        self.places.shown.connect(self._name_screen)
        self.rail.preferences_wanted.connect(self.open_preferences)
        translate.news.switched.connect(self._retitle)

    def _put_in_place(self) -> None:
        theme.news.changed.connect(self._limit)
        self._limit()
        self.resize(self._first_size())
        self.desk.memory.window(self, "main")

    @Slot()
    def _limit(self) -> None:
        """Larger words need a larger window, as far as the screen has room."""
        least, room = QSize(900, 560), self.screen().availableSize()
        self.setMinimumSize(QSize(theme.scale(900), theme.scale(560)).boundedTo(room.expandedTo(least)))

    def _first_size(self) -> QSize:
        """A good size, or what the screen has; one too small for any window (as without a display) is not asked."""
        wanted, room = QSize(1440, 900), self.screen().availableSize()
        fits = room.width() >= self.minimumWidth() and room.height() >= self.minimumHeight()
        return wanted.boundedTo(room) if fits else wanted

    # --- Screens

    def register(self, screens: Sequence[Screen]) -> None:
        """Give each screen its place in the navigation and its commands; none is made yet."""
        self.places.register(screens, ACTS)

    def open_first(self) -> None:
        """Show the screen of the last time; a new office begins at its board."""
        self.places.open_first()

    @Slot(str)
    def show_screen(self, screen_id: str) -> QWidget | None:
        """Bring a screen to the front, made now if it was never shown; None when this person has no such screen."""
        return self.places.show(screen_id)

    @property
    def current_screen(self) -> QWidget | None:
        """The screen in front."""
        return self.places.current

    @Slot(object)
    def _name_screen(self, screen: Screen) -> None:
        self.top_row.set_title(screen.text)
        self._retitle()

    @Slot()
    def refresh(self) -> None:
        """Ask the screen in front to read anew."""
        call(self.current_screen, "refresh")

    @Slot()
    def start_search(self) -> None:
        """Put the cursor into the search field of the screen in front."""
        call(self.current_screen, "start_search")

    @Slot()
    def _retitle(self) -> None:
        screen = self.places.current_screen
        self.setWindowTitle(_("{screen} - Callboard", screen=_(screen.text)) if screen else _("Callboard"))

    # --- Other windows

    @cached_property
    def palette_box(self) -> "Palette":
        """Where commands are found, made when it is first wanted: the start need not pay for it."""
        from ui.main_window.palette import Palette

        box = Palette(self.desk.commands, self.desk.memory, self)
        box.closed.connect(self.places.focus)
        return box

    @Slot()
    def open_palette(self) -> None:
        """Let a command be found."""
        self.palette_box.open()

    @Slot()
    def open_preferences(self) -> None:
        """Open the preferences beside the work."""
        from ui.preferences.window import PreferencesWindow

        choose = self.choose_telephone if self.desk.commands.has(TELEPHONE) else None
        PreferencesWindow(self.desk.preferences, self, telephone=choose).show()

    @Slot()
    def choose_telephone(self) -> None:
        """Open the window of the telephone beside the work."""
        self.desk.commands.run(TELEPHONE)

    @Slot()
    def open_shortcuts(self) -> None:
        """Open the sheet of keys."""
        from ui.main_window.shortcut_sheet import ShortcutSheet

        titles = {WINDOW: N_("Everywhere"), **{screen.id: screen.text for screen in self.places.open}}
        ShortcutSheet(self.desk.commands, titles, self).show()

    @Slot()
    def open_help(self) -> None:
        """Open the page of help that fits the screen in front."""
        from ui.help.topics import topic_of
        from ui.help.window import HelpWindow

        topic = topic_of(front.objectName() if (front := self.current_screen) else None)
        shown = self.findChild(HelpWindow)
        if shown is None:
            HelpWindow(topic, self).show()
        else:
            shown.show_topic(topic)
            shown.activateWindow()

    @Slot()
    def open_about(self) -> None:
        """Open versions and licences."""
        from ui.main_window.about import About

        About(self.windowIcon(), self).show()

    @Slot()
    def open_proof(self) -> None:
        """Open what anybody may run to see that the dial desk keeps its promises."""
        from ui.main_window.proof import ProofWindow

        shown = self.findChild(ProofWindow) or ProofWindow(self.desk, self)
        shown.show()
        shown.activateWindow()

    @Slot()
    def open_rights(self) -> None:
        """Open what the server lets this log-in do."""
        from ui.rights.window import RightsWindow

        shown = self.findChild(RightsWindow) or RightsWindow(self.desk, self)
        shown.come()

    @Slot(object)
    def show_crash(self, problem: BaseException) -> None:
        """Show what nobody foresaw, once at a time."""
        from ui.main_window.about import Crash

        if not any(isinstance(child, Crash) for child in self.children()):
            Crash("".join(traceback.format_exception(problem)), self._log_file, self).show()

    @Slot()
    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def reset_layout(self) -> None:
        """Forget every remembered width and place."""
        self.desk.memory.reset()
        self.desk.messages.success(N_("The layout is reset. It shows when Callboard is opened next."))

    # --- The end

    def bar_out(self, what: Message, hint: Message) -> None:
        """Nothing of the office is shown or can be done any more; why stands in its place."""
        from ui.main_window.barred import Barred

        if self._barred is None:
            self._barred = Barred(self, self._whole, what, hint)
            self._barred.leaving.connect(self.log_out)
        self._barred.page.say(what, hint)
        self.connection_news.rest(on=True)

    def barred_words(self) -> str:
        """Why nothing goes on, in words; empty while everything does."""
        return self._barred.page.words() if self._barred is not None else ""

    def let_in(self) -> None:
        """The office is open again, as it was left."""
        if self._barred is not None:
            self._barred.end()
            self._barred = None
            self.connection_news.rest(on=False)
            self.desk.messages.success(N_("Your log-in works again."))

    @Slot()
    def log_out(self) -> None:
        """Leave the window to somebody else, once everything is saved."""
        self.is_logging_out = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Changes under way are carried out first; then the layout is kept and the window goes."""
        tasks = self.desk.tasks
        if tasks.waiting:
            event.ignore()
            if self._leaving is None:
                self._leaving = self.desk.messages.info(N_("Saving the last changes, then Callboard closes."))
                tasks.waiting_changed.connect(self._close_when_saved)
            return
        self.desk.memory.flush()
        event.accept()
        self.ended.emit()

    @Slot(int)
    def _close_when_saved(self, waiting: int) -> None:
        if waiting == 0:
            self.desk.tasks.waiting_changed.disconnect(self._close_when_saved)
            self._leaving = None
            self.close()
