"""What is dragged, where it would land, and what the rules say to that: the words between board, pane and screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from app.domain.planner import Seen
from app.services.planner.rows import SeenCall

__all__ = ["Carried", "Drop", "Hit", "Judge", "PayloadSource", "Spot", "Verdict", "Zone"]


class Zone(Enum):
    """The part of a bar under the pointer: its body moves it, its edges change its length."""

    BODY = "body"
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under a point of the board; `technician_id` is 0 over a heading or below the last row."""

    line: int
    technician_id: int
    second: int
    visit_id: int | None = None
    zone: Zone = Zone.BODY


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the board somebody asks about: for menus and for new appointments."""

    technician_id: int
    moment: datetime
    visit_id: int | None
    global_pos: QPoint


@dataclass(frozen=True, slots=True)
class Carried:
    """What the pointer carries: a call from the list (`task_id`) or a visit of the board (`visit_id` and its place).

    `seen` and `seen_call` are how it was when it was taken up.
    """

    title: str
    length: timedelta
    subtitle: str = ""
    fill: str = "#77AADD"
    task_id: int | None = None
    visit_id: int | None = None
    technician_id: int | None = None
    start: datetime | None = None
    version: int | None = None
    activity_type_id: int | None = None
    site_id: int | None = None
    seen: Seen | None = None
    seen_call: SeenCall | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """Where it would land, snapped: START and END in `zone` say that only that edge is pulled."""

    carried: Carried
    technician_id: int
    start: datetime
    end: datetime
    zone: Zone = Zone.BODY


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of the rules: `reason` is the first one in words (a warning where allowed), `more` counts the rest.

    `nearest` is the start of the nearest legal slot on the same technician.
    """

    is_allowed: bool
    reason: str = ""
    more: int = 0
    nearest: datetime | None = None


Judge = Callable[[Drop], Verdict]


class PayloadSource(Protocol):
    """A list of calls that can be dragged onto the board."""

    def viewport(self) -> QWidget:
        """The widget that gets the mouse."""

    def payload_at(self, pos: QPoint) -> Carried | None:
        """What is picked up at a point of the viewport."""
