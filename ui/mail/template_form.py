"""One template: when it is written, to whom, from where, in which words; beside it what it would say of a record."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSplitter, QVBoxLayout, QWidget

from app.domain.errors import Refused, UserError
from app.domain.mail.events import EVENTS, RECIPIENTS, SENDERS
from app.domain.words import N_, Message, message
from app.i18n import _, say
from app.services.mail import preview
from app.services.mail.rows import MailingListRow, Preview, Sample, TemplateDraft
from app.services.mail.templates import LONGEST_HOLD
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.mail.letter import LetterView
from ui.mail.texts import TextsEditor
from ui.widgets.fields import DurationField
from ui.widgets.form import Field, Form
from ui.widgets.page import ScrolledPage
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import heading, styled

__all__ = ["EMPTY", "TemplateForm"]

EMPTY = TemplateDraft("", "ticket_opened")
_PATIENCE_MS = 300
_FIELDS = {
    "NAME": "name",
    "TAKEN": "name",
    "EVENT": "event",
    "RECIPIENT": "recipient",
    "SENDER": "sender",
    "HOLD": "hold",
    "TEXT": "texts",
    "BRACE": "texts",
    "UNKNOWN_FIELD": "texts",
    "LENGTH": "texts",
    "LANGUAGE": "texts",
}


class TemplateForm(QWidget):
    """Signal: `changed()` when the draft is another than before."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._is_filling = False
        self._event = ""
        self._sampling, self._trying = Latest(desk.tasks), Latest(desk.tasks)
        self._build()
        self._connect()
        self.set_value(EMPTY)

    # --- Putting together

    def _build(self) -> None:
        self.name = QLineEdit()
        self.when, self.recipient, self.listed, self.mailbox, self.sample = (Picker() for _number in range(5))
        self.hold = DurationField()
        self.hold.setRange(0, LONGEST_HOLD)
        self.hold.setMaximumWidth(theme.scale(160))
        self.is_active = QCheckBox()
        self.texts = TextsEditor()
        form = Form()
        self.fields: dict[str, Field] = {
            "name": form.row(N_("Name"), self.name),
            "event": form.row(N_("When"), self.when),
            "recipient": form.row(N_("Recipient"), self.recipient),
            "list": form.row(N_("Mailing list"), self.listed),
            "sender": form.row(N_("Sender"), self.mailbox, N_("A handler without a mailbox uses the office’s.")),
            "hold": form.row(N_("Held for"), self.hold, N_("For this long it can be taken back in the outbox.")),
            "active": form.row(N_("Active"), self.is_active),
            "texts": form.row(N_("Text"), self.texts),
        }
        self._form = form
        page = styled(QWidget(), "pane")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(page)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        column.addWidget(form)
        column.addStretch(1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(ScrolledPage(page, theme.scale(360)))
        self.split.addWidget(self._preview_side())
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([theme.scale(520), theme.scale(380)])
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.split)

    def _preview_side(self) -> QWidget:
        side = styled(QWidget(), "surface")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, theme.scale(12), 0, 0)
        column.setSpacing(theme.scale(8))
        head = QHBoxLayout()
        head.setContentsMargins(*[theme.scale(each) for each in (16, 0, 16, 0)])
        head.setSpacing(theme.scale(12))
        head.addWidget(heading(N_("Preview")))
        Texts(self.sample).bind(self.sample.setAccessibleName, N_("Record in the preview"))
        head.addWidget(self.sample, 1)
        column.addLayout(head)
        self.letter = LetterView((N_("Recipient"), N_("Sender"), N_("Subject")))
        column.addWidget(self.letter, 1)
        return side

    def _connect(self) -> None:
        texts = Texts(self)
        texts.redo(self._offer)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(_PATIENCE_MS)
        self._waiting.timeout.connect(self.try_out)
        self.when.changed.connect(self._follow_event)
        self.recipient.changed.connect(self._follow_recipient)
        for signal in (self.name.textChanged, self.listed.changed, self.mailbox.changed, self.hold.changed):
            signal.connect(self._edit)
        self.is_active.toggled.connect(self._edit)
        self.texts.changed.connect(self._edit)
        self.texts.turned.connect(self._wait)
        self.sample.changed.connect(self._wait)

    def _offer(self) -> None:
        self.when.offer([Choice(code, say(kind.name)) for code, kind in EVENTS.items()])
        self.recipient.offer([Choice(code, say(name)) for code, name in RECIPIENTS.items()])
        self.mailbox.offer([Choice(code, say(name)) for code, name in SENDERS.items()])
        self.is_active.setText(_("Mails are written from it"))

    # --- The draft

    def value(self) -> TemplateDraft:
        """What was typed."""
        list_id = self.listed.value()
        return TemplateDraft(
            name=self.name.text(),
            event=str(self.when.value() or ""),
            recipient=str(self.recipient.value() or ""),
            sender=str(self.mailbox.value() or ""),
            list_id=list_id if isinstance(list_id, int) and self.recipient.value() == "list" else None,
            hold_minutes=self.hold.value(),
            is_active=self.is_active.isChecked(),
            texts=self.texts.value(),
        )

    def set_value(self, draft: TemplateDraft) -> None:
        """Show this draft."""
        self._is_filling = True
        if self.name.text() != draft.name:
            self.name.setText(draft.name)
        self.when.set_value(draft.event)
        self.recipient.set_value(draft.recipient)
        self.listed.set_value(draft.list_id)
        self.mailbox.set_value(draft.sender)
        self.hold.set_value(draft.hold_minutes)
        self.is_active.setChecked(draft.is_active)
        self.texts.set_value(draft.texts)
        self._form.clear_errors()
        self._follow_recipient()
        self._follow_event()
        self._is_filling = False

    def offer_lists(self, lists: Sequence[MailingListRow]) -> None:
        """The mailing lists there are."""
        self.listed.offer([Choice(row.id, row.name) for row in lists])

    def complain(self, problem: Exception) -> bool:
        """Say under a field what is wrong with it; False where it is about none."""
        key = _FIELDS.get(problem.code) if isinstance(problem, Refused) else None
        if key is None or not isinstance(problem, UserError):
            return False
        self.fields[key].error(problem.what)
        self._form.first_error()
        return True

    @Slot()
    def _edit(self) -> None:
        if not self._is_filling:
            self._form.clear_errors()
            self.changed.emit()
            self._wait()

    @Slot()
    def _follow_recipient(self) -> None:
        self.fields["list"].set_visible(on=self.recipient.value() == "list")
        self._edit()

    @Slot()
    def _follow_event(self) -> None:
        event = str(self.when.value() or "")
        kind = EVENTS.get(event)
        self.texts.set_fields(kind.fields if kind else {})
        if event != self._event:
            self._event = event
            self.sample.offer(())
            self.sample.set_value(None)
            self._sampling.read(preview.samples, event).then(partial(self._take_samples, event))
        self._edit()

    # --- The preview

    def _take_samples(self, event: str, samples: tuple[Sample, ...]) -> None:
        if event != self._event:
            return
        self.sample.offer([Choice(each.id, _("{number}: {name}", number=each.id, name=each.label)) for each in samples])
        if samples:
            self.sample.set_value(samples[0].id)
        self.try_out()

    @Slot()
    def _wait(self) -> None:
        self._waiting.start()

    @Slot()
    def try_out(self) -> None:
        """Show what the draft would write about the record that is chosen, as a reader of the language in front."""
        if self._desk.tasks.is_closed:
            return
        record = self.sample.value()
        job = self._trying.read(
            preview.preview, self.value(), record if isinstance(record, int) else None, self.texts.language
        )
        job.then(self._show, self._cannot)

    def _show(self, found: Preview) -> None:
        nobody: list[Message] = []
        if self.sample.value() is None:
            nobody = [message(N_("There is no record yet to try it on, so its fields are empty."))]
        elif not found.to:
            nobody = [message(N_("Nobody in this record has an address."))]
        self.letter.show_head(found.to, found.sender, found.subject)
        self.letter.show_text(found.body, is_rtl=found.is_rtl)
        self.letter.say(nobody)

    def _cannot(self, problem: Exception) -> None:
        said: list[Message] = [problem.what] if isinstance(problem, UserError) else []
        self.letter.show_head("", "", "")
        self.letter.show_text("", is_rtl=None)
        self.letter.say(said)
