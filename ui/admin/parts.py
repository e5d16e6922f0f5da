"""The inputs a form of Set-up is made of, each with one way to read it, to fill it and to say a value in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import i18n
from app.domain.text import fold
from app.domain.words import N_, Message
from app.i18n import _
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.tasks import Tasks
from ui.kit.translate import Texts
from ui.widgets.fields import DurationField, NumberField
from ui.widgets.picker import Choice, Picker
from ui.widgets.search import SearchField
from ui.widgets.styled import styled
from ui.widgets.swatch import SwatchChoice

__all__ = [
    "ColourPart",
    "HoursPart",
    "LinesPart",
    "ManyPart",
    "MinutesPart",
    "Part",
    "PickPart",
    "PortPart",
    "ReadPart",
    "SecretPart",
    "TextPart",
    "TickPart",
    "picked",
    "yes_no",
]

LONGEST = 200
_FEW = 8


def yes_no(value: object) -> str:
    """Yes or No."""
    return _("Yes") if value else _("No")


def picked(ids: Iterable[Any]) -> tuple[Any, ...]:
    """Ids as the value of a `ManyPart`."""
    return tuple(sorted(ids, key=str))


class Part(QObject):
    """How a form speaks to one input. `changed` may be told too often, never too seldom."""

    def __init__(self, widget: QWidget, changed: SignalInstance | None = None) -> None:
        super().__init__(widget)
        self.widget = widget
        self.changed = changed

    def value(self) -> Any:
        """What the person has put in."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show this value."""
        raise NotImplementedError

    def words(self, value: Any) -> str:
        """A value as a person reads it."""
        return str(value)

    def settle(self) -> None:
        """Take what is half typed for typed."""

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these; only parts with choices listen."""

    def attend(self, tasks: Tasks) -> None:
        """Take this for looking things up in the background; only parts that look up listen."""


class TextPart(Part):
    """One line of text."""

    def __init__(self) -> None:
        self.line = QLineEdit()
        self.line.setMaxLength(LONGEST)
        super().__init__(self.line, self.line.textChanged)

    def value(self) -> str:
        """The text as typed, without loose ends."""
        return self.line.text().strip()

    def set_value(self, value: str) -> None:
        """Show this text from its beginning."""
        self.line.setText(value)
        self.line.setCursorPosition(0)


class SecretPart(TextPart):
    """A password: never shown, never kept."""

    def __init__(self) -> None:
        super().__init__()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)

    def value(self) -> str:
        """The password exactly as typed."""
        return self.line.text()

    def words(self, value: str) -> str:
        """Nothing of it."""
        return "" if not value else "•••"


class LinesPart(Part):
    """Several short texts, one in each line."""

    def __init__(self) -> None:
        self.box = QTextEdit()
        self.box.setAcceptRichText(False)
        self.box.setTabChangesFocus(True)
        self.box.setFixedHeight(theme.scale(132))
        super().__init__(self.box, self.box.textChanged)

    def value(self) -> tuple[str, ...]:
        """The lines that are not empty."""
        return tuple(line.strip() for line in self.box.toPlainText().splitlines() if line.strip())

    def set_value(self, value: Iterable[str]) -> None:
        """Show these lines."""
        self.box.setPlainText("\n".join(value))

    def words(self, value: Iterable[str]) -> str:
        """The lines in a row."""
        return ", ".join(value)


class HoursPart(Part):
    """A number of whole hours, or none."""

    LONGEST = 365 * 24

    def __init__(self) -> None:
        self.box = NumberField()
        self.box.setRange(0, self.LONGEST)
        super().__init__(self.box, self.box.valueChanged)
        Texts(self.box).bind(self.box.setSpecialValueText, N_("None"))

    def value(self) -> int | None:
        """The hours."""
        return self.box.value() or None

    def set_value(self, value: int | None) -> None:
        """Show these hours."""
        self.box.setValue(value or 0)

    def words(self, value: int | None) -> str:
        """The hours, or None."""
        return i18n.format_number(value) if value else _("None")

    def settle(self) -> None:
        """Take what is half typed for typed."""
        self.box.interpretText()


class PortPart(Part):
    """The number of a port."""

    def __init__(self) -> None:
        self.box = NumberField()
        self.box.setRange(1, 65535)
        self.box.setGroupSeparatorShown(False)
        self.box.setMaximumWidth(theme.scale(120))
        super().__init__(self.box, self.box.valueChanged)

    def value(self) -> int:
        """The port."""
        return self.box.value()

    def set_value(self, value: int) -> None:
        """Show this port."""
        self.box.setValue(value)

    def settle(self) -> None:
        """Take the number typed so far."""
        self.box.interpretText()


class TickPart(Part):
    """Yes or no."""

    def __init__(self) -> None:
        self.box = QCheckBox()
        super().__init__(self.box, self.box.toggled)

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.box.isChecked()

    def set_value(self, value: bool) -> None:
        """Tick it, or not."""
        self.box.setChecked(value)

    def words(self, value: object) -> str:
        """Yes or No."""
        return yes_no(value)


class PickPart(Part):
    """One of several; `fixed` are choices that never change, their texts catalogue texts."""

    def __init__(self, *, nothing: str = "", fixed: Sequence[tuple[int | str, Message]] = ()) -> None:
        self.box = Picker(nothing=nothing)
        super().__init__(self.box, self.box.changed)
        self._choices: tuple[Choice, ...] = ()
        if fixed:
            Texts(self.box).redo(lambda: self.offer([Choice(code, i18n.say(text)) for code, text in fixed]))

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these and keep the choice made."""
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            self.box.offer(choices)

    def value(self) -> int | str | None:
        """The id chosen."""
        return self.box.value()

    def set_value(self, value: int | str | None) -> None:
        """Choose by id."""
        self.box.set_value(value)

    def words(self, value: Any) -> str:
        """The name of the choice."""
        return next((choice.text for choice in self._choices if choice.id == value), _("None"))

    def settle(self) -> None:
        """Take the name typed so far, if it is one."""
        line = self.box.lineEdit()
        if line is not None:
            line.editingFinished.emit()


