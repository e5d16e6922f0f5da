"""The bell: whoever is newly given a task, or whose reminder has come, is told; numbers stand at the navigation.

What I had is remembered by number, so only what is new to me is told, however often its row changes.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_, Message, counted, message
from app.i18n import say
from app.services.tickets import home
from app.services.tickets.advancing import reroute_waiting, somebody_came_in
from app.services.tickets.home import Counts, HeldTask
from app.settings import Settings
from ui.home.due import ReminderClock
from ui.kit.bidi import isolate
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.kit.tasks import Latest

__all__ = ["Watch"]

_PAUSE_MS = 250
_MINUTE_MS = 60_000
_COMING_IN_MS = 300_000
TellOutside = Callable[[str, str], object]


class Watch(QObject):
    """Signal: `counted(screen_id, number)` for the badges: tasks not looked at yet, reminders that are due.

    `tell_outside(title, text)` tells where the window is not in front.
    """

    counted = Signal(str, int)

    def __init__(self, desk: Desk, tell_outside: TellOutside, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._window = parent
        self._tell_outside = tell_outside
        self._mine: set[int] | None = None
        self._unseen: set[int] = set()
        self._stale: set[int] | None = set()
        self._asked: frozenset[int] | None = frozenset()
        self._held, self._counts = Latest(desk.tasks), Latest(desk.tasks)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        self._minute = QTimer(self)
        self._minute.setInterval(_MINUTE_MS)
        self._minute.timeout.connect(self._count)
        self._coming_in = QTimer(self)
        self._coming_in.setInterval(_COMING_IN_MS)
        self._coming_in.timeout.connect(self._share)
        self.reminders = ReminderClock(desk, tell_outside, parent)

    def start(self) -> None:
        """Learn what there is, and listen from now on."""
        self._desk.bridge.rows_changed.connect(self._hear)
        self._stale = None
        self._look()
        self._count()
        self._minute.start()
        self.reminders.start()
        self._desk.person.news.changed.connect(self._permit)
        self._permit()

    @Slot()
    def _permit(self) -> None:
        if not self._desk.person.may(Permission.WORK_TASKS):
            self._coming_in.stop()
        elif not self._coming_in.isActive():
            self._coming_in.start()
            self._share()

    @Slot(str)
    def see(self, screen_id: str) -> None:
        """The person looks at a screen: its list shows what is new."""
        if screen_id in {"tasks", "home"} and self._unseen:
            self._unseen.clear()
            self._tell_count()

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "tasks":
            self._stale = None if ids is None or self._stale is None else self._stale | ids
            self._pause.start()
        elif table == "reminders":
            self._count()

    @Slot()
    def _share(self) -> None:
        """What waited while nobody was there goes to who has come in: also where no worker of the office runs."""
        self._desk.tasks.read(somebody_came_in).then(self._share_out, self._leave)

    def _share_out(self, is_somebody_there: bool) -> None:
        if is_somebody_there:
            self._desk.tasks.write(reroute_waiting).then(self._shared, self._leave)

    def _shared(self, _given: tuple[int, ...]) -> None:
        """Whoever got one hears of it like of any other task."""

    @Slot()
    def _look(self) -> None:
        """Ask for the tasks that changed; an answer still under way is dropped, so its tasks are asked for again."""
        is_all = self._stale is None or self._asked is None
        self._asked = None if is_all else (self._asked or frozenset()) | (self._stale or set())
        self._stale = set()
        self._held.read(home.held, self._asked).then(self._take, self._leave)

    def _take(self, found: tuple[HeldTask, ...]) -> None:
        asked, is_first = self._asked, self._mine is None
        self._asked = frozenset()
        known = self._mine or set()
        ids = {each.id for each in found}
        fresh = [each for each in found if each.id not in known]
        self._mine = ids if asked is None else (known - asked) | ids
        self._unseen &= self._mine
        if not is_first:
            self._tell([each for each in fresh if each.is_news])
        self._tell_count()

    def _leave(self, _problem: Exception) -> None:
        """Nobody asked for it: the next change asks again."""

    def _tell(self, news: Sequence[HeldTask]) -> None:
        if not news:
            return
        if self._in_front() not in {"tasks", "home"}:
            self._unseen |= {each.id for each in news}
        if not self._desk.preferences.settings.get(Settings.notify_tasks):
            return
        text, run = _news(news), self._desk.commands.run
        first = news[0].id
        offer = Offer(N_("Open"), lambda: run("tasks.open", first) if len(news) == 1 else run("go.tasks"))
        self._desk.messages.info(text, offer=offer)
        if not self._window.isActiveWindow():
            self._tell_outside(say(message(N_("New task"))), say(text))

    def _in_front(self) -> str:
        screen = getattr(self._window, "current_screen", None)
        is_here = isinstance(screen, QWidget) and self._window.isActiveWindow()
        return screen.objectName() if is_here and isinstance(screen, QWidget) else ""

    @Slot()
    def _count(self) -> None:
        self._counts.read(home.counts).then(self._take_counts, self._leave)

    def _take_counts(self, counts: Counts) -> None:
        self.counted.emit("home", counts.reminders)

    def _tell_count(self) -> None:
        self.counted.emit("tasks", len(self._unseen))


def _news(news: Sequence[HeldTask]) -> Message:
    if len(news) > 1:
        return counted("{count} new task for you.", "{count} new tasks for you.", len(news))
    task = news[0]
    if task.customer:
        return message(
            N_("New task for you: {title} ({customer})"), title=isolate(task.title), customer=isolate(task.customer)
        )
    return message(N_("New task for you: {title}"), title=isolate(task.title))
