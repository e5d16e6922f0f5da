"""Entries of a campaign, read, changed and saved one by one; what is typed stays with its entry until saved."""

from collections.abc import Mapping
from typing import Any, Protocol

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QApplication, QTreeWidgetItem

from app.domain.errors import Incomplete, NotFound
from app.domain.words import N_, Message, message
from app.drafts.draft import Draft
from app.i18n import _
from ui.dialer.campaigns.records_view import EntryForm, RecordsView
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.merge.sheet import SheetMeeting
from ui.widgets.row_drafts import RowDrafts

__all__ = ["RecordsPage", "Row"]

_KEY = Qt.ItemDataRole.UserRole
_MET = message(N_("Somebody else changed this while you were editing. What you changed is kept."))


class Row(Protocol):
    """An entry as it was read."""

    @property
    def id(self) -> int:
        """Its key."""
        ...


class RecordsPage(RecordsView):
    """What it lists, and how that is read and saved, is said by its subclass; `table` is what a row is a row of."""

    table = ""
    tables: frozenset[str] = frozenset()

    def __init__(self, desk: Desk, form: EntryForm) -> None:
        super().__init__(desk, form)
        self.campaign: int | None = None
        self.rows: tuple[Any, ...] = ()
        self._sheets: dict[int, Editing[Any]] = {}
        self._new: dict[int, int] = {}
        self._chosen: int | None = None
        self._wanted: int | None = None
        self._sent: tuple[int, Any] | None = None
        self._doomed: int | None = None
        self._reading = Latest(desk.tasks)
        self.unsaved = RowDrafts(desk, f"campaign.{self.key}", self._restore)
        self.above.addWidget(self.unsaved)
        self.meeting = SheetMeeting(desk, self.table, self, _MET, form.asked)
        self.above.addWidget(self.meeting.line)
        self._connect()

    # --- Putting together

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(self._turn)
        self.list.itemChanged.connect(self._take_tick)
        self.form.edited.connect(self._take_edit)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.cancel)
        self.new_button.clicked.connect(self.new)
        self.up_button.clicked.connect(self._up)
        self.down_button.clicked.connect(self._down)
        self.delete_button.clicked.connect(self._ask)
        self.confirm.clicked.connect(self._delete)
        self.keep.clicked.connect(self._keep)
        self.meeting.settled.connect(self._show)
        self.meeting.save_wanted.connect(self.save)
        self.desk.bridge.rows_changed.connect(self._hear)
        Texts(self).redo(self._show)
        theme.news.changed.connect(self._show)

    # --- Reading

    @property
    def row(self) -> Any | None:
        """The entry in front as it was read; None for a new one."""
        return next((row for row in self.rows if row.id == self._chosen), None)

    @property
    def sheet(self) -> Editing[Any] | None:
        """The entry in front, as it is kept and as it is changed."""
        return None if self._chosen is None else self._sheets.get(self._chosen)

    def show_campaign(self, campaign_id: int) -> None:
        """Show this campaign."""
        if campaign_id != self.campaign:
            self.campaign, self.rows, self._chosen = campaign_id, (), None
            self._show()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read it anew; what was changed stays."""
        if self.campaign is not None and not self.desk.tasks.is_closed:
            self.read(self._reading).then(self._take)

    @Slot(object)
    def _take(self, rows: tuple[Any, ...]) -> None:
        self.rows = rows
        for row in rows:
            sheet, draft, version = self._sheets.get(row.id), self.draft_of(row), self.version_of(row)
            if sheet is None:
                self._sheets[row.id] = self.editing(draft, version)
            elif self._sent is None or self._sent[0] != row.id:
                sheet.meet(draft, version)
        self._show()
        if self.row is not None and self.sheet is not None:
            self.meeting.took(self.row.id, self.sheet)

    # --- Showing

    def _keys(self) -> list[int]:
        return [row.id for row in self.rows] + [key for key, owner in self._new.items() if owner == self.campaign]

    @Slot()
    def _show(self) -> None:
        keys = self._keys()
        wanted = self._wanted if self._wanted is not None else self._chosen
        self._wanted = None
        self._chosen = wanted if wanted in keys else keys[0] if keys else None
        with QSignalBlocker(self.list):
            self.list.setHeaderLabels([_(text) for text, _width in self.columns])
            self.list.clear()
            for key in keys:
                item = QTreeWidgetItem()
                item.setData(0, _KEY, key)
                item.setSizeHint(0, QSize(0, theme.row_height()))
                self.list.addTopLevelItem(item)
                self._write_line(item)
                if key == self._chosen:
                    self.list.setCurrentItem(item)
        self._fill()

    def _write_line(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, _KEY)
        row, sheet = next((each for each in self.rows if each.id == key), None), self._sheets[key]
        for place, text in enumerate(self.cells(sheet.draft, row)):
            item.setText(place, f"• {isolate(text)}" if sheet.is_dirty and not place else isolate(text))
            item.setForeground(place, theme.tokens().color("muted" if self.is_muted(sheet.draft, row) else "text"))
        picture = self.picture(sheet.draft, row)
        if picture is not None:
            item.setIcon(0, picture)
        ticked = self.tick(row) if row is not None else None
        if ticked is not None:
            item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def _fill(self) -> None:
        sheet, row = self.sheet, self.row
        if self._doomed != self._chosen:
            self.question.say(None)
        self.unsaved.show_row(self._chosen, is_open=sheet is not None)
        self._keep_draft()
        self.form.setVisible(sheet is not None)
        self.form.setEnabled(sheet is not None and (row is None or self.can_edit(row)))
        if sheet is not None:
            self.form.fill(sheet.draft, row)
            self.title.setText(isolate(self.cells(sheet.draft, row)[0]))
        else:
            self.title.setText("")
        self.meeting.show(self._chosen, sheet)
        self._follow()

    def _follow(self) -> None:
        for button in (self.save_button, self.cancel_button):
            button.setEnabled(self.can_save)
        place, row = self.list.currentIndex().row(), self.row
        self.up_button.setEnabled(row is not None and place > 0)
        self.down_button.setEnabled(row is not None and 0 <= place < len(self.rows) - 1)
        self.delete_button.setEnabled(row is not None)
        self.changed.emit()

    @Slot()
    def _turn(self) -> None:
        item = self.list.currentItem()
        self.question.say(None)
        if item is not None and item.data(0, _KEY) != self._chosen:
            self._chosen = item.data(0, _KEY)
            self.form.complain({})
            self._fill()

    # --- Changing

    @Slot()
    def _take_edit(self) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        sheet.draft = self.form.draft()
        self._keep_draft()
        self.title.setText(isolate(self.cells(sheet.draft, self.row)[0]))
        item = self.list.currentItem()
        if item is not None:
            with QSignalBlocker(self.list):
                self._write_line(item)
        self._follow()

    def _keep_draft(self) -> None:
        if self.sheet is not None:
            self.unsaved.follow_row(self._chosen, self.cells(self.sheet.draft, self.row)[0], self.sheet)

    def _restore(self, draft: Draft) -> None:
        if self.sheet is not None:
            self.sheet.restore(draft.base, draft.typed, draft.version)
            self._show()

    @Slot()
    def new(self) -> None:
        """Begin an entry."""
        if self.campaign is None or not self.new_text:
            return
        number = min([*self._new, 0]) - 1
        self._new[number] = self.campaign
        self._sheets[number] = self.editing(self.blank())
        self._wanted = number
        self.form.complain({})
        self._show()
        self.form.begin()

    @property
    def can_save(self) -> bool:
        """Whether there is something to save and nothing under way."""
        is_new = self._chosen is not None and self._chosen < 0
        return self.sheet is not None and (is_new or self.sheet.is_dirty) and self._sent is None

    def is_dirty(self, campaign_id: int) -> bool:
        """Whether something of a campaign is changed and not saved."""
        shown = campaign_id == self.campaign and any(self._sheets[row.id].is_dirty for row in self.rows)
        return shown or campaign_id in self._new.values()

    @Slot()
    def save(self) -> None:
        """Save the entry in front, or say under the fields what keeps it from that."""
        sheet = self.sheet
        if sheet is None or self._chosen is None or not self.can_save:
            return
        wrong = self.problems(sheet.draft, self.row)
        self._complain(wrong)
        if wrong:
            self.desk.messages.warning(next(iter(wrong.values())), message(N_("Nothing was saved.")))
            return
        self._sent = self._chosen, sheet.draft
        self.write(sheet.draft, self.row, sheet).then(self._take_saved, self._fail)
        self._follow()

    def _complain(self, problems: Mapping[str, Message]) -> None:
        self.form.complain(problems)
        focused = QApplication.focusWidget()
        if focused is not None and self.form.isAncestorOf(focused):
            self.scrolled.ensureWidgetVisible(focused, 0, theme.scale(96))

    @Slot(object)
    def _take_saved(self, answer: Any) -> None:
        assert self._sent is not None
        (key, draft), self._sent = self._sent, None
        rows = answer if isinstance(answer, tuple) else (answer,)
        if key < 0:
            self.unsaved.drop(key)
            self._sheets.pop(key)
            self._new.pop(key)
            if self._chosen == key:
                self._chosen, self._wanted = None, rows[0].id
        else:
            row = next((each for each in rows if each.id == key), None)
            if row is not None:
                self.meeting.saved(key, self._sheets[key])
                self._sheets[key].saved(draft, self.version_of(row))
                self._sheets[key].meet(self.draft_of(row), self.version_of(row))
        self.refresh()

    @Slot(object)
    def _fail(self, problem: Exception) -> None:
        assert self._sent is not None
        (key, _draft), self._sent = self._sent, None
        if self.meeting.meets(problem, key):
            self.refresh()
            return
        self.desk.messages.show_error(problem)
        if isinstance(problem, Incomplete):
            self._complain(problem.problems)
        self._follow()
        if isinstance(problem, NotFound):
            self.refresh()

    @Slot()
    def cancel(self) -> None:
        """Go back to what is kept; an entry that never was is dropped."""
        if self.sheet is None or self._chosen is None or not self.can_save:
            return
        if self._chosen < 0:
            self.unsaved.drop(self._chosen)
            self._sheets.pop(self._chosen)
            self._new.pop(self._chosen)
        else:
            self.sheet.discard()
        self.form.complain({})
        self._show()

    # --- What is done at once

    @Slot(QTreeWidgetItem, int)
    def _take_tick(self, item: QTreeWidgetItem, place: int) -> None:
        row = next((each for each in self.rows if each.id == item.data(0, _KEY)), None)
        is_on = item.checkState(0) == Qt.CheckState.Checked
        if row is not None and not place and self.tick(row) not in (None, is_on):
            self.write_tick(row, on=is_on).then(self._done, self._undone)

    @Slot()
    def _up(self) -> None:
        self._move(up=True)

    @Slot()
    def _down(self) -> None:
        self._move(up=False)

    def _move(self, *, up: bool) -> None:
        row = self.row
        moving = None if row is None else self.write_move(row, up=up)
        if moving is not None:
            moving.then(self._done, self._undone)

    @Slot()
    def _ask(self) -> None:
        row, sheet = self.row, self.sheet
        if row is not None and sheet is not None:
            self._doomed = row.id
            self.question.say(message(N_("Delete {name}?"), name=self.cells(sheet.draft, row)[0]))
            self.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _keep(self) -> None:
        self.question.say(None)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _delete(self) -> None:
        self.question.say(None)
        row = next((row for row in self.rows if row.id == self._doomed), None)
        if row is not None:
            self.write_delete(row).then(self._done, self._undone)

    @Slot(object)
    def _done(self, _answer: object) -> None:
        self.refresh()

    @Slot(object)
    def _undone(self, problem: Exception) -> None:
        self.desk.messages.show_error(problem)
        self.refresh()

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in self.tables and self.isVisible():
            self.refresh()
