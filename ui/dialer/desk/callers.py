"""Somebody calls while an agent sits at the desk: told, answered, put on record, never over an open customer."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.domain.dialer.desk_events import CallerGone, CallerRings, State, TakeCaller
from app.domain.words import N_, message
from app.services.dialer.attempts import inbound
from app.services.dialer.lookup import Caller
from ui.kit.messages import Offer
from ui.kit.screen import Desk

if TYPE_CHECKING:
    from ui.dialer.desk.controller import DialController

__all__ = ["Callers"]


class Callers(QObject):
    """`current` is who rings now: a customer where the number is known, and the number."""

    def __init__(self, desk: Desk, seat: "DialController") -> None:
        super().__init__(seat)
        self._desk, self._seat = desk, seat
        self.current: tuple[Caller | None, str] | None = None
        self.answered: Caller | None = None
        seat.line.rings.connect(self._ring)
        seat.line.gone.connect(self.leave)

    @Slot(object, str)
    def _ring(self, found: Caller | None, number: str) -> None:
        self.current = found, number
        self._seat.feed(CallerRings())

    @Slot()
    def leave(self) -> None:
        """Not now, or no longer."""
        if self.current is not None:
            self.current = None
            self._seat.feed(CallerGone())

    def take(self) -> None:
        """Answer; a known caller comes to the desk when it is free."""
        if self.current is not None:
            found = self.current[0]
            self._seat.feed(TakeCaller(found.customer_id if found is not None else None))

    def answer(self) -> None:
        """Take the call and put it on record."""
        assert self.current is not None
        (found, number), self.current = self.current, None
        self._seat.line.answer()
        at = self._seat.at
        campaign_id = at.rules.campaign_id if at.rules is not None else None
        person, customer_id = (number, None) if found is None else (found.number, found.customer_id)
        self._desk.tasks.write(inbound, person, customer_id, campaign_id)
        self.answered = found
        if found is not None and at.state is not State.LOADING:
            self._desk.messages.info(message(N_("{name} is on the line."), name=found.name), offer=self.offer())

    def offer(self) -> Offer | None:
        """The card of whoever was answered last, outside the desk."""
        if self.answered is None:
            return None
        run, key = self._desk.commands.run, self.answered.customer_id
        return Offer(N_("Open the customer"), lambda: run("customers.open", key))
