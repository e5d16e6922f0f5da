"""The customers of a pool as a Qt model over the pages read so far."""

from typing import Any

from PySide6.QtCore import Qt

from app.domain.dialer.standing import WORDS
from app.domain.dialer.statuses import call_status_name
from app.domain.words import N_, Message
from app.i18n import _, format_number, say
from app.services.dialer.entry_list import EntryRow
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import Index, PagedModel

__all__ = ["PRIORITIES", "WIDTHS", "EntryTable", "standing_of"]

_TRIES = 4
_TRAILING = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
PRIORITIES = (N_("Urgent"), N_("High"), N_("Medium"), N_("Low"))
WIDTHS = (220, 150, 260, 100, 70, 140, 150)
_STATES = {
    "ready": N_("Can be called"),
    "callback": N_("To be called back now"),
    "waiting": N_("To be called later"),
    "held": N_("With an agent"),
    "done": N_("Finished"),
}


def standing_of(row: EntryRow) -> str:
    """Where a customer stands, in the reader's words: what blocks him, else his state."""
    blocked: Message | None = WORDS.get(row.blocked) if row.blocked else None
    if row.state in ("blocked", "done") and blocked is not None:
        return say(blocked)
    return _(_STATES.get(row.state, row.state))


class EntryTable(PagedModel):
    """Who is in a pool."""

    headers = (N_("Name"), N_("Number"), N_("Standing"), N_("Priority"), N_("Tries"), N_("Result"), N_("Time zone"))

    def place(self, row: EntryRow) -> int:
        """In the order they became customers."""
        return row.customer_id

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name of the number stands over it."""
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal and section == _TRIES:
            return _TRAILING
        return super().headerData(section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A number stands at the end of its column."""
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == _TRIES:
            return _TRAILING
        return super().data(index, role)

    def cell(self, row: EntryRow, column: int, role: int) -> Any:
        """The texts of a customer; who cannot be called is quiet."""
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._text(row, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._text(row, column))
        if role == Qt.ItemDataRole.ForegroundRole:
            if row.state in ("blocked", "done"):
                return theme.tokens().color("muted")
            return theme.tokens().color("danger") if column == 3 and row.priority == 0 else None
        return None

    @staticmethod
    def _text(row: EntryRow, column: int) -> str:
        result = "" if row.status_code is None and row.status_name is None else _result(row)
        texts = (
            row.name or row.person or "",
            row.person or "",
            standing_of(row),
            _(PRIORITIES[min(max(row.priority, 0), 3)]),
            format_number(row.tries),
            result,
            row.zone.replace("_", " "),
        )
        return texts[column] if 0 <= column < len(texts) else ""


def _result(row: EntryRow) -> str:
    said = call_status_name(row.status_code, row.status_name)
    return say(said) if isinstance(said, Message) else said
