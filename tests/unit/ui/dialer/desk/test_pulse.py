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

READING: spans.Doing = ("reading", 1, None, 7)
TALKING: spans.Doing = ("talking", 1, None, 7)


class Line(QObject):
    """Stands in for the tasks: carries out what is asked at once, where the database `answers`."""

    closing = Signal()
    is_closed = False

    def __init__(self) -> None:
        super().__init__()
        self.answers = True
        self.done: list[tuple[Any, ...]] = []
        self.asked: list[Callable[[spans.Stretch | None], None]] = []
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

    def read(self, service: Callable[..., object]) -> Any:
        """A question; what comes of it is up to the test."""
        return SimpleNamespace(then=lambda show, _failed: self.asked.append(show))

    def lose(self, teller: SpanTeller) -> None:
        """The line breaks while the desk says what it does."""
        self.answers = False
        teller.tell(TALKING, 45)
        self.settle()
        self.answers = True
        teller._sign()

    def execute(self, service: Callable[..., object], *args: object) -> int:
        """What the database is told; stretches have numbers."""
        self.done.append((service.__name__, *args))
        return 10 * len(self.done)


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


def test_an_answer_that_comes_late_is_no_other_desk(line: Line) -> None:
    owner, heard = QObject(), list[object]()
    teller = SpanTeller(cast(Desk, SimpleNamespace(tasks=line, backend=line)), owner)
    teller.taken_over.connect(heard.append)
    teller.tell(READING, 45)
    line.settle()
    teller.look()
    teller.tell(TALKING, 45)
    line.settle()
    late, before, another = line.asked[0], spans.Stretch(10, READING), spans.Stretch(21, READING)
    late(before)
    assert heard == [], "what this desk itself did before"
    late(spans.Stretch(20, TALKING))
    assert heard == []
    late(another)
    assert heard == [READING]
    teller.tell(TALKING, 45)
    assert len(line.done) == 2, "the other one says what he does"


@pytest.mark.parametrize(
    ("found", "is_mine"), [(None, True), (10, True), ((15, TALKING), True), ((15, READING), False)]
)
def test_after_a_lost_line_a_desk_gives_way_to_one_that_was_opened_meanwhile(
    line: Line, found: Any, is_mine: bool
) -> None:
    owner, heard = QObject(), list[object]()
    teller = SpanTeller(cast(Desk, SimpleNamespace(tasks=line, backend=line)), owner)
    teller.taken_over.connect(heard.append)
    teller.tell(READING, 45)
    line.settle()
    line.lose(teller)
    stretch = spans.Stretch(10, READING) if found == 10 else spans.Stretch(*found) if found else None
    line.asked[0](stretch)
    line.settle()
    assert heard == ([] if is_mine else [READING])
    assert len(line.done) == (2 if is_mine else 1)


def test_a_desk_whose_sign_of_life_was_lost_looks_before_it_tells_again(line: Line) -> None:
    owner, heard = QObject(), list[object]()
    teller = SpanTeller(cast(Desk, SimpleNamespace(tasks=line, backend=line)), owner)
    teller.taken_over.connect(heard.append)
    teller.tell(TALKING, 45)
    line.settle()
    line.answers = False
    teller._sign()
    line.settle()
    line.answers = True
    teller._sign()
    line.asked[0](spans.Stretch(15, READING))
    assert heard == [READING]
    assert len(line.done) == 1, "nobody is taken away from the desk he went to meanwhile"
