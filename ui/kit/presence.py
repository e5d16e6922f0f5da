"""Which cards are open on this desktop, said to the others: soon, now and then again, and no more when they close."""

from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Slot

from app.services.presence import open_cards
from app.services.presence.open_cards import BEAT_SECONDS, Shown
from ui.kit.screen import Desk
from ui.kit.tasks import Job

__all__ = ["OpenCards", "open_cards_of"]

_SOON_MS = 120
"""Whoever goes through a list with the arrow keys tells only of the card he stays at."""


def open_cards_of(desk: Desk) -> "OpenCards":
    """The one of this desktop; it ends with the desktop."""
    found = desk.tasks.findChild(OpenCards)
    return found if found is not None else OpenCards(desk)


class OpenCards(QObject):
    """Keeps what the database says of this desktop as it is here; one statement at a time, none where nothing changed.

    Failures are nobody's business: the next sign of life sets it right.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.tasks)
        self._desk = desk
        self._key = str(uuid4())
        self._wanted: dict[tuple[str, int], Shown] = {}
        self._told: dict[tuple[str, int], Shown] = {}
        self._is_busy = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._reconcile)
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT_SECONDS * 1000)
        self._beat.timeout.connect(self._say_again)
        desk.tasks.closing.connect(self.close)

    def show(self, table: str, row_id: int, *, is_editing: bool) -> None:
        """This card is open here."""
        card = Shown(table, row_id, is_editing)
        if self._wanted.get((table, row_id)) != card:
            self._wanted[table, row_id] = card
            self._soon.start()

    def put_away(self, table: str, row_id: int) -> None:
        """It is not any more."""
        if self._wanted.pop((table, row_id), None) is not None:
            self._soon.start()

    @Slot()
    def close(self) -> None:
        """The desktop is closed, and all cards with it."""
        self._soon.stop()
        self._beat.stop()
        # Closing waits for it: without the server, which forgets those who fall silent, nobody should.
        if self._told and self._desk.bridge.connection.takes_changes:
            self._told.clear()
            self._desk.tasks.write(open_cards.put_away, self._key).then(self._be_done, self._be_done)

    @Slot()
    def _say_again(self) -> None:
        if self._wanted and not self._is_busy and not self._desk.tasks.is_closed:
            wanted = tuple(self._wanted.values())
            self._send(self._desk.tasks.read(open_cards.show, self._key, wanted), dict(self._wanted))
            self._desk.tasks.read(open_cards.sweep).then(self._be_done, self._be_done)
        elif not self._wanted:
            self._beat.stop()

    @Slot()
    def _reconcile(self) -> None:
        if self._is_busy or self._desk.tasks.is_closed:
            return
        gone = next((card for key, card in self._told.items() if key not in self._wanted), None)
        if gone is not None:
            left = {key: card for key, card in self._told.items() if card != gone}
            self._send(self._desk.tasks.read(open_cards.put_away, self._key, gone), left)
            return
        news = tuple(card for key, card in self._wanted.items() if self._told.get(key) != card)
        if news:
            self._send(self._desk.tasks.read(open_cards.show, self._key, news), dict(self._wanted))
            self._beat.start()

    def _send(self, job: Job[Any], told: dict[tuple[str, int], Shown]) -> None:
        self._is_busy, self._told = True, told
        job.then(self._go_on, self._give_up)

    @Slot(object)
    def _go_on(self, _answer: object) -> None:
        self._is_busy = False
        self._reconcile()

    @Slot(object)
    def _give_up(self, _problem: Exception) -> None:
        self._is_busy = False

    @Slot(object)
    def _be_done(self, _answer: object) -> None:
        """Nobody waits for it."""
