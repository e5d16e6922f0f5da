"""One section at work: its list, its form, and the way of a change to the database and back."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import Conflict, NotFound
from app.domain.merging import Merged
from app.domain.words import N_, Message
from ui.admin.history import card_of
from ui.admin.keeping import FormKeeping
from ui.admin.offering import Offering
from ui.admin.record_form import RecordForm
from ui.admin.rows import RowsModel
from ui.admin.section import Act, Aside, Section
from ui.kit import icons, theme, translate
from ui.kit.messages import Offer as Remedy
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.empty import EmptyState
from ui.widgets.search import SearchField
from ui.widgets.styled import heading, primary_button, secondary, styled, tool_row
from ui.widgets.table import TableView

__all__ = ["SectionView"]


class SectionView(QWidget):
    """List and form of a section; a change elsewhere refreshes the list and never what is being typed."""

    def __init__(self, desk: Desk, section: Section[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.section = section
        self.model = RowsModel(section, self)
        self.form = RecordForm(section)
        self.keeping = FormKeeping(desk, section, self.form)
        self.keeping.settled.connect(self.save)
        self._followed: frozenset[str] = frozenset()
        self._reading = Latest(desk.tasks)
        self._offers = [Offering(desk.tasks, offer, self.form.parts[offer.key]) for offer in section.offers]
        for part in self.form.parts.values():
            part.attend(desk.tasks)
        self._wanted: int | None = None
        self._sent: dict[str, Any] = {}
        self._aside: tuple[int | None, dict[str, Any]] | None = None
        self._is_quiet = False
        self._is_in_conflict = False
        styled(self, "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self._connect()
        self.form.shut()
        self.refresh()

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_head())
        self.table = TableView(several=False)
        self.table.setModel(self.model)
        translate.Texts(self.table).bind(self.table.setAccessibleName, self.section.text)
        self.empty = EmptyState(self.section.icon, self.section.text, self.section.about, self.section.new)
        self.not_found = EmptyState("search", N_("Nothing found"), N_("Try fewer characters or another word."))
        self.pages = QStackedWidget()
        for page in (self.table, self.empty, self.not_found):
            self.pages.addWidget(page)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.pages)
        self.splitter.addWidget(self.form)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        column.addWidget(self.splitter, 1)
        if self.section.is_single:
            self.pages.hide()
        else:
            self._remember()

    def _remember(self) -> None:
        header = self.table.horizontalHeader()
        self.table.setSortingEnabled(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionsMovable(self.section.group is None)
        widths = tuple(column.width for column in self.section.columns)
        self.table.remember(self._desk.memory, f"admin/{self.section.key}", widths)
        if not self._desk.memory.splitter(self.splitter, f"admin/{self.section.key}"):
            self.splitter.setSizes([theme.scale(560), theme.scale(440)])

    def _build_head(self) -> QWidget:
        head, row = tool_row()
        texts = QVBoxLayout()
        texts.setSpacing(theme.scale(2))
        texts.addWidget(heading(self.section.text))
        texts.addWidget(secondary(self.section.about))
        row.addLayout(texts, 1)
        self.search = SearchField(N_("Search"), delay_ms=80)
        self.search.setMaximumWidth(theme.scale(240))
        row.addWidget(self.search)
        self.new_button = primary_button(self.section.new or N_("New"), "new")
        row.addWidget(self.new_button)
        # Hidden once they are inside: a widget shown on its own would flash as a window.
        self.search.setHidden(self.section.is_single)
        self.new_button.setHidden(not self.section.new)
        return head

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.new)
        self.empty.chosen.connect(self.new)
        self.search.searched.connect(self._search)
        self.table.chosen.connect(self._take_choice)
        self.table.opened.connect(self._open)
        self.form.save_wanted.connect(self.save)
        self.form.cancel_wanted.connect(self.cancel)
        self.form.act_wanted.connect(self._do)
        self.form.aside_wanted.connect(self._look_aside)
        self.form.history_wanted.connect(self._ask_history)
        self.form.edited.connect(self._follow_form)
        self._desk.bridge.rows_changed.connect(self._hear)
        translate.news.switched.connect(self.refresh)

    # --- Reading

    @Slot()
    def refresh(self) -> None:
        """Read list and choices anew; what is typed stays."""
        if self._desk.tasks.is_closed:
            return
        self._reading.read(self.section.read).then(self._show_rows, self._fail)
        for offering in self._offers:
            offering.read()

    @Slot(object)
    def _show_rows(self, answer: Any) -> None:
        rows = (() if answer is None else (answer,)) if self.section.is_single else tuple(answer)
        with _Quiet(self):
            self.model.show(rows)
            self._arrange()
            self._meet()

    def _meet(self) -> None:
        """Bring list and form together after a reading."""
        form, wanted = self.form, self._wanted
        self._wanted = None
        if wanted is None and form.row is not None:
            wanted = self.section.identify(form.row)
        row = None if wanted is None else self.model.row_of(wanted)
        if row is not None:
            self._mark(row)
            if self._is_in_conflict:
                self._is_in_conflict = False
                self._go_on_from(form.rebase(row))
            elif form.row is not None and self.section.identify(form.row) == wanted:
                form.meet(row)
            else:
                form.show_row(row)
        elif form.row is not None and form.is_changed:
            form.lost()
        elif not form.is_new:
            self._show_first()
        self._is_in_conflict = False

    def _go_on_from(self, merged: Merged) -> None:
        """A save met somebody else's: other fields go together, about the same the person chooses."""
        if merged.clashes:
            self.keeping.ask(merged.clashes)
        elif self.form.is_changed:
            self._followed = merged.followed
            self.save()

    def _show_first(self) -> None:
        line = self.model.first()
        row = None if line is None else self.model.row_at(line)
        if row is not None:
            self._mark(row)
            self.form.show_row(row)
        else:
            self.form.shut()

    def _arrange(self) -> None:
        """Which page the list shows, and where its headings are."""
        self.table.clearSpans()
        for line in self.model.headings():
            if self.model.columnCount() > 1:
                self.table.setSpan(line, 0, 1, self.model.columnCount())
        page = self.table if self.model.first() is not None else self.not_found
        self.pages.setCurrentWidget(page if self.model.has_rows else self.empty)

    def _mark(self, row: Any) -> None:
        line = self.model.line_of(self.section.identify(row))
        if line is not None:
            with _Quiet(self):
                self.table.selectRow(line)
        self.form.show()

    @Slot(str)
    def _search(self, text: str) -> None:
        with _Quiet(self):
            self.model.search(text)
            self._arrange()
            if self.form.row is not None:
                self._mark(self.form.row)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in self.section.tables:
            self.refresh()

    # --- Choosing and typing

    @Slot()
    def _take_choice(self) -> None:
        lines = self.table.chosen_rows()
        row = self.model.row_at(lines[0]) if lines and not self._is_quiet else None
        if row is None or (self.form.row is not None and row == self.form.row):
            return
        self._put_aside()
        self.form.show_row(row)
        self.form.show()

    @Slot(QModelIndex)
    def _open(self, _index: QModelIndex) -> None:
        self.form.focus()

    @Slot()
    def new(self) -> None:
        """Begin a new row."""
        if not self.section.new:
            return
        self._put_aside()
        with _Quiet(self):
            self.table.clearSelection()
        self.form.show_row(None)
        self.form.show()
        self.form.focus()

    @Slot()
    def cancel(self) -> None:
        """Go back to what is saved; what was typed can be brought back for a while."""
        self._put_aside()
        if self.form.row is None:
            self._show_first()
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.form.show_row(self.model.row_of(self.section.identify(self.form.row)) or self.form.row)
        self._desk.commands.refresh()

    @Slot()
    def _follow_form(self) -> None:
        """One button is the main one: Save while there is something to save, else New."""
        look = "" if self.form.can_save else "primary"
        if self.new_button.property("look") != look:
            self.new_button.setIcon(icons.icon("new", "on_accent" if look else "muted"))
            styled(self.new_button, look)
        self._desk.commands.refresh()

    @property
    def can_cancel(self) -> bool:
        """Whether there is something to cancel."""
        return self.form.is_new or self.form.is_changed

    def _put_aside(self) -> None:
        if not self.form.is_changed:
            return
        row = self.form.row
        self._aside = (None if row is None else self.section.identify(row), self.form.typed())
        self._desk.messages.info(
            N_("Your changes are not saved."), offer=Remedy(N_("Bring them back"), self._bring_back)
        )

    def _bring_back(self) -> None:
        if self._aside is None:
            return
        (row_id, values), self._aside = self._aside, None
        row = None if row_id is None else self.model.row_of(row_id)
        if row is not None:
            self._mark(row)
        self.form.show_row(row)
        self.form.fill(values)
        self.form.show()
        self.form.focus()

    # --- Writing

    @Slot()
    def save(self) -> None:
        """Save what is typed, or say what is missing."""
        self.form.settle()
        if self.section.save is None or not self.form.can_save:
            return
        if problems := self.section.problems(self.form.parts):
            self.form.complain(problems)
            return
        self._sent = self.form.typed()
        call = self.section.save(self._sent, self.form.row)
        self.form.complain({})
        self.form.saving(on=True)
        self._desk.tasks.write(call.service, *call.args, **call.kwargs).then(self._saved, self._refused)

    @Slot(object)
    def _saved(self, row: Any) -> None:
        self.form.saving(on=False)
        self._wanted = self.section.identify(row)
        if self.form.row is None:
            self.keeping.taken_in()
        self.form.saved(row, self._sent)
        self.keeping.tell_merged(self._followed)
        self._followed = frozenset()
        told = self.section.after(row) if self.section.after is not None else None
        if told is not None:
            self._desk.messages.info(told)
        self.refresh()

    @Slot(object)
    def _refused(self, problem: Exception) -> None:
        self.form.saving(on=False)
        problems: Mapping[str, Any] = self.section.field_of(problem)
        if isinstance(problem, Conflict):
            self._is_in_conflict = True
            self.refresh()
        elif problems:
            self.form.complain(problems)
        else:
            self._fail(problem)

    def _do(self, act: Act[Any]) -> None:
        if self.form.row is None:
            return
        if act.asks:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.strip.clear()
        call = act.call(self.form.row)
        self.form.saving(on=True)
        start = self._desk.tasks.run if act.is_slow else self._desk.tasks.write
        start(call.service, *call.args, **call.kwargs).then(self._done, self._undone)

    def _look_aside(self, aside: Aside[Any]) -> None:
        if self.form.row is not None:
            self._desk.commands.run(aside.command, *aside.ask(self.form.typed(), self.form.row))

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The row in the form."""
        return card_of(self.section, self.form.row) if self.form.row is not None else None

    @Slot()
    def _ask_history(self) -> None:
        if (card := self.card_at_hand()) is not None:
            self._desk.commands.run("history.open", *card)

    @Slot(object)
    def _done(self, answer: object) -> None:
        self.form.saving(on=False)
        if isinstance(answer, Message):
            self._desk.messages.success(answer)
        self.refresh()

    @Slot(object)
    def _undone(self, problem: Exception) -> None:
        self.form.saving(on=False)
        self._fail(problem)

    @Slot(object)
    def _fail(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        if isinstance(problem, Conflict | NotFound):
            self.refresh()

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        if self.search.isVisible():
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()


class _Quiet:
    """While inside, the selection moves without anybody having chosen."""

    def __init__(self, view: SectionView) -> None:
        self._view = view
        self._was = False

    def __enter__(self) -> None:
        self._was, self._view._is_quiet = self._view._is_quiet, True

    def __exit__(self, *_: object) -> None:
        self._view._is_quiet = self._was
