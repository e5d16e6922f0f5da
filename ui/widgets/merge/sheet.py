"""What a page of forms does when two people changed the same row of it: disjoint fields together, clashes by choice."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.errors import Conflict
from app.domain.merging import Clash
from app.domain.words import Message
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.widgets.merge.line import MeetingLine
from ui.widgets.merge.meeting import Meeting
from ui.widgets.merge.window import Asked

__all__ = ["SheetMeeting"]


class SheetMeeting(QObject):
    """For the rows of one table on one page; `line` stands over its form.

    Signals: `settled()` when the sheet in front is another than it was, `save_wanted()` when its save can go through
    now. A save that met somebody else's is told by `meets`; after the row was read again `took` goes on with it.
    """

    settled = Signal()
    save_wanted = Signal()

    def __init__(self, desk: Desk, table: str, page: QWidget, met: Message, describe: Callable[[Clash], Asked]) -> None:
        super().__init__(page)
        self._desk, self._met, self._describe = desk, met, describe
        self._row_id: int | None = None
        self._sheet: Editing[Any] | None = None
        self._overtaken: Exception | None = None
        self.line = MeetingLine()
        self.meeting = Meeting(desk, table, page)
        self.meeting.settled.connect(self._settle)
        self.line.compare_wanted.connect(self.compare)
        self.line.mine_wanted.connect(self._keep_mine)
        self.line.theirs_wanted.connect(self._take_theirs)

    def show(self, row_id: int | None, sheet: Editing[Any] | None) -> None:
        """The page has this row in front, or none."""
        if row_id != self._row_id:
            self.meeting.drop()
            self._tell_overtaken()
        self._row_id, self._sheet = row_id, sheet
        self.line.say(self._met if sheet is not None and sheet.theirs is not None else None)

    def meets(self, problem: Exception, row_id: int | None) -> bool:
        """Whether a save failed because somebody else was quicker: the row is to be read again, and it goes on.

        Where another row is in front by now, or comes before the answer, nothing goes on by itself, which is said.
        """
        self._overtaken = problem if isinstance(problem, Conflict) else None
        if self._overtaken is None:
            return False
        if row_id != self._row_id:
            self._tell_overtaken()
        return True

    def _tell_overtaken(self) -> None:
        problem, self._overtaken = self._overtaken, None
        if problem is not None:
            self._desk.messages.show_error(problem)

    def took(self, row_id: int, sheet: Editing[Any]) -> None:
        """The row was read again: a save that failed goes through, or the person chooses first."""
        if self._overtaken is None or row_id != self._row_id:
            return
        self._overtaken, self._sheet = None, sheet
        if sheet.theirs is not None:
            self.compare()
        elif sheet.is_dirty:
            self.save_wanted.emit()

    def saved(self, row_id: int, sheet: Editing[Any]) -> None:
        """It is saved, with what somebody else had changed meanwhile: that is said. Asked before the sheet knows."""
        names = list(dict.fromkeys(self._describe(Clash(name, *[None] * 3)).label for name in sorted(sheet.followed)))
        if names:
            self.meeting.tell_merged(row_id, names)

    @Slot()
    def compare(self) -> None:
        """Let the person choose, field by field."""
        sheet = self._sheet
        if self._row_id is not None and sheet is not None:
            # As the form has them, not by their names.
            places = {
                name: place for place, name in enumerate(name for row in sheet.flats(sheet.draft) for name in row)
            }
            clashes = sorted(sheet.ask(), key=lambda each: places.get(each.field, len(places)))
            self.meeting.ask(self._row_id, [self._describe(each) for each in clashes])

    @Slot(object)
    def _settle(self, chosen: Mapping[str, Any]) -> None:
        if self._sheet is None:
            return
        if not self._sheet.settle(chosen):
            self.compare()
            return
        self.settled.emit()
        self.save_wanted.emit()

    @Slot()
    def _keep_mine(self) -> None:
        if self._sheet is not None:
            self._sheet.keep_mine()
            self.settled.emit()

    @Slot()
    def _take_theirs(self) -> None:
        if self._sheet is not None:
            self._sheet.take_theirs()
            self.settled.emit()
