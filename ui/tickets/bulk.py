"""The window that changes many tickets at once, and says of each whether it was changed or why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.errors import UserError
from app.domain.tickets.names import PRIORITIES, shown_number, status_name
from app.domain.words import N_, message
from app.i18n import _, _n, say
from app.services.tickets import bulk
from app.services.tickets.bulk import Changed
from app.services.tickets.listing import TicketRow
from app.services.tickets.lists import Lists
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.kit.tasks import Executor, Job, Progress
from ui.kit.translate import Texts
from ui.tickets.model import in_words
from ui.widgets.busy import BusyStrip
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import secondary
from ui.widgets.table import TableView

__all__ = ["BulkWindow"]

_EMPTY = "empty"
_UNDONE_UP_TO = 1000


@dataclass
class _Run:
    """What became of the tickets so far."""

    changed: list[Changed] = field(default_factory=list)
    refused: list[tuple[int, UserError]] = field(default_factory=list)
    total: int = 0

    @property
    def untouched(self) -> int:
        """How many nobody has come to."""
        return self.total - len(self.changed) - len(self.refused)


def _work(
    progress: Progress, backend: Executor, run: _Run, wanted: Sequence[tuple[int, int, Mapping[str, int | None]]]
) -> None:
    """Change each ticket by itself; a refusal is noted and the next one's turn comes."""
    for number, (ticket, version, values) in enumerate(wanted):
        progress(number, len(wanted))
        try:
            run.changed.append(backend.execute(bulk.change, ticket, version, values))
        except UserError as problem:
            run.refused.append((ticket, problem))
    progress(len(wanted), len(wanted))


