"""A robot at the planner: it sees what stands on the board, and drags, clicks and types as a person does."""

import gc
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.db.feed import Feed
from app.domain.people import ROLES
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import Group, User
from app.models.places import Site
from app.models.planner import Presence
from app.models.processes import ActivityType, Enablement
from app.models.tickets import Task, Ticket
from app.services.planner import placing
from app.services.planner.rows import Place, VisitRow, WaitingRow
from app.settings import Settings
from tests.kit.factory import add_call, add_group, add_presence, add_site, add_type, add_user
from ui.kit.bridge import Bridge
from ui.kit.messages import Notice
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Person
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow
from ui.planner import SCREEN
from ui.planner.canvas.drops import Zone
from ui.planner.screen import PlannerScreen
from ui.tour.board import CTRL, PlannerHands
from ui.tour.hands import Drag, wait

DAY = date(2031, 11, 24)
"""The Monday on which everything happens; the robot's clock stands at 7 in the morning."""
ZONE = ZoneInfo("Asia/Jerusalem")


def clock(text: str, day: date = DAY) -> datetime:
    """The instant of "9:30" on the company's clock."""
    hours, _colon, minutes = text.partition(":")
    return datetime.combine(day, time(int(hours), int(minutes or 0)), ZONE).astimezone(UTC)


@dataclass
class Rows:
    """What is in the database, by name."""

    technicians: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    office: int = 0
    me: int = 0


