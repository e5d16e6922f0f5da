"""What the list of tasks is asked and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "Cursor",
    "Mark",
    "Named",
    "Page",
    "Scope",
    "Sort",
    "SortBy",
    "TaskFilter",
    "TaskLists",
    "TaskRow",
]


class Scope(StrEnum):
    """Whose tasks are wanted."""

    MINE = "mine"
    GROUPS = "groups"
    ALL = "all"


class SortBy(StrEnum):
    """What the list can be sorted by."""

    DUE = "due"
    NUMBER = "number"


class Mark(StrEnum):
    """What a list says of a task that does not get on."""

    STUCK = "stuck"
    BOUNCING = "bouncing"


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are wanted; what is not said is not asked. Closed ones only where `is_open` is false."""

    scope: Scope = Scope.MINE
    is_open: bool | None = True
    process_id: int | None = None
    stage_id: int | None = None
    handler_id: int | None = None
    customer_id: int | None = None
    is_overdue: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the list; tasks without a due date come last in either direction."""

    by: SortBy = SortBy.DUE
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends."""

    due_at: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as lists show it; `since` is when it came to its stage, `place` where it stands in the order."""

    id: int
    version: int
    number: str | None
    title: str
    ticket_id: int | None
    ticket_number: str | None
    customer_id: int | None
    customer: str | None
    process: str | None
    stage_id: int | None
    stage: str | None
    activity: str | None
    state_code: str | None
    state_name: str | None
    handler_id: int | None
    handler: str | None
    is_handler_active: bool | None
    group: str | None
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    since: datetime
    has_alert: bool
    mark: Mark | None
    place: tuple[float, ...] = ()

    @property
    def cursor(self) -> Cursor:
        """This task as the end of a page."""
        return Cursor(self.due_at, self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """Tasks in order; whether there are more before and after them."""

    rows: tuple[TaskRow, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class Named:
    """Something to choose; `of` is the process of a stage."""

    id: int
    name: str
    is_active: bool = True
    of: int | None = None


@dataclass(frozen=True, slots=True)
class TaskLists:
    """What the list and the new task choose from, and the company's clock."""

    time_zone: str
    people: tuple[Named, ...]
    processes: tuple[Named, ...]
    stages: tuple[Named, ...]
    activity_types: tuple[Named, ...]
