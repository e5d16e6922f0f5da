"""What the desk does reaches the database, after a time without it too."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal

from app.domain.errors import DatabaseUnavailable
from app.domain.words import message
from app.services.dialer import spans
from ui.dialer.desk.pulse import SpanTeller
from ui.kit.screen import Desk

TALKING = ("talking", 1, None, 7)


class Line(QObject):
    """Stands in for the tasks: carries out what is asked at once, where the database `answers`."""

    closing = Signal()
    is_closed = False

    def __init__(self) -> None:
        super().__init__()
        self.answers = True
        self.done: list[tuple[Any, ...]] = []
        self._answering: Callable[[], object] = lambda: None

    def run(self, work: Callable[..., object], *args: object) -> Any:
        """Carry it out; what comes of it is told by `settle`."""
        return SimpleNamespace(then=lambda done, failed: self._keep(work, args, done, failed))

    def _keep(self, work: Callable[..., object], args: Any, done: Any, failed: Any) -> None:
        self._answering = (
            (lambda: done(work(*args))) if self.answers else lambda: failed(DatabaseUnavailable(message("Gone.")))
        )

    def settle(self) -> None:
        """The answer comes."""
        answering, self._answering = self._answering, lambda: None
        answering()

    def execute(self, service: Callable[..., object], *args: object) -> None:
        """What the database is told."""
        self.done.append((service.__name__, *args))


@pytest.fixture
def line(qapp: object) -> Line:
    return Line()


def test_a_state_the_database_never_heard_is_told_with_the_next_sign_of_life(line: Line) -> None:
    owner = QObject()
    teller = SpanTeller(cast(Desk, SimpleNamespace(tasks=line, backend=line)), owner)
    line.answers = False
    teller.tell(TALKING, 45)
    line.settle()
    line.answers = True
    teller._sign()
    line.settle()
    assert line.done == [(spans.enter.__name__, *TALKING)]
    teller._sign()
    line.settle()
    assert line.done[1:] == [(spans.sign.__name__,)]
