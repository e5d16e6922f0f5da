"""The call of the open customer: asked for at the law's gate, made by the telephone, and told step by step."""

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.dialer.calls import CallState, Fault, Stage, words
from app.domain.dialer.desk_events import Call
from app.domain.errors import UserError
from app.domain.words import N_, message
from app.services.dialer.claiming import Permit, dial
from ui.dialer.desk.contact import Contact
from ui.dialer.phone import phone_for
from ui.kit.screen import Desk

__all__ = ["Line"]

_CALLS = {
    Stage.DIALLING: Call.DIALLING,
    Stage.RINGING: Call.RINGING,
    Stage.TALKING: Call.TALKING,
    Stage.ENDED: Call.ENDED,
    Stage.FAILED: Call.FAILED,
}


class Line(QObject):
    """One call at a time, for one contact.

    Signals: `permitted()` when the gate has opened, `refused(exception)` when not; `stands(Call)` with each step,
    `failed(Message)` before one that ends without a talk, `hangs(Message)` when the telephone says nothing any more;
    `rings(Caller or None, number)` and `gone()` for somebody who calls; `moved()` whenever a call of
    the telephone begins, goes on or ends.
    """

    permitted = Signal()
    refused = Signal(object)
    stands = Signal(object)
    failed = Signal(object)
    hangs = Signal(object)
    rings = Signal(object, str)
    gone = Signal()
    moved = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._contact: Contact | None = None
        self._token = ""
        self.phone = phone_for(desk)
        self.phone.changed.connect(self._follow)
        self.phone.incoming.connect(self.rings)

    @property
    def state(self) -> CallState:
        """The call in hand."""
        return self.phone.state

    def dial(self, contact: Contact, number: str | None = None) -> None:
        """Call the customer, at another number of his where one is named."""
        if self.phone.state.is_live:
            self.refused.emit(UserError(message(N_("There is a call already. Hang up first."))))
            return
        self._contact, self._token = contact, ""
        self._desk.tasks.write(dial, contact.key, number).then(self._permitted, self._refused)

    def hang_up(self) -> None:
        """End the call, whatever the telephone believes; a gate still asked is not waited for."""
        contact, self._contact = self._contact, None
        if contact is not None:
            contact.hung_up()
        self.phone.set_by_hand(Stage.ENDED)

    def answered_by_hand(self) -> None:
        """The agent says that somebody has answered."""
        self.phone.set_by_hand(Stage.TALKING)

    def answer(self) -> None:
        """Take the call that comes in."""
        self.phone.answer()
        self._token = self.phone.state.token

    def adopt(self, contact: Contact) -> None:
        """The call that was answered is with this customer."""
        self._contact, self._token = contact, self.phone.state.token

    @Slot(object)
    def _permitted(self, permit: Permit) -> None:
        if self._contact is None:
            return
        self._contact.permit(permit.at)
        self.permitted.emit()
        self.phone.dial(permit.number)
        self._token = self.phone.state.token

    @Slot(object)
    def _refused(self, problem: Exception) -> None:
        if self._contact is not None:
            self._contact = None
            self.refused.emit(problem)

    @Slot(object)
    def _follow(self, state: CallState) -> None:
        self._tell(state)
        self.moved.emit()

    def _tell(self, state: CallState) -> None:
        if state.is_incoming and state.stage in (Stage.ENDED, Stage.FAILED):
            self.gone.emit()
        if state.stage not in _CALLS or (self._token and state.token != self._token):
            return
        if state.fault is Fault.HUNG:
            self.hangs.emit(words(state))
            return
        self._stamp(state)
        if state.stage is Stage.FAILED:
            self.failed.emit(words(state))
        self.stands.emit(_CALLS[state.stage])

    def _stamp(self, state: CallState) -> None:
        contact = self._contact
        if contact is None:
            return
        if state.stage is Stage.TALKING:
            contact.answered()
        elif state.stage in (Stage.ENDED, Stage.FAILED):
            contact.hung_up()
