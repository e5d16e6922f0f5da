"""A window with the set-up screen over a real database, and hands for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.backend import Backend
from app.bus import Bus
from app.db.database import Database
from app.domain.people import ROLES
from app.models.company import Company
from app.settings import Settings
from tests.kit.factory import add_group, add_site, add_type, add_user
from ui.admin import SCREEN
from ui.admin.screen import SetupScreen
from ui.admin.view import SectionView
from ui.kit.bridge import Bridge
from ui.kit.messages import Notice
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Person
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Hands:
    """Somebody at the set-up screen, who types and looks."""

    qtbot: QtBot
    window: MainWindow
    backend: Backend
    tasks: Tasks
    notices: list[Notice]

    @property
    def screen(self) -> SetupScreen:
        """The screen."""
        screen = self.window.current_screen
        assert isinstance(screen, SetupScreen)
        return screen

    @property
    def view(self) -> SectionView:
        """The section in front."""
        view = self.screen.stack.currentWidget()
        assert isinstance(view, SectionView)
        return view

    def go(self, section: str) -> SectionView:
        """Open a section and wait for its list and choices."""
        self.screen.show_entry(section)
        self.wait(lambda: self.view.form.is_open or self.view.pages.currentWidget() is self.view.empty)
        # What the fields offer comes after the list: nobody types before it is there.
        self.wait(lambda: self.tasks.is_idle)
        return self.view

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so, and all that was asked is answered."""
        self.qtbot.waitUntil(lambda: is_so() and not self.tasks.waiting, timeout=60_000)

    def type(self, field: str, text: str) -> None:
        """Type into a field in place of what it holds."""
        widget = self.view.form.parts[field].widget
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self.qtbot.keyClick(widget, Qt.Key.Key_A, CTRL)
        self.qtbot.keyClicks(widget, text)

    def new(self) -> None:
        """The key of the New button."""
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        self.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, keys)
        assert self.view.form.is_new

    def press(self, key: Qt.Key, *, ctrl: bool = False) -> None:
        """Press a key wherever the cursor is."""
        focused = QApplication.activePopupWidget() or QApplication.focusWidget() or self.window
        self.qtbot.keyClick(focused, key, CTRL if ctrl else Qt.KeyboardModifier.NoModifier)

    def click(self, widget: QWidget) -> None:
        """Click in the middle of it."""
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def save(self) -> None:
        """Ctrl+S, and wait for the answer."""
        self.press(Qt.Key.Key_S, ctrl=True)
        self.wait(lambda: not self.view.form.is_changed or self.view.form.fields_with_errors != [])

    def write_name(self, name: str) -> None:
        """Type into the line that is being written in a tree, and end it."""
        line = QApplication.focusWidget()
        assert isinstance(line, QLineEdit), line
        self.qtbot.keyClicks(line, name)
        self.qtbot.keyClick(line, Qt.Key.Key_Return)
        self.wait(lambda: not shiboken6.isValid(line))

    def names(self) -> list[str]:
        """The first column of the list, headings too."""
        model = self.view.model
        return [str(model.index(line, 0).data()).strip("\u2068\u2069") for line in range(model.rowCount())]

    def choose(self, name: str) -> None:
        """Click the row with this name."""
        table = self.view.table
        index = self.view.model.index(self.names().index(name), 0)
        place = table.visualRect(index).center()
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def value(self, field: str) -> Any:
        """What a field holds."""
        return self.view.form.parts[field].value()


@pytest.fixture
def office(database: Database) -> dict[str, int]:
    """A company with an administrator, an agent, two groups, a type and a site; ids by name."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Galil", country="IL", time_zone="Asia/Jerusalem", language="en"))
        dana, ana = add_user(session, "Dana", "administrator"), add_user(session, "Ana", "agent")
        desk = add_group(session, "Desk", dana, is_back_office=True)
        north = add_group(session, "North team", ana)
        kind, site = add_type(session, "Repair"), add_site(session, "Haifa")
        return {"Dana": dana.id, "Ana": ana.id, "Desk": desk.id, "North": north.id, "Repair": kind.id, "Haifa": site.id}


Enter = Callable[[str, str], Hands]


@pytest.fixture
def enter(
    qtbot: QtBot, qapp: QApplication, database: Database, office: dict[str, int], tmp_path: Path
) -> Iterator[Enter]:
    """Let somebody sit down: `enter("Dana", "administrator")`."""
    closing: list[Callable[[], object]] = []
    leaving: list[QObject] = []

    def make(name: str, role: str) -> Hands:
        preferences = Preferences(Settings(tmp_path / f"{name}.json"))
        preferences.dress()
        preferences.speak("en")
        bus = Bus()
        backend = Backend(database, bus, actor=office[name])
        tasks, bridge = Tasks(backend), Bridge(bus)
        memory = Memory(tmp_path / f"{name}.ini")
        person = Person(office[name], name, frozenset(ROLES[role]))
        window = MainWindow(backend, tasks, bridge, preferences, memory, person)
        notices: list[Notice] = []
        window.desk.messages.posted.connect(notices.append)
        window.register([SCREEN])
        window.open_first()
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        closing.extend((window.close, tasks.close, bridge.close))
        leaving.extend((window, tasks, bridge, preferences, memory))
        return Hands(qtbot, window, backend, tasks, notices)

    yield make
    for close in closing:
        close()
    for each in leaving:
        shiboken6.delete(each)
    i18n.use("en")


@pytest.fixture
def hands(enter: Enter) -> Hands:
    """Dana, who administers."""
    return enter("Dana", "administrator")
