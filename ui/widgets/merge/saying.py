"""Two people's values of a form's field in the words the field itself would use."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QSpinBox, QTextEdit, QWidget

from app.domain.merging import Clash
from app.i18n import _
from ui.widgets.form import Field
from ui.widgets.merge.window import Asked
from ui.widgets.picker import Picker
from ui.widgets.swatch import SwatchChoice

__all__ = ["asked_in", "words_of"]


def asked_in(fields: Mapping[str, Field], clash: Clash) -> Asked:
    """A clash as the form's field of that name puts it; what has no field of its own is called as it is kept."""
    field = fields.get(clash.field)
    if field is None:
        return Asked(clash, clash.field, partial(words_of, None), is_line=True, takes_both=False)
    widget = field.widget
    is_text = isinstance(widget, QLineEdit | QTextEdit)
    return Asked(
        clash, field.label.text(), partial(words_of, widget), is_line=not isinstance(widget, QTextEdit),
        takes_both=is_text,
    )  # fmt: skip


def words_of(widget: QWidget | None, value: Any) -> str:
    """The value as this widget would show it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(widget, Picker | SwatchChoice):
        return widget.name_of(value)
    if isinstance(widget, QSpinBox):
        is_special = value == widget.minimum() and widget.specialValueText()
        return widget.specialValueText() if is_special else widget.textFromValue(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)
