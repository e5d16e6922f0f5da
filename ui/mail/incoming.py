"""What came in by mail, and what became of each: a ticket, a loop that was left alone, a mail that came back."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.mail.incoming import OUTCOMES, Outcome
from app.domain.people import Permission
from app.domain.words import N_, message
from app.i18n import _, format_datetime, say
from app.services.mail import arrivals
from app.services.mail.arrivals import ArrivalCard, ArrivalRow
from app.services.mail.incoming import Taken, take_all_the_same
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.screen import Desk
from ui.mail.letter import LetterView
from ui.mail.mail_list import Kind, MailList, MailModel
from ui.widgets.styled import push_button

__all__ = ["ArrivalTable", "IncomingView"]

_MARKS = {
    "opened": ("ticket", "success"),
    "continued": ("mail-in", "success"),
    "loop": ("refresh", "muted"),
    "auto_reply": ("absence", "muted"),
    "bounce": ("error", "danger"),
    "repeated": ("copy", "muted"),
    "refused": ("error", "warning"),
}
_LEFT_ALONE = frozenset({Outcome.REFUSED.value, Outcome.AUTO_REPLY.value, Outcome.LOOP.value})
_TAKEN = frozenset({Outcome.OPENED.value, Outcome.CONTINUED.value})
_INCOMING = Kind(
    "incoming",
    "mail-in",
    N_("No mail came in"),
    N_("Mail to the office opens tickets, and answers continue them. What became of each mail is listed here."),
    tuple((outcome.value, text) for outcome, text in OUTCOMES.items()),
    frozenset({"incoming_messages"}),
    arrivals.page,
    arrivals.counts,
    arrivals.load,
    (165, 150, 225, 130, 70),
)


class ArrivalTable(MailModel):
    """Incoming mail as a Qt model."""

    headers = (N_("What became of it"), N_("Sender"), N_("Subject"), N_("When"), N_("Ticket"))

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[Callable[[ArrivalRow], str], ...] = (
            lambda row: _(OUTCOMES[Outcome(row.outcome)]),
            lambda row: row.from_name or row.from_address,
            lambda row: row.subject,
            lambda row: format_datetime(row.received_at, self.zone),
            lambda row: row.ticket_number,
        )

    def cell(self, row: ArrivalRow, column: int, role: int) -> Any:
        """Texts and marks of a mail."""
        if not 0 <= column < len(self._texts):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._texts[column](row))
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return icons.icon(*_MARKS[row.outcome])
        if role == Qt.ItemDataRole.ToolTipRole:
            said = "\n".join(map(say, row.said))
            return hint(said if column == 0 and said else self._texts[column](row))
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row)
        return None

    @staticmethod
    def _colour(row: ArrivalRow) -> QColor | None:
        return None if row.outcome in _TAKEN else theme.tokens().color("muted")


class IncomingView(MailList):
    """Incoming mail with the one that is open."""

    def __init__(self, desk: Desk) -> None:
        self.letter = LetterView((N_("Sender"), N_("Mailbox"), N_("Subject"), N_("When"), N_("Customer"), N_("Files")))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(*[theme.scale(each) for each in (16, 0, 16, 8)])
        buttons.setSpacing(theme.scale(8))
        self.ticket_button = push_button(N_("Open the ticket"), "ticket")
        self.ticket_button.clicked.connect(self._open_ticket)
        self.sent_button = push_button(N_("Open the mail it is about"), "mail-out")
        self.sent_button.clicked.connect(self._open_sent)
        self.take_button = push_button(N_("Open a ticket all the same"), "ticket")
        self.take_button.clicked.connect(self._take_it)
        for button in (self.ticket_button, self.sent_button, self.take_button):
            button.hide()
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(self.letter, 1)
        super().__init__(desk, _INCOMING, ArrivalTable(), holder)

    def show_letter(self, card: ArrivalCard) -> None:
        """Show the mail, each paragraph in its own direction."""
        row = card.row
        sender = f"{row.from_name} <{row.from_address}>" if row.from_name else row.from_address
        when = format_datetime(row.received_at, self.model.zone)
        files = ", ".join(isolate(file.name) for file in card.files)
        self.letter.show_head(sender, row.mailbox, row.subject, when, row.customer, files)
        self.letter.show_text(card.body, is_rtl=None)
        self.letter.say(row.said, is_bad=row.outcome in {"bounce", "refused"})
        self.ticket_button.setVisible(row.ticket_id is not None)
        self.sent_button.setVisible(row.outbox_id is not None)
        may = self._desk.person.may(Permission.EDIT_TICKETS)
        self.take_button.setVisible(may and row.outcome in _LEFT_ALONE and bool(row.from_address))
        self.pane.set_title(_(OUTCOMES[Outcome(row.outcome)]))

    def _open_ticket(self) -> None:
        if isinstance(self.opened, ArrivalCard) and self.opened.row.ticket_id is not None:
            self._desk.commands.run("tickets.open", self.opened.row.ticket_id)

    def _take_it(self) -> None:
        if isinstance(self.opened, ArrivalCard):
            job = self._desk.tasks.write(take_all_the_same, self.opened.row.id)
            job.then(self._taken, self._desk.messages.show_error)

    def _taken(self, taken: Taken) -> None:
        done = message(N_("The ticket {number} was opened."), number=taken.ticket_id)
        self._desk.messages.success(done)
        if self.opened is not None:
            self.open(self.opened.row.id)

    def _open_sent(self) -> None:
        if isinstance(self.opened, ArrivalCard) and self.opened.row.outbox_id is not None:
            self._desk.commands.run("mail.open", self.opened.row.outbox_id)