class MinutesPart(Part):
    """A length of time between two limits."""

    def __init__(self, shortest: int, longest: int) -> None:
        self.box = DurationField()
        self.box.setRange(shortest, longest)
        self.box.setMaximumWidth(theme.scale(160))
        super().__init__(self.box, self.box.changed)

    def value(self) -> int:
        """The minutes."""
        return self.box.value()

    def set_value(self, value: int) -> None:
        """Show this length."""
        self.box.set_value(value)

    def words(self, value: int) -> str:
        """The length as people write it."""
        return i18n.format_duration(value)

    def settle(self) -> None:
        """Take the length typed so far."""
        self.box.interpretText()


class ColourPart(Part):
    """One of a set of colours; a colour that is not of the set stays until another is chosen."""

    def __init__(self, colours: Sequence[theme.Category] = theme.CATEGORIES) -> None:
        self.box = SwatchChoice(categories=colours)
        super().__init__(self.box, self.box.changed)
        self._colours = colours
        self._value = colours[0].fill
        self.box.changed.connect(self._take)

    def value(self) -> str:
        """The colour chosen."""
        return self._value

    def set_value(self, value: str) -> None:
        """Choose this colour."""
        self._value = value
        self.box.set_value(value)

    def words(self, value: str) -> str:
        """The name of the colour."""
        return next((_(each.name) for each in self._colours if each.fill == value), value)

    @Slot(str)
    def _take(self, fill: str) -> None:
        self._value = fill


class ReadPart(Part):
    """Lines that are shown and cannot be changed; the value is a tuple of catalogue texts."""

    def __init__(self) -> None:
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        super().__init__(self.list)
        self._value: tuple[str, ...] = ()
        Texts(self.list).redo(self._fill)

    def value(self) -> tuple[str, ...]:
        """The lines."""
        return self._value

    def set_value(self, value: Iterable[str]) -> None:
        """Show these lines."""
        self._value = tuple(value)
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        self.list.addItems([_(line) for line in self._value])
        self.list.setFixedHeight(theme.row_height() * max(1, len(self._value)) + theme.scale(8))


class _Ticks(QWidget):
    """A list of names to tick, with a search where there are many. Signal: `changed()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        self.search = SearchField(N_("Search"), delay_ms=0)
        self.search.hide()
        column.addWidget(self.search)
        self.list = QListWidget()
        styled(self.list, "boxed")
        column.addWidget(self.list)
        self.setFocusProxy(self.list)
        self.search.textChanged.connect(self._find)
        self.list.itemChanged.connect(self.changed)

    def fill(self, choices: Sequence[Choice], ticked: set[int | str]) -> None:
        """Show these, those ticked first, so that a long list begins with what counts."""
        self.list.blockSignals(True)
        self.list.clear()
        for choice in sorted(choices, key=lambda each: each.id not in ticked):
            item = QListWidgetItem(isolate(choice.text))
            item.setData(Qt.ItemDataRole.UserRole, choice.id)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if choice.id in ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self.search.setVisible(len(choices) > _FEW)
        lines = min(max(len(choices), 1), _FEW - 2)
        self.list.setFixedHeight(theme.row_height() * lines + theme.scale(8))
        self._find()

    def ticked(self) -> set[int | str]:
        """The ids ticked."""
        items = [self.list.item(place) for place in range(self.list.count())]
        return {item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked}

    @Slot()
    def _find(self) -> None:
        wanted = fold(self.search.text())
        for place in range(self.list.count()):
            item = self.list.item(place)
            item.setHidden(wanted not in fold(item.text()))


class ManyPart(Part):
    """Any number of several; the value is a sorted tuple of ids."""

    def __init__(self) -> None:
        self.box = _Ticks()
        super().__init__(self.box, self.box.changed)
        self._choices: tuple[Choice, ...] = ()
        self._value: set[int | str] = set()
        self.box.changed.connect(self._take)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these and keep what is ticked."""
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            self.box.fill(self._choices, self._value)

    def value(self) -> tuple[Any, ...]:
        """The ids ticked; those not offered stay as they were."""
        return picked(self._value)

    def set_value(self, value: Iterable[Any]) -> None:
        """Tick these."""
        if set(value) != self._value or not self.box.list.count():
            self._value = set(value)
            self.box.fill(self._choices, self._value)

    def words(self, value: Iterable[Any]) -> str:
        """The names, one after the other."""
        chosen = set(value)
        return ", ".join(choice.text for choice in self._choices if choice.id in chosen) or _("None")

    @Slot()
    def _take(self) -> None:
        offered = {choice.id for choice in self._choices}
        self._value = (self._value - offered) | self.box.ticked()
