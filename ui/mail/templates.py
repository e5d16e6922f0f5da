"""The templates: a list by event, and the form of the one that is chosen; what was typed in another one is kept."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import NotFound
from app.domain.mail.events import EVENTS
from app.domain.words import N_, message
from app.drafts.draft import Draft
from app.i18n import _, say
from app.services.mail import templates
from app.services.mail.lists import list_lists
from app.services.mail.rows import TemplateDraft, TemplateRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.mail import commands
from ui.mail.template_form import EMPTY, TemplateForm
from ui.mail.typed import TypedTemplate, asked, draft_of, typed_of
from ui.widgets.empty import EmptyState
from ui.widgets.merge.sheet import SheetMeeting
from ui.widgets.row_drafts import RowDrafts
from ui.widgets.standing import StandingLine
from ui.widgets.styled import icon_button, primary_button, push_button, secondary, tool_row

__all__ = ["TemplatesView"]

_NEW = 0
"""The key of the draft that is no template yet."""
_MET = message(N_("Somebody else changed this while you were editing. What you changed is kept."))
_ABOUT = N_("A template says what is written when something happens, in each language your customers read.")


class TemplatesView(QWidget):
    """List and form; what is typed is kept by template until it is saved or dropped, whatever others save meanwhile."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: dict[int, TemplateRow] = {}
        self._sheets: dict[int, Editing[TypedTemplate]] = {}
        self._sent: int | None = None
        self._doomed: int | None = None
        self._key: int | None = None
        self._reading, self._lists = Latest(desk.tasks), Latest(desk.tasks)
        self.form = TemplateForm(desk)
        self._build()
        self._connect()
        self.refresh()

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The template in front, once it is saved."""
        row = self._rows.get(self._key or _NEW)
        return ("mail_templates", row.id, row.draft.name) if row is not None else None

    @Slot()
    def _ask_history(self) -> None:
        if (card := self.card_at_hand()) is not None:
            self._desk.commands.run("history.open", *card)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tool_row())
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setIconSize(QSize(18, 18))
        self.list.setMinimumWidth(theme.scale(180))
        Texts(self.list).bind(self.list.setAccessibleName, N_("Mail templates"))
        self.meeting = SheetMeeting(self._desk, "mail_templates", self, _MET, partial(asked, self.form.fields))
        self._delete, self._keep = push_button(N_("Delete"), "delete", "danger"), push_button(N_("Keep"))
        self.question = StandingLine(self._delete, self._keep)
        right = QWidget()
        lines = QVBoxLayout(right)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        self.unsaved = RowDrafts(self._desk, "mail_templates", self._restore)
        lines.addWidget(self.unsaved)
        lines.addWidget(self.meeting.line)
        lines.addWidget(self.question)
        lines.addWidget(self.form, 1)
        self.nothing = EmptyState("mail", N_("No templates yet"), _ABOUT, N_("Add the usual ones"))
        self.pages = QStackedWidget()
        self.pages.addWidget(right)
        self.pages.addWidget(self.nothing)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.list)
        split.addWidget(self.pages)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([theme.scale(240), theme.scale(900)])
        column.addWidget(split, 1)
        self._desk.memory.splitter(split, "mail.templates")
        self.setFocusProxy(self.list)

    def _tool_row(self) -> QWidget:
        holder, row = tool_row(spacing=8)
        about = secondary(_ABOUT)
        row.addWidget(about, 1)
        self.history_button = icon_button("history", N_("History"))
        self.history_button.clicked.connect(self._ask_history)
        row.addWidget(self.history_button)
        self.new_button = push_button(commands.NEW.text, "new")
        self.delete_button = push_button(N_("Delete"), "delete")
        self.cancel_button = push_button(N_("Cancel"))
        self.save_button = primary_button(N_("Save"))
        for button in (self.new_button, self.delete_button, self.cancel_button, self.save_button):
            row.addWidget(button)
        return holder

    def _connect(self) -> None:
        add = self._desk.commands.add
        add(commands.SAVE, self.save, owner=self, enabled=self._can_save)
        add(commands.NEW, self.new, owner=self)
        self.new_button.clicked.connect(self.new)
        self.delete_button.clicked.connect(self._ask_delete)
        self.cancel_button.clicked.connect(self.drop)
        self.save_button.clicked.connect(self.save)
        self.nothing.chosen.connect(self._add_defaults)
        self.meeting.settled.connect(self._show_settled)
        self.meeting.save_wanted.connect(self.save)
        self._delete.clicked.connect(self._delete_it)
        self._keep.clicked.connect(self._keep_it)
        self.list.currentItemChanged.connect(self._choose)
        self.form.changed.connect(self._keep_draft)
        self._desk.bridge.rows_changed.connect(self._hear)
        Texts(self).redo(self._fill)
        theme.news.changed.connect(self._fill)

    # --- Reading

    @Slot()
    def refresh(self) -> None:
        """Read the templates anew; what is typed stays."""
        self._reading.read(templates.list_templates).then(self._take)
        self._lists.read(list_lists).then(self.form.offer_lists)

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        if table in {"mail_templates", "mailing_lists", "mailing_list_addresses"}:
            self.refresh()

    def _take(self, rows: tuple[TemplateRow, ...]) -> None:
        self._rows = {row.id: row for row in rows}
        for key in [key for key in self._sheets if key and key not in self._rows]:
            # Deleted by somebody else: what was typed may be saved as a new one.
            gone = self._sheets.pop(key)
            if gone.is_dirty and _NEW not in self._sheets:
                self._begin().draft = gone.draft
                self._key = _NEW if self._key == key else self._key
        for row in rows:
            sheet = self._sheets.get(row.id)
            if sheet is None:
                self._sheets[row.id] = Editing(typed_of(row.draft), row.version)
            elif self._sent != row.id:
                sheet.meet(typed_of(row.draft), row.version)
        if self._key not in self._sheets:
            self._key = rows[0].id if rows else None
        self._fill()
        self._show()
        if self._key is not None:
            self.meeting.took(self._key, self._sheets[self._key])

    def _begin(self) -> Editing[TypedTemplate]:
        return self._sheets.setdefault(_NEW, Editing(typed_of(EMPTY)))

    @Slot()
    def _fill(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        event = ""
        entries = [(row.id, row.draft) for row in self._rows.values()]
        for key, draft in entries + ([(_NEW, draft_of(self._sheets[_NEW].draft))] if _NEW in self._sheets else []):
            if key != _NEW and draft.event != event:
                event = draft.event
                self._add_heading(event)
            self._add_entry(key, draft)
        self.list.blockSignals(False)
        self._mark_current()

    def _add_heading(self, event: str) -> None:
        item = QListWidgetItem(say(EVENTS[event].name) if event in EVENTS else event)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(theme.font(9, strong=True))
        item.setForeground(theme.tokens().color("muted"))
        self.list.addItem(item)

    def _add_entry(self, key: int, draft: TemplateDraft) -> None:
        is_edited = self._is_edited(key)
        item = QListWidgetItem(isolate(draft.name) if draft.name else _("New template"))
        item.setData(Qt.ItemDataRole.UserRole, key)
        name = "edit" if is_edited else "mail" if draft.is_active else "pause"
        item.setIcon(icons.icon(name, "warning" if is_edited else "muted"))
        if not draft.is_active:
            item.setForeground(theme.tokens().color("muted"))
            item.setToolTip(_("Not active"))
        self.list.addItem(item)

    def _mark_current(self) -> None:
        for place in range(self.list.count()):
            if self.list.item(place).data(Qt.ItemDataRole.UserRole) == self._key and self._key is not None:
                self.list.blockSignals(True)
                self.list.setCurrentRow(place)
                self.list.blockSignals(False)

    def _is_edited(self, key: int | None) -> bool:
        sheet = None if key is None else self._sheets.get(key)
        return sheet is not None and (key == _NEW or sheet.is_dirty)

    def _show(self) -> None:
        self.pages.setCurrentIndex(1 if self._key is None else 0)
        self.unsaved.show_row(self._key or None, is_open=self._key is not None)
        if self._doomed != self._key:
            self.question.say(None)
        sheet = None if self._key is None else self._sheets[self._key]
        self.meeting.show(self._key or None, sheet)
        if sheet is not None:
            draft = draft_of(sheet.draft)
            if draft != self.form.value():
                self.form.set_value(draft)
            self.form.try_out()
        self._tell()

    @Slot()
    def _show_settled(self) -> None:
        """Two people's values were put together by choice."""
        if self._key is not None:
            self._keep_typed(self._key)
        self._fill()
        self._show()

    # --- What is typed

    @Slot()
    def _choose(self) -> None:
        key = self.list.currentIndex().data(Qt.ItemDataRole.UserRole)
        if key is not None and key != self._key:
            self._key = int(key)
            self.question.say(None)
            self._show()

    @Slot()
    def _keep_draft(self) -> None:
        if self._key is None:
            return
        was = self._is_edited(self._key)
        self._sheets[self._key].draft = typed_of(self.form.value())
        self._keep_typed(self._key)
        if was != self._is_edited(self._key) or self._key == _NEW:
            self._fill()
        self._tell()

    def _keep_typed(self, key: int) -> None:
        """Keep what is typed on this computer as well, until it is saved or dropped."""
        sheet = self._sheets.get(key)
        if sheet is None:
            self.unsaved.drop(key or None)
        else:
            self.unsaved.follow_row(key or None, sheet.draft.name, sheet)

    def _restore(self, draft: Draft) -> None:
        if self._key is not None:
            self._sheets[self._key].restore(draft.base, draft.typed, draft.version)
            self._show_settled()

    @Slot()
    def new(self) -> None:
        """Begin a template."""
        self._begin()
        self._key = _NEW
        self._fill()
        self._show()
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def drop(self) -> None:
        """Drop what was typed for what is saved."""
        if self._key is not None:
            if self._key == _NEW:
                self._sheets.pop(_NEW)
            else:
                self._sheets[self._key].discard()
            self._keep_typed(self._key)
            if self._key == _NEW:
                self._key = next(iter(self._rows), None)
        self._fill()
        self._show()

    # --- Saving

    def _can_save(self) -> bool:
        return self._is_edited(self._key) and self._sent is None

    @Slot()
    def save(self) -> None:
        """Save the template that is open."""
        if not self._can_save() or self._key is None:
            return
        row, sheet = self._rows.get(self._key), self._sheets[self._key]
        known = {"row_id": row.id, "version": sheet.version or 0} if row else {}
        key, sent = self._key, self.form.value()
        self._sent = key
        self.save_button.setEnabled(False)
        job = self._desk.tasks.write(templates.save_template, sent, **known)
        job.then(partial(self._done, key, sent), partial(self._refused, key))

    def _done(self, key: int, sent: TemplateDraft, saved: TemplateRow) -> None:
        self._sent = None
        self._rows[saved.id] = saved
        sheet = self._sheets.pop(key, None) or Editing(typed_of(sent))
        self.unsaved.drop(key or None)
        self._sheets[saved.id] = sheet
        self.meeting.saved(saved.id, sheet)
        sheet.saved(typed_of(sent), saved.version)
        sheet.meet(typed_of(saved.draft), saved.version)
        self._keep_typed(saved.id)
        if self._key == key:
            self._key = saved.id
        self._fill()
        self._show()
        self._desk.messages.success(message(N_("The template was saved.")))

    def _refused(self, key: int, problem: Exception) -> None:
        self._sent = None
        self._tell()
        if self.meeting.meets(problem, key or None):
            self.refresh()
            return
        if not self.form.complain(problem):
            self._desk.messages.show_error(problem)
        if isinstance(problem, NotFound):
            self.refresh()

    @Slot()
    def _ask_delete(self) -> None:
        row = self._rows.get(self._key or _NEW)
        if row is not None:
            self._doomed = row.id
            self.question.say(message(N_("Delete {name}?"), name=row.draft.name))

    @Slot()
    def _keep_it(self) -> None:
        self.question.say(None)

    @Slot()
    def _delete_it(self) -> None:
        self.question.say(None)
        row = self._rows.get(self._doomed or _NEW)
        if row is not None:
            job = self._desk.tasks.write(templates.delete_template, row.id, row.version)
            job.then(partial(self._deleted, row.id), self._desk.messages.show_error)

    def _deleted(self, key: int, _answer: object) -> None:
        self._rows.pop(key, None)
        self._sheets.pop(key, None)
        self._keep_typed(key)
        if self._key == key:
            self._key = None
        self._desk.messages.success(message(N_("The template was deleted. Mail it has written stays.")))
        self.refresh()

    @Slot()
    def _add_defaults(self) -> None:
        self._desk.tasks.write(templates.add_defaults).then(self._defaults_added)

    def _defaults_added(self, _count: int) -> None:
        self.refresh()

    def _tell(self) -> None:
        is_changed = self._can_save()
        self.save_button.setEnabled(is_changed)
        self.cancel_button.setEnabled(is_changed)
        self.delete_button.setEnabled(self._key in self._rows)
        self._desk.commands.refresh()
