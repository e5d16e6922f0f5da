"""What becomes of the typing on the card: chosen of two people's values, put back from a draft, or dropped."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.drafts.draft import Draft
from ui.tickets.card.safety import TicketKeeping
from ui.tickets.card.sheets import Sheets
from ui.tickets.card.telling import settle
from ui.widgets.merge.line import MeetingLine

__all__ = ["Settling"]


class Settling(QObject):
    """Signals: `settled()` when the sheet on the card has other values; `save_wanted()` when they are to be saved."""

    settled = Signal()
    save_wanted = Signal()

    def __init__(self, sheets: Sheets, keeping: TicketKeeping, parent: QWidget) -> None:
        super().__init__(parent)
        self._sheets, self._keeping = sheets, keeping
        self.line = MeetingLine()
        self.line.compare_wanted.connect(self._compare)
        self.line.mine_wanted.connect(self._keep_mine)
        self.line.theirs_wanted.connect(self.drop)
        keeping.restored.connect(self._restore)
        keeping.settled.connect(self._settle)
        keeping.save_wanted.connect(self.save_wanted)

    @Slot()
    def drop(self) -> None:
        """Go back to what is saved."""
        if self._sheets.current is not None:
            self._sheets.current.take_theirs()
            self.settled.emit()

    @Slot()
    def _keep_mine(self) -> None:
        if self._sheets.current is not None:
            self._sheets.current.keep_mine()
            self.settled.emit()

    @Slot()
    def _compare(self) -> None:
        if self._sheets.current is not None:
            self._keeping.ask(self._sheets.current)

    @Slot(object)
    def _settle(self, chosen: Mapping[str, Any]) -> None:
        """Go on with what was chosen of two people's values, which is saved at once."""
        if self._sheets.current is None:
            return
        if not settle(self._sheets.current.editing, chosen):
            self._compare()
            return
        self.settled.emit()
        self.save_wanted.emit()

    @Slot(object)
    def _restore(self, draft: Draft) -> None:
        if self._sheets.current is not None:
            self._keeping.restore(self._sheets.current, draft)
            self.settled.emit()
