"""When a ticket is due: a day, and a time of day, in the company's time zone; or nothing."""

from datetime import UTC, datetime, time, tzinfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.words import N_
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.fields import DateField, TimeField

__all__ = ["DueField"]

_END_OF_DAY = time(18)


class DueField(QWidget):
    """Signal: `changed()`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo = UTC
        self._kept: datetime | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(6))
        self.day = DateField(optional=True)
        self.time = TimeField()
        row.addWidget(self.day, 3)
        row.addWidget(self.time, 2)
        texts = Texts(self)
        texts.bind(self.day.setAccessibleName, N_("Due date"))
        texts.bind(self.time.setAccessibleName, N_("Due time"))
        self.setFocusProxy(self.day)
        self.day.changed.connect(self._tell)
        self.time.changed.connect(self._tell)
        self._follow()

    def value(self) -> datetime | None:
        """The instant, None when there is no day; as it was given, to the second, as long as nobody touches it."""
        day = self.day.value()
        if day is None:
            return None
        shown = datetime.combine(day, self.time.value(), self.zone)
        kept = None if self._kept is None else self._kept.astimezone(self.zone).replace(second=0, microsecond=0)
        return self._kept if shown == kept else shown.astimezone(UTC)

    def set_value(self, moment: datetime | None) -> None:
        """Show this instant without telling."""
        self._kept = moment
        local = None if moment is None else moment.astimezone(self.zone)
        for field in (self.day, self.time):
            field.blockSignals(True)
        self.day.set_value(None if local is None else local.date())
        self.time.set_value(_END_OF_DAY if local is None else local.time())
        for field in (self.day, self.time):
            field.blockSignals(False)
        self._follow()

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self.day.setReadOnly(on)
        self.time.setReadOnly(on)

    @Slot()
    def _tell(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        self.time.setEnabled(self.day.value() is not None)
