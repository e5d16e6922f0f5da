"""The calling hours beside a field for moments: what is typed outside of them is warned of."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject

from app.domain.dialer.promises import outside_hours
from app.services.dialer import callbacks
from ui.kit.tasks import Latest, Tasks
from ui.widgets.moment_field import MomentField

__all__ = ["HoursBeside"]


class HoursBeside(QObject):
    """Knows for one field whom the moment is for; the hours of the same campaign and zone are read once."""

    def __init__(self, tasks: Tasks, field: MomentField) -> None:
        super().__init__(field)
        self._field = field
        self._reading = Latest(tasks)
        self._of: tuple[int, str] | None = None

    def follow(self, campaign_id: int, zone: str) -> None:
        """The moment is for somebody of this zone, called by this campaign."""
        if self._of == (campaign_id, zone):
            return
        self._of = (campaign_id, zone)
        self._field.set_check(None)
        self._reading.read(callbacks.calling_hours, campaign_id, zone).then(self._take, self._leave)

    def _take(self, hours: tuple[tuple[datetime, datetime], ...]) -> None:
        if self._of is not None:
            self._field.set_check(partial(outside_hours, hours, self._of[1]))

    def _leave(self, _problem: Exception) -> None:
        """Without the hours nothing is warned of; the call itself still asks the law. The next customer asks again."""
        self._of = None
