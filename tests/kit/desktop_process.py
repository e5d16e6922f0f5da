"""A desktop in a process of its own, driven by lines of JSON: `python -m tests.kit.desktop_process URL USER_ID FOLDER`.

It opens the real window off-screen, shows the planner and obeys one command a line; every answer is one line. Times are
of the machine's monotonic clock, so that two processes can be compared.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, cast

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtTest import QTest

from app import bootstrap
from app.services.people.logins import entry, remembered
from app.settings import Settings
from ui.application import Desktop, set_up
from ui.kit.preferences import Preferences
from ui.kit.screen import Screen
from ui.planner import SCREEN
from ui.planner.screen import PlannerScreen
from ui.tour.board import PlannerHands
from ui.tour.hands import TourError, wait


class Reader(QObject):
    """Reads commands on a thread of its own and hands them to the GUI thread."""

    told = Signal(str)

    def begin(self) -> None:
        """Start to listen."""
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.told.emit(line)
        self.told.emit("")


class Driver(QObject):
    """Obeys the commands."""

    def __init__(self, desktop: Desktop, quit_program: Callable[[], None]) -> None:
        super().__init__()
        self._desktop = desktop
        self._quit = quit_program
        self.planner = cast(PlannerScreen, desktop.window.show_screen("planner"))
        self.hands = PlannerHands(self.planner)
        self._said: list[str] = []
        desktop.window.desk.messages.posted.connect(self._hear)

    @Slot(object)
    def _hear(self, notice: Any) -> None:
        self._said.append(notice.words())

    @Slot(str)
    def obey(self, line: str) -> None:
        """Carry out one command and answer it."""
        if not line.strip():
            self._quit()
            return
        command = json.loads(line)
        try:
            answer = getattr(self, f"do_{command.pop('do')}")(**command)
        except (TourError, LookupError, TypeError, ValueError, AttributeError) as problem:
            answer = {"problem": f"{type(problem).__name__}: {problem}"}
        tell(answer)

    def do_show(self, day: str) -> dict[str, Any]:
        """Show a day and wait until it stands there."""
        wanted = date.fromisoformat(day)
        self.planner.go_to(wanted)
        wait(lambda: self.planner.plan is not None and self._shows(wanted), "the day")
        wait(lambda: self.planner.is_whole and self._desktop.tasks.is_idle, "the calls")
        return {}

    def _shows(self, day: date) -> bool:
        return bool(self.planner.board.period.first == day)

    def do_schedule(self, task: int, technician: int, start: str) -> dict[str, Any]:
        """Drag a call onto a technician; the answer tells when the button was let go."""
        wait(lambda: task in self.hands.calls_in_sight(), "the call in the list")
        drag = self.hands.lift_call(task)
        drag.move(self.hands.viewport, self.hands.place(technician, datetime.fromisoformat(start)))
        at = time.monotonic()
        drag.release()
        return {"at": at}

    def do_await_visit(self, task: int, *, shown: bool = True) -> dict[str, Any]:
        """Wait until the board shows (or no longer shows) a visit of the call; when that was."""
        wait(lambda: any(visit.task_id == task for visit in self._visits()) is shown, "the visit on the board")
        return {
            "at": time.monotonic(),
            "visits": [[v.id, v.technician_id, v.starts_at.isoformat()] for v in self._visits()],
        }

    def do_await_call(self, task: int, *, shown: bool = True) -> dict[str, Any]:
        """Wait until the list shows (or no longer shows) the call."""
        wait(lambda: (task in self.hands.calls_in_sight()) is shown, "the call in the list")
        return {"at": time.monotonic()}

    def do_await_message(self, part: str) -> dict[str, Any]:
        """Wait until somebody said so; everything said so far."""
        wait(lambda: any(part in said for said in self._said), f"a message with {part!r} in {self._said}")
        return {"said": self._said}

    def do_settle(self) -> dict[str, Any]:
        """Wait until everything clicked is answered."""
        wait(lambda: not self._desktop.tasks.waiting, "the answers")
        return {}

    def do_said(self) -> dict[str, Any]:
        """Everything said so far."""
        return {"said": self._said}

    def do_search(self, text: str) -> dict[str, Any]:
        """Type into the search field of the list."""
        self.planner.calls.search.setFocus()
        QTest.keyClicks(self.planner.calls.search, text)
        return {}

    def do_select(self, visit: int) -> dict[str, Any]:
        """Click on a bar."""
        QTest.mouseClick(self.hands.viewport, Qt.MouseButton.LeftButton, pos=self.hands.grip(visit))
        return {}

    def do_state(self) -> dict[str, Any]:
        """What a remote change must not disturb."""
        board = self.planner.board
        return {
            "selected": list(board.selected()),
            "scroll": [board.horizontalScrollBar().value(), board.verticalScrollBar().value()],
            "search": self.planner.calls.search.text(),
        }

    def _visits(self) -> list[Any]:
        plan = self.planner.plan
        return [] if plan is None else [visit for visit in plan.visits.values() if visit.is_active]


def tell(answer: dict[str, Any]) -> None:
    """Write one line to who drives."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


class Obeying(Protocol):
    """What does as it is told, a line at a time."""

    def obey(self, line: str) -> None: ...


def main(
    url: str,
    login: str,
    folder: str,
    *,
    screen: Screen = SCREEN,
    drive: Callable[[Desktop, Callable[[], None]], Obeying] = Driver,
) -> int:
    """Run until the input ends."""
    app = set_up()
    preferences = Preferences(Settings(Path(folder) / "settings.json"), app)
    preferences.dress()
    preferences.speak("en")
    workplace = bootstrap.Workplace(bootstrap.open_database(url))
    me = workplace.backend.execute(entry).me or workplace.backend.execute(remembered, login)
    assert me is not None, f"nobody is called {login}"
    desktop = Desktop(workplace, me, preferences, Path(folder), [screen])
    desktop.window.resize(1500, 900)
    desktop.show()
    driver, reader = drive(desktop, app.quit), Reader()
    reader.told.connect(driver.obey, Qt.ConnectionType.QueuedConnection)
    reader.begin()
    tell({"ready": True})
    app.exec()
    desktop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
