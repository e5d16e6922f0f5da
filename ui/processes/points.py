"""A field for points: a number with at most four decimals, typed with a point or a comma."""

import re
from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.i18n import format_number
from ui.kit import theme
from ui.kit.translate import Texts

__all__ = ["PointsField", "points_of"]

_MARKS = dict.fromkeys(map(ord, " \u00a0\u202f'\u200e\u200f\u2066\u2067\u2068\u2069"))


def _decimal_sign() -> str:
    return format_number(Decimal("1.5"), 1)[1]


def points_of(text: str) -> Decimal | None:
    """The number that was typed, nothing is 0; None for what is no number.

    Point and comma both begin decimals, unless they part thousands as the language in use does.
    """
    bare = text.translate(_MARKS).replace("\u2212", "-")
    if not bare:
        return Decimal(0)
    sign = _decimal_sign()
    group = "," if sign == "." else "."
    if re.fullmatch(rf"[-+]?[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+({re.escape(sign)}[0-9]*)?", bare):
        bare = bare.replace(group, "")
    bare = bare.replace(",", ".")
    return Decimal(bare) if re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)", bare) else None


class PointsField(QLineEdit):
    """Signal: `changed()`. `value()` is None while what stands there is no number."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: Decimal | None = Decimal(0)
        self.setMaxLength(40)
        self.setMaximumWidth(theme.scale(160))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        self.textEdited.connect(self._take)
        Texts(self).redo(self._show)

    def value(self) -> Decimal | None:
        """The number."""
        return self._value

    def set_value(self, value: Decimal) -> None:
        """Show this number; what is being typed and means the same stays."""
        if value != self._value:
            self._value = value
            self._show()

    def _show(self) -> None:
        if self._value is not None:
            # Without thousands parted: their sign could be taken for a decimal one when a digit is added.
            plain = f"{self._value.normalize():f}" if self._value else "0"
            self.setText(plain.replace(".", _decimal_sign()))

    @Slot(str)
    def _take(self, text: str) -> None:
        self._value = points_of(text)
        self.changed.emit()
