"""What a field has to offer, read in the background."""

from typing import Any

from PySide6.QtCore import QObject, Slot

from ui.admin.parts import Part
from ui.admin.section import Offer
from ui.kit.tasks import Job, Tasks

__all__ = ["Offering"]


class Offering(QObject):
    """Keeps the choices of one field up to date; the answer to the newest question counts."""

    def __init__(self, tasks: Tasks, offer: Offer, part: Part) -> None:
        super().__init__(part)
        self._tasks = tasks
        self._offer = offer
        self._part = part
        self._job: Job[Any] | None = None

    def read(self) -> None:
        """Ask anew."""
        if self._job is not None:
            self._job.cancel()
        ask = self._tasks.read if self._offer.is_service else self._tasks.run
        self._job = ask(self._offer.read)
        self._job.then(self._show)

    @Slot(object)
    def _show(self, answer: Any) -> None:
        self._job = None
        self._part.offer(self._offer.choices(answer))