class BulkWindow(FormDialog):
    """Only the fields that are filled change. Signal: `left(numbers)` with the tickets that were refused."""

    left = Signal(object)

    def __init__(self, desk: Desk, lists: Lists, rows: Sequence[TicketRow], parent: QWidget) -> None:
        super().__init__(N_("Edit the chosen tickets"), N_("Save"), messages=desk.messages, parent=parent)
        self._desk, self._lists, self._rows = desk, lists, list(rows)
        self._versions: dict[int, int] = {}
        self.run = _Run()
        self.job: Job[Any] | None = None
        self.pickers: dict[str, Picker] = {}
        self._build()
        self.save_requested.connect(self._change)
        self.saving(on=True)
        read = desk.tasks.read(bulk.versions, [row.id for row in rows])
        read.then(self._know, self.fail)

    def _build(self) -> None:
        self._about = QLabel()
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._texts = Texts(self)
        self._texts.redo(self._say_chosen, key="chosen")
        self.body.addWidget(self._about)
        form = Form()
        names = {
            "status_id": N_("State"),
            "priority": N_("Priority"),
            "responsible_id": N_("Responsible"),
            "handler_id": N_("Handler"),
            "type_id": N_("Type"),
            "subtype_id": N_("Sub-type"),
            "product_id": N_("Product"),
            "project_id": N_("Project"),
        }
        for name, text in names.items():
            picker = Picker(nothing=N_("Leave as it is"))
            form.row(text, picker)
            self.pickers[name] = picker
        self.pickers["type_id"].changed.connect(self._offer_subtypes)
        self._texts.redo(self._offer, key="offer")
        self.body.addWidget(form)
        self.busy = BusyStrip()
        self.body.addWidget(self.busy)
        self.told = secondary()
        self.told.hide()
        self.body.addWidget(self.told)
        self.results = TableView()
        self.results.setMinimumHeight(theme.scale(140))
        self.results.hide()
        Texts(self.results).bind(self.results.setAccessibleName, N_("Tickets that were not changed"))
        self.body.addWidget(self.results, 1)

    def _say_chosen(self) -> None:
        self._about.setText(_n("{count} ticket is chosen.", "{count} tickets are chosen.", len(self._rows)))

    def _offer(self) -> None:
        lists = self._lists
        people = [Choice(each.id, isolate(each.name)) for each in lists.people if each.is_active]
        empty = Choice(_EMPTY, _("Nobody"))
        nothing = Choice(_EMPTY, _("None"))
        states = [Choice(each.id, in_words(status_name(each.code, each.name))) for each in lists.statuses]
        self.pickers["status_id"].offer(states)
        self.pickers["priority"].offer([Choice(number, say(name)) for number, name in PRIORITIES.items()])
        self.pickers["responsible_id"].offer([empty, *people])
        self.pickers["handler_id"].offer([empty, *people])
        self.pickers["type_id"].offer([Choice(each.id, isolate(each.name)) for each in lists.types])
        products = [Choice(each.id, isolate(each.name)) for each in lists.products if each.is_active]
        projects = [each for each in lists.projects if each.is_active and each.parent_id is None]
        self.pickers["product_id"].offer([nothing, *products])
        self.pickers["project_id"].offer([nothing, *(Choice(each.id, isolate(each.name)) for each in projects)])
        self._offer_subtypes()

    @Slot()
    def _offer_subtypes(self) -> None:
        """Those of the type that is being set, or of the one type all of the tickets have."""
        types = {row.type_id for row in self._rows}
        of = self.pickers["type_id"].value() or (next(iter(types)) if len(types) == 1 else None)
        found = [Choice(each.id, isolate(each.name)) for each in self._lists.subtypes if each.type_id == of]
        self.pickers["subtype_id"].offer([Choice(_EMPTY, _("None")), *found])
        self.pickers["subtype_id"].setEnabled(bool(found))

    def _know(self, versions: dict[int, int]) -> None:
        self._versions = versions
        self.saving(on=False)

    def wanted(self) -> dict[str, int | None]:
        """The fields that are to change, with their values."""
        chosen = {name: picker.value() for name, picker in self.pickers.items() if picker.isEnabled()}
        return {
            name: None if value == _EMPTY else int(value) for name, value in chosen.items() if value not in (None, "")
        }

    @Slot()
    def _change(self) -> None:
        wanted = self.wanted()
        if not wanted:
            self.told.setText(_("Choose at least one new value."))
            self.told.show()
            return
        rows = [(row.id, self._versions.get(row.id, 0), wanted) for row in self._rows]
        self.saving(on=True)
        self._start(_Run(total=len(rows)), rows)

    def _start(self, run: _Run, rows: Sequence[tuple[int, int, Mapping[str, int | None]]]) -> None:
        self.run = run
        self.job = self._desk.tasks.long(N_("Changing tickets"), _work, self._desk.backend, run, rows)
        self.busy.follow(self.job, N_("Changing tickets"))
        self.job.ended.connect(self._ended)

    @Slot()
    def _ended(self) -> None:
        """Say how many were changed; without refusals the window closes, else it shows them with their reasons."""
        run = self.run
        changed = [each for each in run.changed if each.before]
        self.saving(on=False)
        self.left.emit([ticket for ticket, _problem in run.refused])
        offer = Offer(N_("Undo"), partial(_undo, self._desk, changed)) if 0 < len(changed) <= _UNDONE_UP_TO else None
        if run.changed:
            said = message(N_("Changed: {changed} of {total}."), changed=str(len(run.changed)), total=str(run.total))
            self._desk.messages.success(said, offer=offer)
        if not run.refused and not run.untouched:
            self.accept()
            return
        self._show_refused(run)

    def _show_refused(self, run: _Run) -> None:
        parts = [_n("{count} ticket changed.", "{count} tickets changed.", len(run.changed))]
        parts.append(_n("{count} ticket refused.", "{count} tickets refused.", len(run.refused)))
        if run.untouched:
            parts.append(_n("{count} ticket not tried.", "{count} tickets not tried.", run.untouched))
        self.told.setText(" ".join(parts))
        self.told.show()
        rows = {row.id: row for row in self._rows}
        model = QStandardItemModel(0, 3, self)
        model.setHorizontalHeaderLabels([_("Number"), _("Subject"), _("Reason")])
        for ticket, problem in run.refused:
            row = rows[ticket]
            texts = (isolate(shown_number(row.id, row.number)), isolate(row.subject), say(problem.what))
            items = [QStandardItem(text) for text in texts]
            items[2].setToolTip(hint(texts[2]) or "")
            model.appendRow(items)
        self.results.setModel(model)
        self.results.setVisible(bool(run.refused))
        self.results.resizeColumnsToContents()
        done = {each.id for each in run.changed}
        self._rows = [row for row in self._rows if row.id not in done]
        self._say_chosen()
        read = self._desk.tasks.read(bulk.versions, [row.id for row in self._rows])
        read.then(self._know, self.fail)
        self.resize(max(self.width(), theme.scale(640)), self.height())


def _undo(desk: Desk, changed: Sequence[Changed]) -> None:
    """Give every ticket back what it had; one that was changed since keeps what it has, and that is said."""
    run = _Run(total=len(changed))
    rows = [(each.id, each.version, each.before) for each in changed]
    job = desk.tasks.long(N_("Changing tickets back"), _work, desk.backend, run, rows)
    job.then(partial(_undone, desk, run), desk.messages.show_error)


def _undone(desk: Desk, run: _Run, _nothing: object) -> None:
    text = message(N_("Changed back: {changed} of {total}."), changed=str(len(run.changed)), total=str(run.total))
    tell: Callable[..., object] = desk.messages.warning if run.refused else desk.messages.success
    tell(text)
