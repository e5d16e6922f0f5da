"""Whoever sends the office's mail: the worker of a server, or the desktop of a single seat."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any, Protocol
from uuid import uuid4

from app.adapters.credentials import Credentials
from app.adapters.letters import Transport, Undelivered
from app.adapters.smtp import Smtp
from app.domain.errors import UserError
from app.domain.mail.failures import OF_ACCOUNT, Failure
from app.services.mail.sending import (
    LEASE,
    Box,
    Sendable,
    give_back,
    is_due,
    lease,
    mark_failed,
    mark_sent,
    sendable,
)

logger = logging.getLogger(__name__)

_SAFE = LEASE.total_seconds() / 2
"""A mail is not begun later than that after its lease, so that it is over before the lease is."""


class Office(Protocol):
    """A backend as far as mail needs it."""

    def execute(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one service."""


@dataclass(slots=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0


Open = Callable[[Box], Transport]


def by_smtp(credentials: Credentials) -> Open:
    """Open mailboxes by SMTP, with passwords from where this computer keeps them."""

    def opened(box: Box) -> Transport:
        try:
            password = credentials.password(box.address)
        except UserError as problem:
            logger.warning("no password for mailbox: %s", problem)
            raise Undelivered(Failure.NO_SECRET, box.address) from problem
        server = box.server
        if password is not None and not server.login and server.security != "none":
            # A mailbox with a password is logged in to; by its address where no name was given.
            server = type(server)(server.host, server.port, server.security, box.address)
        return Smtp(server, password)

    return opened


class Sender:
    """Sends what is due, until nothing is or `stop` is set; several of them, anywhere, never send the same twice."""

    def __init__(self, office: Office, open_box: Open, stop: Event | None = None) -> None:
        self.who = uuid4().hex
        self._office = office
        self._open = open_box
        self._stop = stop or Event()
        self._owed: set[int] = set()
        self._is_cut_short = False

    def send(self) -> Sent:
        """One round."""
        done = Sent()
        self._pay()
        if self._is_cut_short:
            self._office.execute(give_back, self.who)
            self._is_cut_short = False
        if not self._office.execute(is_due):
            return done
        boxes = _Boxes(self._open)
        self._is_cut_short = True
        try:
            while not self._stop.is_set() and (ids := self._office.execute(lease, self.who)):
                self._batch(ids, boxes, done)
            self._is_cut_short = False
        finally:
            boxes.close()
        return done

    def _batch(self, ids: tuple[int, ...], boxes: "_Boxes", done: Sent) -> None:
        leased_at = time.monotonic()
        for mail in self._office.execute(sendable, ids):
            if self._stop.is_set() or time.monotonic() - leased_at > _SAFE:
                self._office.execute(give_back, self.who)
                return
            self._one(mail, boxes, done)

    def _one(self, mail: Sendable, boxes: "_Boxes", done: Sent) -> None:
        try:
            boxes.deliver(mail)
        except Undelivered as problem:
            done.failed += 1
            logger.warning("mail %s did not leave: %s", mail.id, problem.failure.value)
            self._office.execute(mark_failed, self.who, mail.id, problem.failure.value, problem.detail)
            return
        # From here the mail is with its reader: that it is marked is owed until it is done.
        self._owed.add(mail.id)
        done.sent += 1
        self._pay()

    def _pay(self) -> None:
        for row_id in sorted(self._owed):
            self._office.execute(mark_sent, row_id)
            self._owed.discard(row_id)


class _Boxes:
    """The mailboxes of one round, each opened once; one that fails is left alone until the next round."""

    def __init__(self, open_box: Open) -> None:
        self._open = open_box
        self._ways: dict[Box, Transport] = {}
        self._shut: dict[Box, Undelivered] = {}

    def deliver(self, mail: Sendable) -> None:
        """Hand a mail over by its mailbox."""
        box = mail.box
        if box in self._shut:
            raise self._shut[box]
        try:
            if not box.address:
                raise Undelivered(Failure.NO_ACCOUNT)
            if box not in self._ways:
                self._ways[box] = self._open(box)
            self._ways[box].deliver(mail.letter)
        except Undelivered as problem:
            if problem.failure in OF_ACCOUNT:
                self._shut[box] = problem
            raise
        except Exception as problem:
            # A mail nobody thought of must not stand in the way of those behind it.
            logger.exception("mail %s", mail.id)
            raise Undelivered(Failure.BROKEN, type(problem).__name__) from problem

    def close(self) -> None:
        """Say goodbye everywhere."""
        for way in self._ways.values():
            way.close()
