"""The fields of a card one by one: each shows a value, gives it back, and tells when the person changed it."""

from datetime import date
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QTextEdit, QWidget

from app.domain.tickets.draft import number_text
from app.domain.words import N_
from app.services.tickets.custom_fields import OwnField
from ui.kit import theme
from ui.tickets.card.due import DueField
from ui.widgets.fields import DateField
from ui.widgets.lookup import LookupField
from ui.widgets.picker import Choice, Picker

__all__ = ["Cell", "CheckCell", "DayCell", "DueCell", "LookupCell", "NumberCell", "PickCell", "TextCell", "own_cell"]


class Cell(QObject):
    """One field. Signal: `changed()` when the person changed it; `widget` is what is shown."""

    changed = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget

    def value(self) -> Any:
        """What the field says now."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show this without telling; a field that shows it already is not touched."""
        raise NotImplementedError

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self.widget.setEnabled(not on)

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


class TextCell(Cell):
    """A line or some lines of text; an empty one is `nothing`.

    The value stays as it was given until somebody types: a field may show line ends and tabs otherwise.
    """

    def __init__(self, widget: QLineEdit | QTextEdit, nothing: str | None = "") -> None:
        super().__init__(widget)
        self._text = widget
        self._nothing = nothing
        self._given: Any = nothing
        self._shown = ""
        widget.textChanged.connect(self._tell)

    def value(self) -> Any:
        """What the field says now."""
        text = self._plain()
        return self._given if text == self._shown else text or self._nothing

    def set_value(self, value: Any) -> None:
        """Show this without telling."""
        if value != self.value():
            with QSignalBlocker(self._text):
                if isinstance(self._text, QTextEdit):
                    self._text.setPlainText(value or "")
                else:
                    self._text.setText(value or "")
        self._given, self._shown = value, self._plain()

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self._text.setReadOnly(on)

    def _plain(self) -> str:
        return self._text.toPlainText() if isinstance(self._text, QTextEdit) else self._text.text()


class NumberCell(TextCell):
    """A number, kept as exact decimal text; what is no number is given as typed, to be told."""

    def __init__(self, widget: QLineEdit) -> None:
        super().__init__(widget, None)

    def value(self) -> Any:
        """What the field says now."""
        typed = super().value()
        return typed if typed is None else number_text(typed) or typed


class PickCell(Cell):
    """One of a list."""

    def __init__(self, widget: Picker) -> None:
        super().__init__(widget)
        self.picker = widget
        widget.changed.connect(self._tell)

    def value(self) -> Any:
        """What the field says now."""
        return self.picker.value()

    def set_value(self, value: Any) -> None:
        """Show this without telling."""
        if value != self.picker.value():
            self.picker.set_value(value)


class ChoiceCell(PickCell):
    """One of the words of a field of the company's own; a word taken off the list stays where it was chosen."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__(Picker(nothing=N_("None")))
        self._choices = choices
        self._offer(None)

    def set_value(self, value: Any) -> None:
        """Show this without telling."""
        self._offer(value)
        super().set_value(value)

    def _offer(self, value: Any) -> None:
        gone = [] if value is None or value in self._choices else [Choice(value, value, is_active=False)]
        self.picker.offer([Choice(choice, choice) for choice in self._choices] + gone)


class LookupCell(Cell):
    """A row that is looked up; its name comes with it."""

    def __init__(self, widget: LookupField, shown: QWidget) -> None:
        super().__init__(shown)
        self.field = widget
        widget.changed.connect(self._tell)

    def value(self) -> Any:
        """What the field says now."""
        return self.field.value()

    def set_value(self, value: Any) -> None:
        """Shown with its name by `name`, which alone makes sense of it."""

    def name(self, value: int | None, text: str) -> None:
        """Show this row; what is being typed over the same one stays."""
        if value != self.field.value() or not self.field.hasFocus():
            self.field.set_value(value, text)

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self.field.setReadOnly(on)


class DueCell(Cell):
    """A moment."""

    def __init__(self, widget: DueField) -> None:
        super().__init__(widget)
        self._due = widget
        widget.changed.connect(self._tell)

    def value(self) -> Any:
        """What the field says now."""
        return self._due.value()

    def set_value(self, value: Any) -> None:
        """Show this without telling."""
        if value != self._due.value():
            self._due.set_value(value)

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self._due.set_read_only(on=on)


class DayCell(Cell):
    """A day, kept as ISO text."""

    def __init__(self, widget: DateField) -> None:
        super().__init__(widget)
        self._day = widget
        widget.changed.connect(self._tell)

    def value(self) -> Any:
        """What the field says now."""
        day = self._day.value()
        return None if day is None else day.isoformat()

    def set_value(self, value: Any) -> None:
        """Show this without telling."""
        if value != self.value():
            with QSignalBlocker(self._day):
                self._day.set_value(None if value is None else date.fromisoformat(value))

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self._day.setReadOnly(on)


class CheckCell(Cell):
    """A tick box; one that was never ticked has no value."""

    def __init__(self, widget: QCheckBox) -> None:
        super().__init__(widget)
        self._box = widget
        self._given: bool | None = None
        widget.toggled.connect(self._tell)

    def value(self) -> Any:
        """What the field says now."""
        is_on = self._box.isChecked()
        return self._given if is_on is bool(self._given) else is_on

    def set_value(self, value: Any) -> None:
        """Show this without telling."""
        self._given = value
        with QSignalBlocker(self._box):
            self._box.setChecked(value is True)


def own_cell(field: OwnField) -> Cell:
    """The cell of a field of the company's own, by its kind."""
    if field.kind == "check":
        return CheckCell(QCheckBox())
    if field.kind == "date":
        return DayCell(DateField(optional=True))
    if field.kind == "choice":
        return ChoiceCell(field.choices)
    line = QLineEdit()
    line.setMinimumWidth(theme.scale(80))
    return NumberCell(line) if field.kind == "number" else TextCell(line, None)
