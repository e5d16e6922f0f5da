"""What somebody wants to see of the ledger."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of the days from `first` to `last` (both included, of the company), narrowed by what is given.

    `process` is a process by its name in the rows; `group_id` means rows of workers who are in the group now;
    `kind` one of Kind.
    """

    first: date | None = None
    last: date | None = None
    worker_id: int | None = None
    customer_id: int | None = None
    process: str | None = None
    stage_id: int | None = None
    group_id: int | None = None
    kind: str | None = None


class Kind(StrEnum):
    """Which rows: those that scored, redemptions, or reversals."""

    SCORED = "scored"
    REDEEMED = "redeemed"
    REVERSED = "reversed"


class Slice(StrEnum):
    """By what rows are summed up."""

    WORKER = "worker"
    CUSTOMER = "customer"
    PROCESS = "process"
    STAGE = "stage"
    MONTH = "month"
    GROUP = "group"
