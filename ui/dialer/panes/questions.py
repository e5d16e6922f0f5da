"""One question of a form on the dial page: its label, its field by kind, what was answered before, what is wrong."""

from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QTextEdit, QVBoxLayout, QWidget

from app.domain.dialer.forms import FormField
from app.domain.dialer.script import problem, read_number
from app.domain.words import N_
from app.i18n import _, format_date, format_number, say
from ui.kit import theme
from ui.kit.bidi import isolate, sided
from ui.kit.translate import Texts
from ui.widgets.fields import DateField
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import plain, styled

__all__ = ["Question"]


class Question(QWidget):
    """Signal: `changed()` when the person has answered."""

    changed = Signal()

    def __init__(self, field: FormField, before: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._before = before
        self._is_touched = False
        self._is_wrong = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(3))
        self.label = styled(plain(), "body")
        self.label.setWordWrap(True)
        self.widget = self._make()
        self.label.setBuddy(self.widget)
        self.before = styled(plain(), "secondary")
        self.wrong = styled(plain(), "error")
        for part in (self.before, self.wrong):
            part.setWordWrap(True)
        self.wrong.hide()
        if not isinstance(self.widget, QCheckBox):
            column.addWidget(self.label)
        is_narrow = isinstance(self.widget, DateField)
        column.addWidget(self.widget, 0, Qt.AlignmentFlag.AlignLeading if is_narrow else Qt.AlignmentFlag(0))
        column.addWidget(self.before)
        column.addWidget(self.wrong)
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")

    def _make(self) -> QWidget:
        kind = self.field.kind
        if kind == "note":
            note = QTextEdit()
            note.setAcceptRichText(False)
            note.setTabChangesFocus(True)
            note.setFixedHeight(theme.scale(64))
            note.textChanged.connect(self._touch)
            return note
        if kind == "date":
            day = DateField(optional=True)
            day.changed.connect(self._touch)
            return day
        if kind == "choice":
            picker = Picker(nothing=N_("Not answered"))
            picker.offer([Choice(each, each) for each in self.field.choices])
            picker.changed.connect(self._touch)
            return picker
        if kind == "check":
            check = QCheckBox()
            check.toggled.connect(self._touch)
            return check
        line = QLineEdit()
        line.textChanged.connect(self._touch)
        return line

    def _touch(self) -> None:
        self._is_touched = True
        if self._is_wrong:
            self.check(is_asked=True)
        self.changed.emit()

    # --- What is answered

    def value(self) -> Any:
        """The answer as it is kept; None for none. A number that cannot be read is the text that was typed."""
        widget = self.widget
        if isinstance(widget, QTextEdit):
            return widget.toPlainText().strip() or None
        if isinstance(widget, DateField):
            day = widget.value()
            return None if day is None else day.isoformat()
        if isinstance(widget, Picker):
            return widget.value()
        if isinstance(widget, QCheckBox):
            return widget.isChecked() if self._is_touched else None
        assert isinstance(widget, QLineEdit)
        text = widget.text().strip()
        if self.field.kind != "number" or not text:
            return text or None
        number = read_number(text)
        return text if number is None else number

    def set_value(self, answer: Any) -> None:
        """Show an answer that was typed before; the same one leaves the cursor where it is."""
        if answer == self.value():
            return
        widget = self.widget
        was = self.blockSignals(True)
        if isinstance(widget, QTextEdit):
            widget.setPlainText(str(answer or ""))
        elif isinstance(widget, DateField):
            widget.set_value(_day(answer))
        elif isinstance(widget, Picker):
            widget.set_value(answer if answer in self.field.choices else None)
        elif isinstance(widget, QCheckBox):
            widget.setChecked(bool(answer))
        elif isinstance(widget, QLineEdit):
            widget.setText("" if answer is None else str(answer))
        self.blockSignals(was)
        self._is_touched = answer is not None

    def check(self, *, is_asked: bool) -> bool:
        """Mark the field where something is wrong with its answer; whether it is right."""
        wrong = problem(self.field, self.value(), is_asked=is_asked)
        self._is_wrong = wrong is not None
        self.widget.setProperty("wrong", self._is_wrong)
        self.widget.style().unpolish(self.widget)
        self.widget.style().polish(self.widget)
        self.wrong.setVisible(self._is_wrong)
        if wrong is None:
            self._texts.redo(self.wrong.clear, key="wrong")
            self.widget.setAccessibleDescription(self.before.text())
        else:
            self._texts.redo(lambda: self.wrong.setText(sided(say(wrong))), key="wrong")
            self.widget.setAccessibleDescription(self.wrong.text())
        return not self._is_wrong

    # --- Words

    def _say(self) -> None:
        label = isolate(self.field.label)
        text = _("{field} (required)", field=label) if self.field.is_required else label
        self.label.setText(sided(text))
        self.widget.setAccessibleName(text)
        if isinstance(self.widget, QCheckBox):
            self.widget.setText(text.replace("&", "&&"))
        before = self._shown(self._before)
        self.before.setText(sided(_("Last time: {answer}", answer=isolate(before))) if before else "")
        self.before.setVisible(bool(before))

    def _shown(self, answer: Any) -> str:
        if answer in (None, ""):
            return ""
        if isinstance(answer, bool):
            return _("Yes") if answer else _("No")
        if isinstance(answer, int | float):
            return format_number(answer)
        if self.field.kind == "date":
            day = _day(answer)
            return format_date(day) if day else ""
        return str(answer)


def _day(answer: Any) -> date | None:
    try:
        return date.fromisoformat(answer) if answer else None
    except (TypeError, ValueError):
        return None
