"""After how long a task is due: shown and typed in hours or in days."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from app.domain.processes.flow import LONGEST_DUE_HOURS
from app.domain.words import N_
from app.i18n import _, _n
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.fields import NumberField

__all__ = ["DueField", "due_words"]

_DAY = 24


def due_words(hours: int | None) -> str:
    """The time in words: days where they are whole."""
    if hours is None:
        return ""
    if hours % _DAY == 0:
        return _n("{count} day", "{count} days", hours // _DAY)
    return _n("{count} hour", "{count} hours", hours)


class DueField(QWidget):
    """A number with its unit. Signal: `changed()`. Nothing typed is no due time."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number, self.unit = NumberField(), QComboBox()
        self.number.setMinimumWidth(theme.scale(96))
        self.unit.addItems(["", ""])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(8))
        row.addWidget(self.number)
        row.addWidget(self.unit)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.number)
        texts = Texts(self)
        texts.bind(self.number.setSpecialValueText, N_("None"))
        texts.bind(self.number.setAccessibleName, N_("Due after"))
        texts.bind(self.unit.setAccessibleName, N_("Unit of time"))
        texts.redo(self._name)
        self._limit()
        self.number.valueChanged.connect(self.changed)
        self.unit.currentIndexChanged.connect(self._take_unit)

    def value(self) -> int | None:
        """The hours, None for none."""
        return self.number.value() * self._factor or None

    def set_value(self, hours: int | None) -> None:
        """Show these hours; the unit stays where the value is what is shown already."""
        if hours == self.value() and hours is not None:
            return
        with QSignalBlocker(self.number), QSignalBlocker(self.unit):
            if hours is not None:
                self.unit.setCurrentIndex(1 if hours % _DAY == 0 else 0)
            self._limit()
            self.number.setValue(0 if hours is None else hours // self._factor)

    @property
    def _factor(self) -> int:
        return _DAY if self.unit.currentIndex() == 1 else 1

    @Slot()
    def _take_unit(self) -> None:
        self._limit()
        self.changed.emit()

    def _limit(self) -> None:
        self.number.setRange(0, LONGEST_DUE_HOURS // self._factor)

    def _name(self) -> None:
        self.unit.setItemText(0, _("hours"))
        self.unit.setItemText(1, _("days"))
