"""What the days to come need of the program: public holidays, and the calling hours of campaigns."""

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Slot

from app.domain.people import Permission
from ui.kit.screen import Person
from ui.kit.tasks import Tasks

__all__ = ["Horizon"]

log = logging.getLogger(__name__)

_DAY_MS = 24 * 60 * 60 * 1000


class Horizon(QObject):
    """Lays out what has come near, at each start and once a day: public holidays, and the campaigns' calling hours."""

    def __init__(self, tasks: Tasks, parent: QObject, person: Person) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._person = person
        self._daily = QTimer(self)
        self._daily.setInterval(_DAY_MS)
        self._daily.timeout.connect(self.look)

    @Slot()
    def begin(self) -> None:
        """Now, and every day the program stays open."""
        self._daily.start()
        self.look()

    @Slot()
    def look(self) -> None:
        """Ask in the background what is missing."""
        if self._tasks.is_closed:
            return
        if self._person.may(Permission.PLAN):
            from app.services.planner.holidays import years_to_fill

            self._tasks.read(years_to_fill).then(self._fill, self._leave)
        if self._person.may(Permission.RUN_CAMPAIGNS):
            from app.services.dialer.windows import is_behind

            self._tasks.read(is_behind).then(self._lay_out, self._leave)

    def _fill(self, years: Sequence[int]) -> None:
        from app.services.planner.holidays import fill_holidays

        if years:
            self._tasks.write(fill_holidays, years[0], years[-1]).then(self._filled, self._leave)

    def _filled(self, count: int) -> None:
        log.info("public holidays filled in: %s", count)

    def _lay_out(self, is_behind: object) -> None:
        from app.services.dialer.windows import extend

        if is_behind:
            self._tasks.write(extend).then(self._laid_out, self._leave)

    def _laid_out(self, count: int) -> None:
        log.info("calling hours laid out: %s", count)

    def _leave(self, problem: Exception) -> None:
        """Nobody asked for it: it is tried again at the next look."""
        log.warning("not looked ahead: %s", problem)
