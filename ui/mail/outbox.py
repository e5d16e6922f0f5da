"""What is to be sent, what was sent, and what could not be: with the reason, and what can be done about it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.domain.mail.events import EVENTS
from app.domain.mail.failures import told
from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.i18n import _, format_datetime, say
from app.services.mail import outbox
from app.services.mail.rows import OutboxCard, OutboxRow
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.mail import commands
from ui.mail.letter import LetterView
from ui.mail.mail_list import Kind, MailList, MailModel
from ui.widgets.styled import push_button, tool

__all__ = ["OutboxTable", "OutboxView"]

STATES = {
    "waiting": N_("Waiting"),
    "held": N_("Held"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "dead": N_("Not delivered"),
    "cancelled": N_("Taken back"),
}
_MARKS = {
    "waiting": ("waiting", "muted"),
    "held": ("pause", "info"),
    "sending": ("mail-out", "info"),
    "sent": ("check", "success"),
    "dead": ("error", "danger"),
    "cancelled": ("cancel", "muted"),
}
_OUTBOX = Kind(
    "outbox",
    "mail-out",
    N_("No mail here"),
    N_("What happens is told by mail where a template says so. What waits, was sent or came back is listed here."),
    tuple(STATES.items()),
    frozenset({"outbox_messages"}),
    outbox.page,
    outbox.counts,
    outbox.load,
    (130, 150, 220, 130, 140, 70),
)


def state_of(row: OutboxRow) -> str:
    """The state as people see it: what can still be taken back is held."""
    return "held" if row.is_held else row.state


class OutboxTable(MailModel):
    """The outbox as a Qt model."""

    headers = (N_("State"), N_("Recipient"), N_("Subject"), N_("When"), N_("Event"), N_("Ticket"))

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[Callable[[OutboxRow], str], ...] = (
            lambda row: _(STATES[state_of(row)]),
            lambda row: row.to_name or row.to_address,
            lambda row: row.subject,
            self._when,
            event_name,
            lambda row: row.ticket_number,
        )

    def cell(self, row: OutboxRow, column: int, role: int) -> Any:
        """Texts and marks of a mail."""
        if not 0 <= column < len(self._texts):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._texts[column](row))
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return icons.icon(*_MARKS[state_of(row)])
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(say(told(row.last_error)) if column == 0 and row.last_error else self._texts[column](row))
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        return None

    def _when(self, row: OutboxRow) -> str:
        return format_datetime(row.sent_at or (row.next_at if row.state == "waiting" else row.created_at), self.zone)

    @staticmethod
    def _colour(row: OutboxRow, column: int) -> QColor | None:
        if row.state == "dead":
            return theme.tokens().color("danger") if column == 0 else None
        return theme.tokens().color("muted") if row.state == "cancelled" else None


def event_name(row: OutboxRow) -> str:
    """What the mail tells of, by its template's name where it has one."""
    kind = EVENTS.get(row.event)
    return row.template or (say(kind.name) if kind else row.event)


class OutboxView(MailList):
    """The outbox with the mail that is open."""

    def __init__(self, desk: Desk) -> None:
        self.letter = LetterView((N_("Recipient"), N_("Sender"), N_("Subject"), N_("When"), N_("Ticket")))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._buttons = QHBoxLayout()
        self._buttons.setContentsMargins(*[theme.scale(each) for each in (16, 0, 16, 8)])
        self._buttons.setSpacing(theme.scale(8))
        column.addLayout(self._buttons)
        column.addWidget(self.letter, 1)
        super().__init__(desk, _OUTBOX, OutboxTable(), holder)
        self._offer_acts()

    def _offer_acts(self) -> None:
        self._tools: list[tuple[QAction, QToolButton]] = []
        acts = (
            (commands.SEND_NOW, self.send_now, self._can_send_now),
            (commands.RESEND, self.resend, self._can_resend),
            (commands.TAKE_BACK, self.take_back, self._can_take_back),
        )
        for command, do, can in acts:
            action = self._desk.commands.add(command, do, owner=self, enabled=can)
            button = tool(action, with_text=True)
            self._buttons.addWidget(button)
            self._tools.append((action, button))
        self.ticket_button = push_button(N_("Open the ticket"), "ticket", "quiet")
        self.ticket_button.clicked.connect(self._open_ticket)
        self._buttons.addWidget(self.ticket_button)
        self._buttons.addStretch(1)
        self._desk.person.news.changed.connect(self._offer)

    # --- What can be done

    def send_now(self) -> None:
        """Do not wait any longer."""
        self._do(outbox.send_now, N_("The mail leaves with the next round."))

    def resend(self) -> None:
        """Try again what was given up or taken back."""
        self._do(outbox.resend, N_("The mail is tried again."))

    def take_back(self) -> None:
        """Do not send it."""
        self._do(outbox.cancel, N_("The mail was taken back."), Offer(N_("Undo"), self.resend))

    def _do(self, service: Callable[..., OutboxRow], said: str, offer: Offer | None = None) -> None:
        row = self._row
        if row is None:
            return
        job = self._desk.tasks.write(service, row.id, row.version)
        job.then(partial(self._done, said, offer), self._desk.messages.show_error)

    def _done(self, said: str, offer: Offer | None, _row: OutboxRow) -> None:
        self._desk.messages.success(message(said), offer=offer)
        if self._row is not None:
            self.open(self._row.id)

    @property
    def _row(self) -> OutboxRow | None:
        return self.opened.row if isinstance(self.opened, OutboxCard) else None

    def _is(self, *states: str) -> bool:
        may = self._desk.person.may(Permission.EDIT_TICKETS)
        return may and self._row is not None and self._row.state in states

    def _can_send_now(self) -> bool:
        return self._is("waiting")

    def _can_resend(self) -> bool:
        return self._is("dead", "cancelled")

    def _can_take_back(self) -> bool:
        return self._is("waiting", "dead")

    def _open_ticket(self) -> None:
        if self._row is not None and self._row.ticket_id is not None:
            self._desk.commands.run("tickets.open", self._row.ticket_id)

    # --- What is shown

    def show_letter(self, card: OutboxCard) -> None:
        """Show the mail whole, in its own direction."""
        row = card.row
        to = f"{row.to_name} <{row.to_address}>" if row.to_name else row.to_address
        when = format_datetime(row.sent_at or row.created_at, self.model.zone)
        self.letter.show_head(to, card.sender, row.subject, when, row.ticket_number)
        self.letter.show_text(card.body, is_rtl=card.is_rtl)
        self.letter.say(self._remarks(row), is_bad=row.state == "dead")
        self.ticket_button.setVisible(row.ticket_id is not None)
        self.pane.set_title(_(STATES[state_of(row)]))
        self._offer()

    @Slot()
    def _offer(self) -> None:
        self._desk.commands.refresh()
        for action, button in self._tools:
            button.setVisible(action.isEnabled())

    def _remarks(self, row: OutboxRow) -> list[Message]:
        found = [told(row.last_error)] if row.last_error else []
        if row.is_held:
            when = format_datetime(row.next_at, self.model.zone)
            found.append(message(N_("It is held until {time} and can be taken back until then."), time=when))
        elif row.state == "waiting" and row.attempts:
            when = format_datetime(row.next_at, self.model.zone)
            found.append(message(N_("It is tried again at {time}."), time=when))
        return found
