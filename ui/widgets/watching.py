"""Watches what a person types into the fields of a form, so that no form needs a journal of its own."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from PySide6.QtCore import QDate, QDateTime, QObject, QTime, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDateTimeEdit,
    QLineEdit,
    QSpinBox,
    QTextEdit,
    QTimeEdit,
    QWidget,
)

from ui.widgets.picker import Picker

__all__ = ["FormWatch"]


class FormWatch(QObject):
    """Tells `typed(base, values)` after each key in a field of `form`, by names that are the same in the next run.

    Only what a person does counts: what the program fills in while a form is read is what the fields begin with.
    Passwords and fields to search with are left alone.
    """

    def __init__(self, form: QWidget, typed: Callable[[Mapping[str, Any], Mapping[str, Any]], object]) -> None:
        super().__init__(form)
        self._form = form
        self._told = typed
        self._fields: dict[str, QWidget] = {}
        self._base: dict[str, Any] = {}
        self._touched: set[str] = set()
        self.look()

    def look(self) -> None:
        """Take in the fields there are now, those that came since as well."""
        known = set(self._fields.values())
        for name, widget in _named(self._form):
            if widget not in known:
                self._fields[name] = widget
                self._base[name] = _value(widget)
                _changed(widget).connect(self._follow)

    @property
    def has_text(self) -> bool:
        """Whether words were typed, not only something chosen."""
        return any(
            isinstance(self._fields[name], QLineEdit | QTextEdit) and str(_value(self._fields[name])).strip()
            for name in self._touched
        )

    def begins_alike(self, base: Mapping[str, Any]) -> bool:
        """Whether the fields begin with these values, so that what was typed over them belongs here."""
        return all(name in self._base and self._base[name] == value for name, value in base.items())

    def put(self, values: Mapping[str, Any]) -> None:
        """Type these for the person."""
        for name, value in values.items():
            widget = self._fields.get(name)
            if widget is not None:
                self._touched.add(name)
                _put(widget, value)
        self._tell()

    @Slot()
    def _follow(self) -> None:
        widget = self.sender()
        name = next((each for each, known in self._fields.items() if known is widget), None)
        if name is None or not isinstance(widget, QWidget):
            return
        focus = QApplication.focusWidget()
        is_person = focus is widget or (focus is not None and widget.isAncestorOf(focus)) or name in self._touched
        if isinstance(widget, Picker | QAbstractButton) or is_person:
            self._touched.add(name)
            self._tell()
        else:
            self._base[name] = _value(widget)

    def _tell(self) -> None:
        values = {name: _value(self._fields[name]) for name in self._touched}
        self._told({name: self._base[name] for name in values}, values)


def _named(form: QWidget) -> Iterator[tuple[str, QWidget]]:
    """The fields with their names: the attribute's where the form has one for it, else its kind and place."""
    called: dict[int, str] = {}
    for holder in (form, *form.findChildren(QWidget)):
        mine = "" if holder is form else f"{type(holder).__name__}."
        for name, value in vars(holder).items():
            if isinstance(value, QWidget):
                called.setdefault(id(value), f"{mine}{name}")
    counts: dict[str, int] = {}
    for widget in form.findChildren(QWidget):
        if not _is_field(widget):
            continue
        kind = type(widget).__name__
        counts[kind] = counts.get(kind, 0) + 1
        yield called.get(id(widget)) or widget.objectName() or f"{kind}{counts[kind]}", widget


def _is_field(widget: QWidget) -> bool:
    if isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox):
        return False
    if isinstance(widget, QLineEdit):
        is_secret = widget.echoMode() is not QLineEdit.EchoMode.Normal
        is_search = type(widget).__name__ in ("SearchField", "LookupField")
        return not (is_secret or is_search or widget.isReadOnly())
    if isinstance(widget, QTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, Picker | QCheckBox | QDateTimeEdit | QSpinBox)


def _changed(widget: QWidget) -> Any:
    if isinstance(widget, QCheckBox):
        return widget.clicked
    if isinstance(widget, QDateTimeEdit):
        return widget.dateTimeChanged
    if isinstance(widget, QSpinBox):
        return widget.valueChanged
    if isinstance(widget, Picker):
        return widget.changed
    assert isinstance(widget, QLineEdit | QTextEdit)
    return widget.textChanged


def _value(widget: QWidget) -> Any:
    return next((read(widget) for kind, read in _READ if isinstance(widget, kind)), None)


_READ: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (QLineEdit, lambda line: line.text()),
    (QTextEdit, lambda text: text.toPlainText()),
    (QCheckBox, lambda box: box.isChecked()),
    (QDateEdit, lambda field: field.date().toPython()),
    (QTimeEdit, lambda field: field.time().toPython()),
    (QDateTimeEdit, lambda field: field.dateTime().toPython()),
    (Picker, lambda picker: picker.value()),
    (QSpinBox, lambda field: field.value()),
)


def _put(widget: QWidget, value: Any) -> None:
    if isinstance(widget, QLineEdit):
        widget.setText(str(value or ""))
    elif isinstance(widget, QTextEdit):
        widget.setPlainText(str(value or ""))
    elif isinstance(widget, QCheckBox):
        widget.setChecked(bool(value))
    elif isinstance(widget, Picker):
        widget.set_value(value)
        widget.changed.emit(value)
    elif isinstance(widget, QSpinBox):
        widget.setValue(int(value))
    elif isinstance(widget, QDateEdit) and isinstance(value, date):
        widget.setDate(QDate(value.year, value.month, value.day))
    elif isinstance(widget, QTimeEdit) and isinstance(value, time):
        widget.setTime(QTime(value.hour, value.minute))
    elif isinstance(widget, QDateTimeEdit) and isinstance(value, datetime):
        day, moment = QDate(value.year, value.month, value.day), QTime(value.hour, value.minute)
        widget.setDateTime(QDateTime(day, moment))
