"""What moves of tasks score: the rule the database keeps, for rehearsals and for proof."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Setting:
    """What entering a stage scores."""

    customer_points: Decimal = NONE
    worker_points: Decimal = NONE
    scores_every_time: bool = False
    is_redemption: bool = False
    may_go_below: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A task that entered a stage by this step; `worker_id` did it, None for the machine alone."""

    step_id: int
    task_id: int
    stage_id: int
    worker_id: int | None
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Scored:
    """What a move scored, for the customer and for the worker; never both nothing."""

    move: Move
    customer_points: Decimal
    worker_points: Decimal


def score(
    moves: Iterable[Move], settings: Mapping[int, Setting], standing: Iterable[tuple[int, int]] = ()
) -> Iterator[Scored]:
    """The moves that score, in their order, by the settings of the stages.

    A stage scores once for each task unless its setting says every time; `standing` are the (task, stage) that scored
    before. Points of nobody are none, and a move without points of either kind scores nothing.
    """
    done = set(standing)
    for move in moves:
        setting = settings.get(move.stage_id, Setting())
        if (move.task_id, move.stage_id) in done and not setting.scores_every_time:
            continue
        customer = NONE if move.customer_id is None else setting.customer_points
        worker = NONE if move.worker_id is None else setting.worker_points
        if customer or worker:
            done.add((move.task_id, move.stage_id))
            yield Scored(move, customer, worker)
