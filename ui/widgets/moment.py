"""A past moment to look at: the day and time, and steps of a minute, an hour and a day in either direction."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

from PySide6.QtCore import QDate, QDateTime, QTime, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.words import N_
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.fields import DateTimeField
from ui.widgets.styled import push_button

__all__ = ["MomentRow"]

_BACK = ((N_("−1 day"), -1440), (N_("−1 hour"), -60), (N_("−1 minute"), -1))
_FORTH = ((N_("+1 minute"), 1), (N_("+1 hour"), 60), (N_("+1 day"), 1440))


class MomentRow(QWidget):
    """Never later than now. Signal: `wanted(datetime)` when another moment is to be shown."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone: tzinfo | None = None
        # When clocks are put back an hour comes twice: which of the two is shown, for as long as nobody types.
        self._shown: datetime | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(4))
        self.buttons = {minutes: push_button(text) for text, minutes in (*_BACK, *_FORTH)}
        self.field = DateTimeField()
        Texts(self.field).bind(self.field.setAccessibleName, N_("As of"))
        self.now = push_button(N_("Now"), "now")
        for _text, minutes in _BACK:
            row.addWidget(self.buttons[minutes])
        row.addWidget(self.field)
        for _text, minutes in _FORTH:
            row.addWidget(self.buttons[minutes])
        row.addWidget(self.now)
        row.addStretch(1)
        self._row = row
        for minutes, button in self.buttons.items():
            button.setAutoDefault(False)
            button.clicked.connect(partial(self.step, minutes))
        self.now.setAutoDefault(False)
        self.now.clicked.connect(self.go_to_now)
        self.field.changed.connect(self._tell)

    def lead(self, widget: QWidget) -> None:
        """Put something before the steps, such as the day that is shown."""
        self._row.insertWidget(0, widget)
        self._row.insertSpacing(1, theme.scale(12))

    def set_zone(self, zone: tzinfo) -> None:
        """The company's clock, by which the time is read; what is shown stays the same moment."""
        if zone != self._zone:
            moment, self._zone = self.value(), zone
            self.set_value(moment)

    def value(self) -> datetime:
        """The end of the minute that is chosen, so that what happened within it shows; now, where it is not over."""
        return min(self._chosen().astimezone(UTC) + timedelta(seconds=59.999999), datetime.now(UTC))

    def _chosen(self) -> datetime:
        typed = self.field.value()
        shown = self._shown
        fold = shown.fold if shown is not None and typed == shown.replace(fold=0) else 0
        return typed.replace(tzinfo=self._zone, fold=fold)

    def set_value(self, moment: datetime) -> None:
        """Show this moment without asking for it."""
        self._shown = moment.astimezone(self._zone).replace(tzinfo=None, second=0, microsecond=0)
        self.field.blockSignals(True)
        self._limit()
        self.field.set_value(self._shown)
        self.field.blockSignals(False)
        self._follow()

    @Slot()
    def step(self, minutes: int, _checked: bool = False) -> None:
        """Look so many minutes later, or earlier; of days, at the same time of another day."""
        chosen, by = self._chosen(), timedelta(minutes=minutes)
        wanted = chosen + by if by % timedelta(days=1) == timedelta(0) else chosen.astimezone(UTC) + by
        self.set_value(min(wanted.astimezone(UTC), datetime.now(UTC)))
        self._tell()

    @Slot()
    def go_to_now(self) -> None:
        """Look at this minute."""
        self.set_value(datetime.now(UTC))
        self._tell()

    def _limit(self) -> None:
        now = datetime.now(self._zone)
        self.field.setMaximumDateTime(QDateTime(QDate(now.year, now.month, now.day), QTime(now.hour, now.minute)))

    def _follow(self) -> None:
        later = self.field.dateTime() < self.field.maximumDateTime()
        for _text, minutes in _FORTH:
            self.buttons[minutes].setEnabled(later)

    @Slot()
    def _tell(self) -> None:
        self._follow()
        self.wanted.emit(self.value())
