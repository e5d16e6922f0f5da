"""The end of a contact: a result checked, saved once however often it is sent, or a skip."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.dialer.desk_events import Finished, NotSaved, ResultGiven, Skip, Skipped
from app.domain.dialer.giving import Missing, missing_for
from app.domain.errors import DatabaseUnavailable, Refused
from app.domain.tickets.draft import TicketDraft
from app.domain.words import N_, Message, message
from app.services.dialer import attempts
from app.services.dialer.attempts import Result
from app.services.dialer.card import CardStatus
from ui.dialer.desk import loading
from ui.dialer.desk.contact import Contact
from ui.dialer.desk.loading import Office, Sent
from ui.kit.messages import Offer
from ui.kit.screen import Desk

if TYPE_CHECKING:
    from ui.dialer.desk.controller import DialController

__all__ = ["Sending"]


class Sending(QObject):
    """Signal: `missing(Missing)` when something is to be filled in before the result is taken.

    `form_problem` is asked what the forms have to say against a result of an outcome.
    """

    missing = Signal(object)

    def __init__(self, desk: Desk, office: Office, seat: "DialController") -> None:
        super().__init__(seat)
        self._desk, self._office, self._seat = desk, office, seat
        self._result: Result | None = None
        self.form_problem: Callable[[str], Message | None] = lambda _outcome: None

    def give(self, status_id: int) -> None:
        """Give the contact its result and bring the next; what is missing is told first."""
        seat, contact = self._seat, self._seat.contact
        status = contact.status(status_id) if contact is not None else None
        if contact is None or status is None or not seat.at.is_open or seat.at.is_sending:
            return
        lacking = missing_for(
            status.outcome,
            needs_note=status.needs_note or contact.card.campaign.needs_note,
            note=contact.typed.note,
            callback_at=contact.typed.callback_at,
            form_problem=self.form_problem(status.outcome),
        )
        if lacking is not None:
            seat.tell_contact(lacking[1])
            self.missing.emit(lacking[0])
            return
        seat.feed(ResultGiven(status_id))

    def try_again(self) -> None:
        """Send a result again that could not be saved."""
        contact = self._seat.contact
        if contact is not None and contact.typed.status_id is not None:
            self.give(contact.typed.status_id)

    def finish(self, status_id: int) -> None:
        """Save the result; the times of a call that it ended are in it."""
        contact = self._seat.contact
        assert contact is not None
        result = contact.choose(status_id, self._desk.person.id)
        self._seat.keeper.now()
        ticket = _ticket(contact, contact.status(status_id), self._desk.person.id)
        job = self._desk.tasks.change(loading.send, self._office, contact.typed.op_id, result, ticket)
        job.then(self._finished, self._not_saved)

    def _finished(self, sent: Sent) -> None:
        contact = self._seat.contact
        name = contact.card.name if contact is not None else ""
        self._seat.end_contact()
        self._seat.feed(Finished())
        messages = self._desk.messages
        if not sent.finished.was_held:
            messages.info(
                message(N_("Saved. {name} was no longer kept for you, so the queue stays as it is."), name=name)
            )
        if sent.ticket_id is not None:
            run, number = self._desk.commands.run, sent.ticket_id
            offer = Offer(N_("Open the ticket"), lambda: run("tickets.open", number))
            messages.success(message(N_("A ticket was opened for {name}."), name=name), offer=offer)
        elif sent.problem is not None:
            messages.warning(N_("The result is saved, the ticket is not."), sent.problem.what)

    def skip(self) -> None:
        """Leave this customer out."""
        self._seat.feed(Skip())

    def send_skip(self) -> None:
        """Save the skip; of somebody who is no longer kept for this desk there is nothing to save."""
        contact = self._seat.contact
        assert contact is not None
        if contact.is_lost:
            self._skipped(None)
            return
        self._desk.tasks.write(attempts.skip, contact.claimed).then(self._skipped, self._not_saved)

    def _skipped(self, _answer: attempts.Finished | None) -> None:
        self._seat.end_contact()
        self._seat.feed(Skipped())

    def _not_saved(self, problem: Exception) -> None:
        self._seat.feed(NotSaved())
        self._seat.withdraw()
        if isinstance(problem, DatabaseUnavailable):
            hint = N_("The note and the result are kept on this computer.")
            again = Offer(N_("Try again"), self.try_again)
            notice = self._desk.messages.error(N_("Not saved: the database does not answer."), hint, offer=again)
            self._seat.told.append(notice)
            return
        self._desk.messages.show_error(problem)
        if isinstance(problem, Refused) and problem.code in ("NOTE", "CALLBACK"):
            self.missing.emit(Missing.NOTE if problem.code == "NOTE" else Missing.CALLBACK)


def _ticket(contact: Contact, status: CardStatus | None, me: int | None) -> TicketDraft | None:
    """The ticket a result opens; it is with whoever called."""
    if status is None or status.opens_type_id is None:
        return None
    return TicketDraft(
        subject=contact.card.campaign.name,
        description=contact.typed.note,
        customer_id=contact.card.customer_id,
        type_id=status.opens_type_id,
        handler_id=me,
    )
