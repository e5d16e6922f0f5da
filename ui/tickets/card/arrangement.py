"""Where the fields of a card stand: the head over the whole width, the rest in a column, in the order of the layout."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QTextEdit, QVBoxLayout, QWidget

from app.domain.words import Message
from app.i18n import _, say
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.form import Field
from ui.widgets.styled import secondary, styled

__all__ = ["Arrangement", "Row"]

_WIDTHS = {"subject": 12, "status_id": 3, "priority": 3, "due_at": 6, "responsible_id": 6, "handler_id": 6}
"""What stands in the head: its width of twelve."""
_COLUMNS = 12


class Row:
    """One field with its label over it and what is wrong under it."""

    def __init__(self, label: str | Message, widget: QWidget, named: QWidget) -> None:
        self._label, self._is_needed, self._is_met = label, False, False
        self.holder = QWidget()
        column = QVBoxLayout(self.holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(2))
        self._name, wrong = secondary(), styled(QLabel(), "error")
        wrong.setTextFormat(Qt.TextFormat.PlainText)
        wrong.setWordWrap(True)
        wrong.hide()
        self._name.setBuddy(named)
        self._named = named
        self._texts = Texts(self._name)
        self._texts.redo(self._say, key="name")
        for each in (self._name, widget, wrong):
            column.addWidget(each, 1 if isinstance(each, QTextEdit) else 0)
        self.field = Field(self._name, named, wrong)

    @property
    def is_tall(self) -> bool:
        """Whether it takes the room that is left."""
        return isinstance(self._named, QTextEdit)

    def need(self, *, on: bool) -> None:
        """Mark it as one that the state asks for."""
        if on is not self._is_needed:
            self._is_needed = on
            self._say()

    def meet(self, *, on: bool) -> None:
        """Mark it as one that somebody else has changed since something was typed on the card."""
        if on is not self._is_met:
            self._is_met = on
            styled(self._name, "warning" if on else "secondary")
            self._say()

    @property
    def is_needed(self) -> bool:
        """Whether it is marked."""
        return self._is_needed

    def rename(self, label: str | Message) -> None:
        """Call it otherwise."""
        self._label = label
        self._say()

    def _say(self) -> None:
        name = say(self._label) if isinstance(self._label, Message) else self._label
        shown = f"{name} *" if self._is_needed else name
        self._name.setText(_("{field} (changed by somebody else)", field=shown) if self._is_met else shown)
        self._name.setToolTip(_("This field is mandatory in this state.") if self._is_needed else "")
        said = _("{field}, mandatory in this state", field=name) if self._is_needed else name
        said = _("{field} (changed by somebody else)", field=said) if self._is_met else said
        self._named.setAccessibleName(said)


class Arrangement:
    """Puts rows into the head's grid and the form's column, and puts them elsewhere without making them anew."""

    def __init__(self, head: QWidget, form: QWidget) -> None:
        self._grid = QGridLayout(head)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scale(12))
        self._grid.setVerticalSpacing(theme.scale(8))
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._column = QVBoxLayout(form)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.scale(8))
        self.codes: tuple[str, ...] = ()

    @staticmethod
    def is_head(code: str) -> bool:
        """Whether a field stands in the head."""
        return code in _WIDTHS

    def arrange(self, codes: Sequence[str], rows: dict[str, Row]) -> None:
        """Show these fields in this order, and no others."""
        self.codes = tuple(codes)
        for each in rows.values():
            self._grid.removeWidget(each.holder)
            self._column.removeWidget(each.holder)
        while self._column.count():
            self._column.takeAt(0)
        self._fill_head([code for code in codes if code in _WIDTHS], rows)
        is_tall = False
        for code in codes:
            if code not in _WIDTHS:
                self._column.addWidget(rows[code].holder, 1 if rows[code].is_tall else 0)
                is_tall = is_tall or rows[code].is_tall
        if not is_tall:
            self._column.addStretch(1)
        for code, row in rows.items():
            row.holder.setVisible(code in codes)

    def _fill_head(self, codes: Iterable[str], rows: dict[str, Row]) -> None:
        line, column = 0, 0
        for code in sorted(codes, key=lambda code: code != "subject"):
            width = _WIDTHS[code]
            if column + width > _COLUMNS:
                line, column = line + 1, 0
            self._grid.addWidget(rows[code].holder, line, column, 1, width, Qt.AlignmentFlag.AlignTop)
            column += width
