"""The window in which a ticket is merged into another: which one goes on, and what comes with it."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from app.domain.errors import UserError
from app.domain.tickets.names import shown_number
from app.domain.tickets.order import TicketFilter
from app.domain.words import N_
from app.i18n import _, _n, say
from app.services.tickets import listing, merging
from app.services.tickets.card import TicketCard
from app.services.tickets.listing import Page
from app.services.tickets.merging import Merged, MergePreview
from ui.kit.bidi import isolate, sided
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.lookup import Found, LookupField

__all__ = ["MergeDialog"]


class MergeDialog(FormDialog):
    """Signal: `merged(Merged)` when two tickets are one."""

    merged = Signal(object)

    def __init__(self, desk: Desk, card: TicketCard, parent: QWidget | None = None) -> None:
        super().__init__(N_("Merge the ticket"), N_("Merge"), messages=desk.messages, parent=parent)
        self._desk, self._card = desk, card
        self._preview: MergePreview | None = None
        self._previews = Latest(desk.tasks)
        form = Form()
        self.target = LookupField(self._find, self._found, placeholder=N_("Number, subject, customer, phone"))
        form.row(N_("Ticket that goes on"), self.target)
        self.body.addWidget(form)
        self.told = QLabel()
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.body.addWidget(self.told)
        self.anyway = QCheckBox()
        texts = Texts(self.anyway)
        texts.bind(self.anyway.setText, N_("Merge although the customers differ"))
        self.anyway.hide()
        self.anyway.toggled.connect(self._follow)
        self.body.addWidget(self.anyway)
        self.target.changed.connect(self._look)
        self.save_requested.connect(self._merge)
        self._follow()

    def _find(self, typed: str) -> Any:
        return self._desk.tasks.read(listing.page, TicketFilter(text=typed, open_only=True), limit=12)

    def _found(self, page: Page) -> list[Found]:
        rows = [row for row in page.rows if row.id != self._card.id]
        return [Found(row.id, f"{shown_number(row.id, row.number)} {row.subject}", row.customer or "") for row in rows]

    @Slot(object)
    def _look(self, chosen: int | None) -> None:
        self._preview = None
        self._previews.cancel()
        self.anyway.setChecked(False)
        self.anyway.hide()
        self.told.clear()
        if chosen is not None:
            self._previews.read(merging.preview, self._card.id, chosen).then(self._show, self._tell)
        self._follow()

    def _tell(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self.told.setText(sided(say(problem.what)))
        else:
            self._desk.messages.show_error(problem)

    def _show(self, preview: MergePreview) -> None:
        self._preview = preview
        parts = [
            _n("{count} task", "{count} tasks", preview.tasks),
            _n("{count} note", "{count} notes", preview.notes),
            _n("{count} file", "{count} files", preview.files),
            _n("{count} mail", "{count} mails", preview.mails),
        ]
        lines = [
            _(
                "Ticket {source} closes. Ticket {target} goes on: {subject}",
                source=isolate(preview.source.number),
                target=isolate(preview.target.number),
                subject=isolate(preview.target.subject),
            ),
            _("What moves there: {things}", things=" · ".join(parts)),
        ]
        if preview.has_other_customer:
            lines.append(
                _(
                    "The customers differ: {source} and {target}.",
                    source=isolate(preview.source.customer),
                    target=isolate(preview.target.customer),
                )
            )
        self.told.setText("\n".join(sided(line) for line in lines))
        self.anyway.setVisible(preview.has_other_customer)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        preview = self._preview
        self.save_button.setEnabled(preview is not None and (not preview.has_other_customer or self.anyway.isChecked()))

    @Slot()
    def _merge(self) -> None:
        preview = self._preview
        if preview is None:
            return
        self.saving(on=True)
        job = self._desk.tasks.write(
            merging.merge,
            self._card.id,
            self._card.version,
            preview.target.id,
            with_other_customer=self.anyway.isChecked(),
        )
        job.then(self._done, self.fail)

    def _done(self, merged: Merged) -> None:
        self.accept()
        self.merged.emit(merged)
