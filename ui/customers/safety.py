"""What keeps the typing on a customer's card safe: the journal, and the choice between two people's changes."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QTextEdit, QWidget

from app.domain.customers import CustomerDraft, called
from app.domain.merging import Clash
from app.i18n import _
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.widgets.form import Field
from ui.widgets.keeping import CardKeeping
from ui.widgets.merge.window import Asked
from ui.widgets.picker import Picker
from ui.widgets.tags import TagField

__all__ = ["CustomerKeeping"]


class CustomerKeeping(CardKeeping):
    """The keeping of cards of customers, whose fields it can name."""

    def __init__(self, desk: Desk, card: QWidget) -> None:
        super().__init__(desk, "customers", card)
        self._labels: Mapping[str, str] = {}
        self._rows: Mapping[str, Field] = {}

    def name(self, labels: Mapping[str, str], rows: Mapping[str, Field]) -> None:
        """These are the fields."""
        self._labels, self._rows = labels, rows

    def follow(self, row_id: int | None, editing: Editing[CustomerDraft]) -> None:
        """This is what stands on the card now."""
        draft, met = editing.draft, editing.met
        for name, row in self._rows.items():
            row.meet(on=name in met)
        self.typed(called(draft.name, draft.phones), editing, row_id=row_id)

    def describe(self, clash: Clash) -> Asked:
        """One field with both values, as people call them."""
        widget = self._rows[clash.field].widget

        def said(value: Any) -> str:
            if isinstance(widget, Picker):
                return widget.name_of(value)
            if isinstance(widget, TagField):
                return widget.words(value or ())
            return "\n".join(value) if isinstance(value, tuple) else value or ""

        is_line, takes_both = not isinstance(widget, QTextEdit), not isinstance(widget, Picker)
        return Asked(clash, _(self._labels[clash.field]), said, is_line, takes_both)
