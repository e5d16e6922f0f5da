"""Labels, fields and what is wrong with them, each said under its own field."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app import i18n
from app.domain.words import Message, message
from app.i18n import _
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import heading, secondary, styled

__all__ = ["Field", "Form"]


class Field:
    """One row of a form: its label, its widget, and a line for what is wrong."""

    def __init__(self, label: QLabel, widget: QWidget, wrong: QLabel) -> None:
        self.label = label
        self.widget = widget
        self._wrong = wrong
        self._texts = Texts(wrong)

    def error(self, text: Message | str | None) -> None:
        """Say what is wrong with the field, or None that nothing is; a str is catalogue text."""
        self.widget.setProperty("wrong", text is not None)
        self.widget.style().unpolish(self.widget)
        self.widget.style().polish(self.widget)
        self._wrong.setVisible(text is not None)
        if text is not None:
            said = message(text) if isinstance(text, str) else text
            self._texts.redo(lambda: self._wrong.setText(i18n.say(said)), key="error")
            self.widget.setAccessibleDescription(self._wrong.text())

    def meet(self, *, on: bool) -> None:
        """Mark it as one that somebody else has changed since something was typed in the form."""
        styled(self.label, "warning" if on else "")
        self.label.setToolTip(_("Changed by somebody else") if on else "")
        self.widget.setToolTip(self.label.toolTip())

    @property
    def has_error(self) -> bool:
        """Whether something is wrong with it."""
        return not self._wrong.isHidden()

    def set_visible(self, *, on: bool) -> None:
        """Show or hide label, widget and all."""
        self.label.setVisible(on)
        holder = self.widget.parentWidget()
        if holder is not None:
            holder.setVisible(on)


class Form(QWidget):
    """Rows of label and field; with `wraps` a label that leaves too little for its field stands above it.

    All texts are catalogue texts.
    """

    def __init__(self, parent: QWidget | None = None, *, wraps: bool = False) -> None:
        super().__init__(parent)
        self._rows = QFormLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(theme.scale(16))
        self._rows.setVerticalSpacing(theme.scale(8))
        if wraps:
            self._rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._fields: list[Field] = []

    def heading(self, text: str) -> QLabel:
        """A heading over the rows that follow."""
        label = heading(text)
        if self._rows.rowCount():
            label.setContentsMargins(0, theme.scale(12), 0, 0)
        self._rows.addRow(label)
        return label

    def row(self, label: str, widget: QWidget, hint: str = "") -> Field:
        """Add a field; `hint` is said under it in small letters."""
        name = QLabel()
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setBuddy(widget)
        # Beside the first line of its field, however much is said under it.
        name.setFixedHeight(theme.scale(30))
        texts = Texts(name)
        texts.bind(name.setText, label)
        if not widget.accessibleName():
            texts.bind(widget.setAccessibleName, label)
        holder, column = self._column(widget)
        if hint:
            column.addWidget(secondary(hint))
        wrong = styled(QLabel(), "error")
        wrong.setTextFormat(Qt.TextFormat.PlainText)
        wrong.setWordWrap(True)
        wrong.hide()
        column.addWidget(wrong)
        self._rows.addRow(name, holder)
        field = Field(name, widget, wrong)
        self._fields.append(field)
        return field

    def wide(self, widget: QWidget) -> None:
        """Add something over the whole width."""
        self._rows.addRow(widget)

    def clear_errors(self) -> None:
        """Nothing is wrong until it is looked at again."""
        for field in self._fields:
            field.error(None)

    def first_error(self) -> Field | None:
        """Put the cursor into the first field with something wrong; None when there is none."""
        for field in self._fields:
            if field.has_error:
                field.widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return field
        return None

    @staticmethod
    def _column(widget: QWidget) -> tuple[QWidget, QVBoxLayout]:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(3))
        is_narrow = widget.sizePolicy().horizontalPolicy() in (QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        if is_narrow:
            line = QHBoxLayout()
            line.addWidget(widget)
            line.addStretch(1)
            column.addLayout(line)
        else:
            column.addWidget(widget)
        return holder, column
