"""The fields of a form that is filled in during a call: their list, and the one at work below it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QListWidget, QTextEdit, QVBoxLayout, QWidget

from app import i18n
from app.domain.dialer.forms import KINDS, FormField
from app.domain.words import N_, Message
from app.i18n import _
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import icon_button, push_button, styled

__all__ = ["FieldsEditor", "words_of_field"]


class FieldsEditor(QWidget):
    """Signal: `changed()` by the person."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: list[FormField] = []
        self._is_filling = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        column.addLayout(self._build_tools())
        self.list = styled(QListWidget(), "boxed")
        self.list.setMinimumHeight(theme.scale(132))
        column.addWidget(self.list)
        column.addWidget(self._build_field())
        self.setFocusProxy(self.list)
        self.list.currentRowChanged.connect(self._turn)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.up_button.clicked.connect(self._up)
        self.down_button.clicked.connect(self._down)
        for signal in (self.label.textEdited, self.kind.changed, self.choices.textChanged, self.required.toggled):
            signal.connect(self._take)
        Texts(self).redo(self._show)

    def _build_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(4))
        self.add_button = push_button(N_("Add a field"), "add")
        self.up_button = icon_button("sort-up", N_("One place earlier"))
        self.down_button = icon_button("sort-down", N_("One place later"))
        self.remove_button = icon_button("delete", N_("Remove the field"))
        row.addWidget(self.add_button)
        row.addStretch(1)
        for button in (self.up_button, self.down_button, self.remove_button):
            row.addWidget(button)
        return row

    def _build_field(self) -> QWidget:
        self.label, self.kind = QLineEdit(), Picker()
        self.label.setMaxLength(200)
        self.choices = QTextEdit()
        self.choices.setAcceptRichText(False)
        self.choices.setTabChangesFocus(True)
        self.choices.setFixedHeight(theme.scale(96))
        self.required = QCheckBox()
        self.form = Form(wraps=True)
        self.form.row(N_("Label"), self.label)
        self.form.row(N_("Holds"), self.kind)
        self._choices_row = self.form.row(N_("Choices"), self.choices, N_("One in each line."))
        self.form.row(N_("Needed"), self.required, N_("No result that reached somebody is taken without it."))
        return self.form

    # --- What it holds

    def value(self) -> tuple[FormField, ...]:
        """The fields in their order."""
        return tuple(self._fields)

    def set_value(self, fields: Sequence[FormField]) -> None:
        """Show these fields; the one at work stays where it is."""
        if list(fields) != self._fields:
            self._fields = list(fields)
            self._show()

    def complain(self, place: int, problem: Message) -> None:
        """Go to a field that is wrong; what is wrong is said above the list by whoever asks."""
        self.list.setCurrentRow(place)
        self.label.setFocus()
        self.label.setAccessibleDescription(i18n.say(problem))

    # --- Showing

    @property
    def place(self) -> int:
        """Which field is at work; -1 for none."""
        return self.list.currentRow()

    def _show(self, place: int | None = None) -> None:
        wanted = self.place if place is None else place
        self.kind.offer([Choice(code, i18n.say(said)) for code, said in KINDS.items()])
        with QSignalBlocker(self.list):
            self.list.clear()
            self.list.addItems([words_of_field(each) for each in self._fields])
            self.list.setAccessibleName(_("Fields"))
            self.list.setCurrentRow(min(max(wanted, 0), len(self._fields) - 1))
        self._fill()

    def _fill(self) -> None:
        place = self.place
        is_there = 0 <= place < len(self._fields)
        self.form.setVisible(is_there)
        for button, can in (
            (self.up_button, is_there and place > 0),
            (self.down_button, is_there and place < len(self._fields) - 1),
            (self.remove_button, is_there),
        ):
            button.setEnabled(can)
        if not is_there:
            return
        field = self._fields[place]
        self._is_filling = True
        if self.label.text() != field.label:
            self.label.setText(field.label)
        self.kind.set_value(field.kind)
        if _lines(self.choices) != field.choices:
            self.choices.setPlainText("\n".join(field.choices))
        self.required.setChecked(field.is_required)
        self._choices_row.set_visible(on=field.kind == "choice")
        self._is_filling = False

    @Slot()
    def _turn(self) -> None:
        self._fill()

    # --- Changing

    @Slot()
    def _take(self) -> None:
        place = self.place
        if self._is_filling or not 0 <= place < len(self._fields):
            return
        self._fields[place] = replace(
            self._fields[place],
            label=self.label.text(),
            kind=str(self.kind.value()),
            choices=_lines(self.choices),
            is_required=self.required.isChecked(),
        )
        item = self.list.item(place)
        item.setText(words_of_field(self._fields[place]))
        self._choices_row.set_visible(on=self._fields[place].kind == "choice")
        self.changed.emit()

    @Slot()
    def add(self) -> None:
        """A field behind the one at work, its label ready to be typed."""
        place = self.place + 1 if self._fields else 0
        self._fields.insert(place, FormField("", ""))
        self._show(place)
        self.label.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    @Slot()
    def remove(self) -> None:
        """Take the field at work out; answers given in it stay with their calls."""
        place = self.place
        if 0 <= place < len(self._fields):
            del self._fields[place]
            self._show(place)
            self.changed.emit()

    @Slot()
    def _up(self) -> None:
        self._move(-1)

    @Slot()
    def _down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        place, other = self.place, self.place + by
        if 0 <= place < len(self._fields) and 0 <= other < len(self._fields):
            fields = self._fields
            fields[place], fields[other] = fields[other], fields[place]
            self._show(other)
            self.changed.emit()


def words_of_field(field: FormField) -> str:
    """Its label, with what it holds."""
    label = isolate(field.label) or _("Field without a name")
    kind: Any = KINDS.get(field.kind)
    said = i18n.say(kind) if kind is not None else ""
    return _("{label} ({kind}, needed)", label=label, kind=said) if field.is_required else f"{label} ({said})"


def _lines(box: QTextEdit) -> tuple[str, ...]:
    return tuple(line for line in box.toPlainText().split("\n") if line.strip())
