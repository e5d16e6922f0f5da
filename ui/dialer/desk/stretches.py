"""What the agent's day is made of: each thing the desk does is told, and another desk of his is given way to."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.domain.dialer.desk_events import SignOut, State
from app.domain.people import Permission
from app.domain.words import N_
from app.services.dialer.spans import Doing
from ui.dialer.desk.pulse import SpanTeller
from ui.kit.screen import Desk

if TYPE_CHECKING:
    from ui.dialer.desk.controller import DialController

__all__ = ["Stretches"]

_SPANS = {
    State.READY: "waiting",
    State.EMPTY: "waiting",
    State.WRAPPING: "writing",
    State.READING: "reading",
    State.COUNTING: "reading",
    State.DIALLING: "dialling",
    State.RINGING: "dialling",
    State.TALKING: "talking",
    State.WRITING: "writing",
    State.PAUSED: "paused",
}


class Stretches(QObject):
    """Follows the desk's state. He is at one desk at a time: where he begins at another, this one comes to its end."""

    def __init__(self, desk: Desk, seat: "DialController") -> None:
        super().__init__(seat)
        self._desk, self._seat = desk, seat
        self.teller = SpanTeller(desk, self)
        self.teller.taken_over.connect(self._give_way)
        desk.bridge.rows_changed.connect(self._hear)
        desk.person.news.changed.connect(self._permit)

    def follow(self, lease_seconds: float) -> None:
        """Tell what the desk does now."""
        at, contact = self._seat.at, self._seat.contact
        if at.state is State.LOADING:
            return  # an instant, unless it ends with nobody
        doing = _SPANS.get(at.state)
        if doing is None:
            self.teller.tell(None, lease_seconds)
            return
        campaign_id = at.rules.campaign_id if at.rules is not None else None
        customer_id = contact.claimed.customer_id if contact is not None and at.is_open else None
        reason = at.pause_reason if at.state is State.PAUSED else None
        self.teller.tell((doing, campaign_id, reason, customer_id), lease_seconds)

    @Slot()
    def _permit(self) -> None:
        """Whoever may dial no more gets nobody new: he ends with the customer on his desk."""
        if not self._desk.person.may(Permission.DIAL) and self._seat.at.state is not State.SIGNED_OUT:
            self._seat.feed(SignOut())

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table == "desk_spans":
            self.teller.look()

    @Slot(object)
    def _give_way(self, elsewhere: Doing) -> None:
        """What is on the desk is finished here, unless the other one has taken the same customer; nobody more comes."""
        contact = self._seat.contact if self._seat.at.is_open else None
        said = N_("Your dial desk was opened elsewhere. This one takes no further customer.")
        if contact is not None and contact.claimed.customer_id == elsewhere[3]:
            self._seat.lose(said)
        else:
            self._desk.messages.warning(said)
        self._seat.feed(SignOut())
