"""What every report is made of: columns, rows of plain values, and the stretch of rows it covers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Cell(StrEnum):
    """What the values of a column are: a text or Message, a count, an instant, a day, seconds, a share in percent."""

    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"
    SECONDS = "seconds"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `title` is catalogue text."""

    title: str
    cell: Cell = Cell.TEXT
    width: int = 140


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `key` says where the next page begins, `is_wrong` marks what an inspector would mark."""

    id: int
    key: int
    cells: tuple[Any, ...]
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """How many rows a report has and between which keys they lie, both included."""

    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that follow each other, and whether more come after them."""

    rows: tuple[Row, ...]
    has_after: bool
    has_before: bool = False
