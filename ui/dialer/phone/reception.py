"""Somebody calls while the dial desk is not open: told in the message bar, answered from there, the card beside."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from app.domain.words import N_, message
from app.services.dialer.attempts import inbound
from app.services.dialer.lookup import Caller
from ui.kit.messages import Notice, Offer
from ui.kit.screen import Desk

__all__ = ["Reception"]

_CARD = "customers.open"


class Answering(Protocol):
    """A telephone that may take the call."""

    @property
    def can_answer(self) -> bool:
        """Whether it can be taken from here."""

    def answer(self) -> None:
        """Take it."""


class Reception(QObject):
    """Tells of callers in a message that goes when the caller does."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._notice: Notice | None = None

    def announce(self, caller: Caller | None, number: str, phone: Answering) -> None:
        """Tell who calls, and offer to take the call or, where that is done elsewhere, to open the card."""
        self.forget()
        name = number if caller is None else caller.name
        said = message(N_("{name} is calling."), name=name) if name else message(N_("Somebody is calling."))
        offer: Offer | None = None
        if phone.can_answer:
            offer = Offer(N_("Answer"), partial(self._answer, caller, number, phone))
        elif caller is not None:
            offer = Offer(N_("Open the customer"), partial(self._open, caller))
        self._notice = self._desk.messages.warning(said, offer=offer)

    def forget(self) -> None:
        """Nobody calls any more."""
        if self._notice is not None:
            self._desk.messages.withdraw(self._notice)
            self._notice = None

    def _answer(self, caller: Caller | None, number: str, phone: Answering) -> None:
        self._notice = None
        phone.answer()
        person, customer_id = (number, None) if caller is None else (caller.number, caller.customer_id)
        self._desk.tasks.write(inbound, person, customer_id)
        if caller is not None:
            self._open(caller)

    def _open(self, caller: Caller) -> None:
        self._desk.commands.run(_CARD, caller.customer_id)
