"""The screens of one person: which of them he may open now, each made when first shown, and the way between them."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from app.domain.people import Permission
from ui.kit.commands import Command
from ui.kit.screen import Act, Desk, Door, Screen
from ui.main_window.rail import Rail

__all__ = ["Places", "call"]

LAST_SCREEN = "window/screen"
FIRST_SCREEN = "planner"
_LETS_GO_MS = 1000


class Places(QObject):
    """Keeps to what the person may do, also when that changes: a screen he has lost stays as it is, out of reach.

    Signal: `shown(Screen)` when one has come to the front.
    """

    shown = Signal(object)

    def __init__(self, desk: Desk, rail: Rail, stack: QStackedWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._rail, self._stack = desk, rail, stack
        self._screens: dict[str, Screen] = {}
        self._made: dict[str, QWidget] = {}
        self._with_keys: set[str] = set()
        self._stale: set[str] = set()
        self._held = QTimer(self)
        self._held.setInterval(_LETS_GO_MS)
        self._held.timeout.connect(self._let_go)
        desk.person.news.changed.connect(self._permit)

    def register(self, screens: Sequence[Screen], acts: Sequence[Act]) -> None:
        """Give each screen its place in the navigation and its commands; none is made yet."""
        for screen in screens:
            self._screens[screen.id] = screen
            self._rail.add(screen)
            self._let(screen)
            for door in screen.doors:
                may = partial(self._may_use, screen, door.permission)
                self._desk.commands.add(door.command, partial(self._go_through, screen.id, door), allowed=may)
            for act in screen.acts:
                may = partial(self._may_use, screen, act.permission)
                self._desk.commands.add(act.command, partial(act.do, self._desk), allowed=may)
        for act in acts:
            may = partial(self._may, act.permission)
            self._desk.commands.add(act.command, partial(act.do, self._desk), allowed=may)

    def _let(self, screen: Screen) -> None:
        """Offer it to who may open it. The keys are numbered as they come: those that are known stay what they are."""
        may = self._may_open(screen)
        self._rail.let(screen.id, on=may)
        if not may or screen.id in self._with_keys:
            return
        self._with_keys.add(screen.id)
        number = len(self._with_keys)
        shortcut = screen.shortcut or (f"Ctrl+{number}" if number < 10 else "")
        command = Command(f"go.{screen.id}", screen.text, screen.icon, shortcut)
        self._desk.commands.add(command, partial(self.show, screen.id), allowed=partial(self._may_open, screen))
        self._rail.button(screen.id).setToolTip(shortcut)

    def _may_open(self, screen: Screen) -> bool:
        return self._may(screen.needs)

    def _may_use(self, screen: Screen, permission: Permission | None) -> bool:
        return self._may_open(screen) and self._may(permission)

    def _may(self, permission: Permission | None) -> bool:
        return permission is None or self._desk.person.may(permission)

    def _go_through(self, screen_id: str, door: Door, *args: object) -> None:
        getattr(self.show(screen_id), door.method)(*args)

    # --- What the person may do has changed

    @Slot()
    def _permit(self) -> None:
        for screen in self._screens.values():
            self._let(screen)
        self._stale = set(self._made)
        self._let_go()
        if self.current is not None and not self._held.isActive():
            self._renew(self.current)
        self._desk.commands.refresh()

    @Slot()
    def _let_go(self) -> None:
        """Away from a screen that is lost; looked at again while somebody is in the middle of something there."""
        front = self.current
        is_lost = front is not None and not self._may_open(self._screens[front.objectName()])
        if is_lost and _is_held(front):
            self._held.start()
            return
        self._held.stop()
        if is_lost:
            self.open_first()

    def _renew(self, widget: QWidget) -> None:
        """Read again what was read with other permissions."""
        if widget.objectName() in self._stale:
            self._stale.discard(widget.objectName())
            call(widget, "refresh")

    # --- Going

    @property
    def open(self) -> tuple[Screen, ...]:
        """The screens this person may open."""
        return tuple(screen for screen in self._screens.values() if self._may_open(screen))

    @property
    def current(self) -> QWidget | None:
        """The screen in front."""
        return self._stack.currentWidget()

    @property
    def current_screen(self) -> Screen | None:
        """What is registered of the screen in front."""
        return self._screens.get(self.current.objectName()) if self.current is not None else None

    def open_first(self) -> None:
        """Show the screen of the last time; a new office begins at its board."""
        may = [screen.id for screen in self.open]
        known = (self._desk.memory.get(LAST_SCREEN), FIRST_SCREEN, *may)
        wanted = next((each for each in known if each in may), None)
        if wanted is not None:
            self.show(wanted)

    def show(self, screen_id: str) -> QWidget | None:
        """Bring a screen to the front, made now if it was never shown; None when this person has no such screen."""
        screen = self._screens.get(screen_id)
        if screen is None or not self._may_open(screen):
            return None
        if screen_id not in self._made:
            widget = screen.factory(self._desk)
            widget.setObjectName(screen_id)
            self._made[screen_id] = widget
            self._stack.addWidget(widget)
        widget = self._made[screen_id]
        self._stack.setCurrentWidget(widget)
        self._rail.mark(screen_id)
        self._desk.memory.put(LAST_SCREEN, screen_id)
        self.shown.emit(screen)
        self.focus()
        call(widget, "shown")
        self._renew(widget)
        self._desk.commands.refresh()
        return widget

    @Slot()
    def focus(self) -> None:
        """Let the screen in front have the keyboard."""
        widget, focused = self.current, QApplication.focusWidget()
        if widget is not None and (focused is None or not widget.isAncestorOf(focused)):
            widget.setFocus(Qt.FocusReason.OtherFocusReason)


def call(widget: QWidget | None, name: str) -> object:
    """Call an optional method of a screen; None where it has none."""
    method = getattr(widget, name, None)
    return method() if callable(method) else None


def _is_held(widget: QWidget | None) -> bool:
    """Whether somebody is in the middle of what cannot be left: he is on the telephone."""
    return bool(call(widget, "is_held"))
