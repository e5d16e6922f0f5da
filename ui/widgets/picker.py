"""The choice of one out of many by typing part of its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit.translate import Texts

__all__ = ["Choice", "Picker"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose; an inactive one is shown while it is chosen and not offered anew."""

    id: int | str
    text: str
    is_active: bool = True


class Picker(QComboBox):
    """A box to type into or to open. Signal: `changed(id or None)` when the person has chosen.

    `nothing` is catalogue text for the empty choice; without it one has to be chosen. What matches nothing goes back
    to the choice before.
    """

    changed = Signal(object)

    def __init__(self, *, nothing: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nothing = nothing
        self._all: tuple[Choice, ...] = ()
        self._value: int | str | None = None
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(14)
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.activated.connect(self._take_name)
        self.activated.connect(self._take)
        line = QLineEdit(self)
        self.setLineEdit(line)
        line.setCompleter(completer)
        line.editingFinished.connect(self._settle)
        texts = Texts(self)
        texts.bind(line.setPlaceholderText, nothing or N_("Type to search"))
        texts.redo(self._fill)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these; the choice made is kept."""
        self._all = tuple(choices)
        self._fill()

    def name_nothing(self, text: str) -> None:
        """Call the empty choice otherwise; `text` is catalogue text."""
        if text != self._nothing:
            self._nothing = text
            self._fill()

    def value(self) -> int | str | None:
        """The id chosen."""
        return self._value

    def name_of(self, value: int | str | None) -> str:
        """What a choice is called, whichever is made."""
        return next((choice.text for choice in self._all if choice.id == value), "")

    def set_value(self, chosen: int | str | None) -> None:
        """Choose by id without telling `changed`."""
        self._value = chosen
        self._fill()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field settles what was typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._settle()

    def _fill(self) -> None:
        with QSignalBlocker(self):
            self.clear()
            if self._nothing:
                self.addItem(_(self._nothing), None)
            for choice in self._all:
                if choice.is_active or choice.id == self._value:
                    text = choice.text if choice.is_active else _("{name} (not active)", name=choice.text)
                    self.addItem(text, choice.id)
            self.setCurrentIndex(
                self.findData(self._value) if self._value is not None else (0 if self._nothing else -1)
            )
            if self.currentIndex() < 0:
                self.setEditText("")
        field = self.lineEdit()
        if field is not None and not field.hasFocus():
            # A name that does not fit shows its beginning.
            field.setCursorPosition(0)
        self._names.setStringList([self.itemText(place) for place in range(self.count())])

    def _take(self, place: int) -> None:
        chosen = self.itemData(place)
        if chosen != self._value:
            self._value = chosen
            self.changed.emit(chosen)

    def _take_name(self, name: str) -> None:
        place = self.findText(name, Qt.MatchFlag.MatchFixedString)
        if place >= 0:
            self.setCurrentIndex(place)
            self._take(place)

    def _settle(self) -> None:
        typed = self.currentText().strip()
        if self._value is not None and typed == self.itemText(self.findData(self._value)).strip():
            # Somebody else may have the same name.
            self.set_value(self._value)
            return
        place = self.findText(typed, Qt.MatchFlag.MatchFixedString)
        if place < 0 and typed:
            matching = [at for at in range(self.count()) if typed.casefold() in self.itemText(at).casefold()]
            place = matching[0] if len(matching) == 1 else -1
        if place < 0 and not typed and self._nothing:
            place = 0
        if place >= 0:
            self.setCurrentIndex(place)
            self._take(place)
        else:
            self.set_value(self._value)
