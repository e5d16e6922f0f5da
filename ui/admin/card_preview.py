"""How a card will look: its fields in order, each with a place that looks like its input."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QLabel, QVBoxLayout, QWidget

from app.domain.tickets.fields import custom_id, field_name
from app.domain.words import N_
from app.i18n import _
from app.services.tickets.custom_fields import OwnField
from app.services.tickets.layouts import TASK
from ui.admin.section import in_words
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import plain, secondary, styled

__all__ = ["CardPreview"]


class CardPreview(QWidget):
    """Follows every change at once; nothing in it can be used."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[str, tuple[str, ...], tuple[str, ...], Mapping[int, OwnField]] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._card = styled(QWidget(), "card")
        self._card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._inside = QVBoxLayout(self._card)
        margin = theme.scale(16)
        self._inside.setContentsMargins(margin, margin, margin, margin)
        self._rows: QWidget | None = None
        column.addWidget(ScrolledPage(self._card, theme.scale(220)))
        Texts(self).redo(self._fill)

    def show_fields(
        self, kind: str, fields: Sequence[str], required: Sequence[str], own: Mapping[int, OwnField]
    ) -> None:
        """Show a card of these fields."""
        self._shown = (kind, tuple(fields), tuple(required), own)
        self._fill()

    def labels(self) -> list[str]:
        """The names on the card, from top to bottom."""
        return [label.text() for label in self._card.findChildren(QLabel, "field")]

    def _fill(self) -> None:
        if self._shown is None:
            return
        if self._rows is not None:
            self._inside.removeWidget(self._rows)
            self._rows.setParent(None)
            self._rows.deleteLater()
        kind, fields, required, own = self._shown
        self._rows = QWidget()
        rows = QFormLayout(self._rows)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setHorizontalSpacing(theme.scale(12))
        rows.setVerticalSpacing(theme.scale(8))
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        if kind == TASK:
            rows.addRow(secondary(N_("Stage, handler, due date, state and note are on every task.")))
        names = {key: field.name for key, field in own.items()}
        for code in fields:
            name = in_words(field_name(code, names))
            label = plain(_("{name} (mandatory)", name=name) if code in required else name)
            label.setObjectName("field")
            label.setWordWrap(True)
            rows.addRow(label, self._place(code, own))
        self._inside.insertWidget(0, self._rows)
        if self._inside.count() == 1:
            self._inside.addStretch(1)
        # At once: left to the next round of events the card would flash empty.
        self._rows.show()

    @staticmethod
    def _place(code: str, own: Mapping[int, OwnField]) -> QWidget:
        field = own.get(custom_id(code) or 0)
        if field is not None and field.kind == "check":
            box = QCheckBox()
            box.setEnabled(False)
            return box
        place = styled(QFrame(), "place")
        place.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        place.setFixedHeight(theme.scale(72 if code == "description" else 28))
        return place