class PlannerRobot:
    """One person's planner in a real window; `given_` makes rows, verbs act as hands do, `expect_` looks and waits."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.rows = Rows()
        self._given_company()
        self.backend = Backend(database, actor=self.rows.me, clock=lambda: clock("7:00"))
        self.folder = folder
        self.window: MainWindow | None = None
        self.notices: list[Notice] = []
        self.role = "back_office"

    # --- Given ---------------------------------------------------------------------------------------------------

    def _given_company(self) -> None:
        with self.database.transaction() as session:
            session.add(Company(id=1, name="Test", country="IL", time_zone=ZONE.key, language="en"))
            me = add_user(session, "Dana", "back_office")
            office = add_group(session, "Office", me, is_back_office=True)
            self.rows.me, self.rows.office = me.id, office.id
            self.rows.types["Repair"] = add_type(session, "Repair").id

    def given_technicians(self, *names: str, present: str = "8:00-17:00", site: str = "", able: bool = True) -> None:
        """Technicians who are there from when to when, enabled for every type."""
        start, end = (clock(each) for each in present.split("-"))
        with self.database.transaction() as session:
            users = [add_user(session, name) for name in names]
            add_group(session, f"Group of {names[0]}", *users)
            at_site = session.get(Site, self._site(session, site)) if site else None
            for user in users:
                self.rows.technicians[user.name] = user.id
                add_presence(session, user, start, end, at_site)
                for kind in self.rows.types.values() if able else ():
                    session.add(Enablement(activity_type_id=kind, user_id=user.id))

    def _site(self, session: object, name: str) -> int:
        if name not in self.rows.sites:
            self.rows.sites[name] = add_site(session, name).id  # type: ignore[arg-type]
        return self.rows.sites[name]

    def given_type(self, name: str, minutes: int) -> None:
        """Another type; technicians made later are enabled for it."""
        with self.database.transaction() as session:
            self.rows.types[name] = add_type(session, name, minutes=minutes).id

    def given_calls(self, *customers: str, kind: str = "Repair", site: str = "", due: str = "") -> None:
        """Calls that wait, named by their customers."""
        with self.database.transaction() as session:
            office, kind_row = (
                session.get_one(Group, self.rows.office),
                session.get_one(ActivityType, self.rows.types[kind]),
            )
            for name in customers:
                customer = Customer(name=name, search=name.casefold())
                session.add(customer)
                session.flush()
                task = add_call(session, office, kind_row, f"Work at {name}", due_at=clock(due) if due else None)
                ticket = session.get_one(Ticket, task.ticket_id)
                ticket.customer_id = customer.id
                ticket.site_id = self._site(session, site) if site else None
                self.rows.calls[name] = task.id

    def given_visits(self, *told: str, technician: str = "Levi") -> None:
        """Visits such as "Ana 9:00" on a technician's day."""
        for each in told:
            name, start = each.rsplit(" ", 1)
            self.given_calls(name)
            self.colleague().execute(
                placing.schedule, self.rows.calls[name], 1, self.rows.technicians[technician], clock(start)
            )

    def given_presence(self, technician: str, span: str, site: str = "") -> None:
        """One more stretch in which somebody is there."""
        start, end = (clock(each) for each in span.split("-"))
        with self.database.transaction() as session:
            session.add(
                Presence(
                    user_id=self.rows.technicians[technician], starts_at=start, ends_at=end, is_manual=True,
                    site_id=self._site(session, site) if site else None,
                )
            )  # fmt: skip

    def colleague(self, name: str = "") -> Backend:
        """Somebody else's door to the same database, with a bus of its own: only the feed tells this window."""
        actor = None
        if name:
            with self.database.transaction() as session:
                known = session.scalar(select(User.id).where(User.name == name))
                actor = known or add_user(session, name, "back_office").id
        return Backend(self.database, actor=actor, clock=lambda: clock("7:00"))

    # --- The window ----------------------------------------------------------------------------------------------

    def open(self, *, language: str = "en", day: date = DAY, size: tuple[int, int] = (1280, 860)) -> None:
        """Open the window on the planner's day and wait until it is painted."""
        settings = Settings(self.folder / "settings.json")
        settings.language = language
        preferences = Preferences(settings)
        preferences.dress()
        preferences.speak()
        self.tasks = Tasks(self.backend)
        self.bridge = Bridge(self.backend.bus)
        self.feed = Feed(self.database, self.backend.bus, period=0.1)
        person = Person(self.rows.me, "Dana", frozenset(ROLES[self.role]))
        memory = Memory(self.folder / "layout.ini")
        self.window = MainWindow(self.backend, self.tasks, self.bridge, preferences, memory, person)
        self.window.register((SCREEN,))
        self.window.desk.messages.posted.connect(self.notices.append)
        self.window.resize(*size)
        self.window.show()
        self.window.open_first()
        self.feed.start()
        self.screen.go_to(day)
        wait(lambda: self.screen.plan is not None and self.screen.plan.period.first == day, "the board")
        self.settle()

    def close(self) -> None:
        """Close the window and end its threads."""
        if self.window is not None:
            self.feed.stop()
            self.tasks.close()
            self.bridge.close()
            preferences, memory = self.window.desk.preferences, self.window.desk.memory
            self.window.close()
            for each in (self.window, self.tasks, self.bridge, preferences, memory):
                shiboken6.delete(each)
            self.window = None
            gc.collect()  # here, and not on a thread of the next window

    @property
    def screen(self) -> PlannerScreen:
        """The planner."""
        assert self.window is not None
        screen = self.window.current_screen
        assert isinstance(screen, PlannerScreen)
        return screen

    @property
    def hands(self) -> PlannerHands:
        """The hands on the board and the list."""
        return PlannerHands(self.screen)

    def settle(self) -> None:
        """Let answers and refreshes come in."""
        wait(lambda: self.screen.is_whole and self.tasks.is_idle and not self.screen.calls._reading.isActive(), "quiet")
        QTest.qWait(30)
        wait(lambda: self.tasks.is_idle, "quiet")

    # --- Seeing --------------------------------------------------------------------------------------------------

    def visit(self, name: str) -> VisitRow | None:
        """The visit of that name as the board shows it."""
        plan = self.screen.plan
        assert plan is not None
        return next((each for each in plan.visits.values() if each.label == name), None)

    def call(self, name: str) -> WaitingRow | None:
        """The call of that name as the list shows it."""
        return next((row for row in self.screen.calls.model.rows if row.label == name), None)

    def where(self, name: str) -> str:
        """Where a visit stands, such as "Levi 9:00-10:00"; empty when it is not on the board."""
        visit = self.visit(name)
        if visit is None:
            return ""
        who = next(key for key, value in self.rows.technicians.items() if value == visit.technician_id)
        start, end = (f"{each.astimezone(ZONE):%-H:%M}" for each in (visit.starts_at, visit.ends_at))
        return f"{who} {start}-{end}"

    def stored(self, name: str) -> Place | None:
        """Where the database has the active visit of that call."""
        from app.models.planner import Visit

        with self.database.reading() as session:
            row = session.execute(
                select(Visit.technician_id, Visit.starts_at, Visit.ends_at)
                .join(Task, Task.id == Visit.task_id)
                .where(Task.id == self.rows.calls[name], Visit.is_active)
            ).first()
        return Place(*row) if row is not None else None

    # --- Doing ---------------------------------------------------------------------------------------------------

    def drag(self, name: str, *, onto: str, technician: str = "", hold: Callable[[], object] | None = None) -> None:
        """Drag a bar, or a call of the list, so that it begins at a time; `hold` runs before the release."""
        visit, call = self.visit(name), self.call(name)
        moment = clock(onto)
        if visit is not None:
            target = self.rows.technicians[technician] if technician else visit.technician_id
            grip = self.hands.grip(visit.id)
            offset = self.hands._column(grip.y(), visit.starts_at) - grip.x()
            drag = Drag(self.hands.viewport, grip)
            place = self.hands.place(target, moment) - QPoint(offset, 0)
        else:
            assert call is not None, f"{name} is neither on the board nor in the list"
            drag = self.hands.lift_call(call.task_id)
            # A call begins where the slot under the pointer begins.
            place = self.hands.place(self.rows.technicians[technician or "Levi"], moment + timedelta(minutes=5))
        drag.move(self.hands.viewport, place)
        if hold is not None:
            hold()
        drag.release()
        self.settle()

    def pull(self, name: str, edge: Zone, *, to: str) -> None:
        """Pull one edge of a bar to a time."""
        visit = self.visit(name)
        assert visit is not None
        grip = self.hands.grip(visit.id, edge)
        drag = Drag(self.hands.viewport, grip)
        drag.move(self.hands.viewport, QPoint(self.hands._column(grip.y(), clock(to)), grip.y()))
        drag.release()
        self.settle()

    def drag_down(self, name: str, *, ctrl: bool) -> None:
        """Drag a bar into the lower list, with or without Ctrl."""
        visit = self.visit(name)
        assert visit is not None
        held = CTRL if ctrl else Qt.KeyboardModifier.NoModifier
        drag = Drag(self.hands.viewport, self.hands.grip(visit.id), held)
        below = self.screen.calls.view.viewport()
        drag.move(below, below.rect().center())
        drag.release()
        self.settle()

    def choose(self, name: str) -> None:
        """Click a bar, or a call of the list."""
        visit, call = self.visit(name), self.call(name)
        if visit is not None:
            QTest.mouseClick(self.hands.viewport, Qt.MouseButton.LeftButton, pos=self.hands.grip(visit.id))
            self.screen.board.setFocus()
        else:
            assert call is not None
            assert self.screen.calls.view.choose(call.task_id)
            self.screen.calls.view.setFocus()

    def press(self, *keys: str) -> None:
        """Press keys where the keyboard is: "Enter", "Ctrl+Z", "Alt+Shift+Right"."""
        for told in keys:
            *held, name = told.split("+")
            modifiers = Qt.KeyboardModifier.NoModifier
            for each in held:
                modifiers |= _MODIFIERS[each]
            key = getattr(Qt.Key, f"Key_{_NAMES.get(name, name)}")
            focused = QApplication.focusWidget() or self.screen.board
            QTest.keyClick(focused, key, modifiers)
            QTest.qWait(5)
        self.settle()

    def menu_at(self, technician: str, moment: str, entry: str) -> None:
        """Right click an empty place and choose from the menu."""
        place = self.hands.place(self.rows.technicians[technician], clock(moment) + timedelta(minutes=5))
        self._menu(place, entry)

    def menu_on(self, name: str, entry: str) -> None:
        """Right click a bar and choose from the menu."""
        visit = self.visit(name)
        assert visit is not None
        self._menu(self.hands.grip(visit.id), entry)

    def _menu(self, place: QPoint, entry: str) -> None:
        from PySide6.QtGui import QContextMenuEvent

        viewport = self.hands.viewport
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
        QApplication.sendEvent(viewport, event)
        menu = self.menu()
        action = next(each for each in menu.actions() if each.text() == entry)
        menu.close()
        action.trigger()
        self.settle()

    def dialog(self, name: str) -> Any:
        """The open window of that class."""
        wait(lambda: _windows(name), f"the window {name}")
        return _windows(name)[-1]

    def menu(self) -> QMenu:
        """The menu that is open."""
        wait(self._menus, "a menu")
        return self._menus()[-1]

    def _menus(self) -> list[QMenu]:
        return [each for each in self.screen.findChildren(QMenu) if each.isVisible()]

    # --- Expecting -----------------------------------------------------------------------------------------------

    def expect(self, name: str, where: str) -> None:
        """Wait until a visit stands there, on the board and in the database."""
        wait(lambda: self.where(name) == where, f"{name} at {where!r}, it is at {self.where(name)!r}")
        if name in self.rows.calls:
            assert (self.stored(name) is not None) == bool(where)

    def expect_waiting(self, *names: str) -> None:
        """Wait until just these calls are in the list."""
        wait(
            lambda: sorted(row.label for row in self.screen.calls.model.rows) == sorted(names),
            f"{names} to plan, there are {[row.label for row in self.screen.calls.model.rows]}",
        )

    def expect_message(self, *words: str) -> None:
        """Wait until the last message says all of this."""
        wait(lambda: self.notices, "a message")
        said = re.sub("[\u2066-\u2069]", "", self.notices[-1].words())
        for each in words:
            assert each in said, f"{each!r} is not in {said!r}"


_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
}
_NAMES = {"Enter": "Return", "Esc": "Escape", "Del": "Delete"}


def _windows(name: str) -> list[QWidget]:
    return [each for each in QApplication.topLevelWidgets() if each.isVisible() and type(each).__name__ == name]
