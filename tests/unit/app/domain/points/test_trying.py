"""Steps scored again, and redemptions no balance would have held."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.points.scoring import Move, Setting
from app.domain.points.trying import Booked, Taken, refused, tried

START = datetime(2026, 10, 1, tzinfo=UTC)
STAGE = 7


def step(number: int, hour: int, task: int = 1, reversed_at: datetime | None = None) -> Taken:
    """A task that enters the stage, so many hours after the beginning."""
    return Taken(Move(number, task, STAGE, 5, 9), START + timedelta(hours=hour), reversed_at=reversed_at)


def scored(*taken: Taken, every: bool = False, stood: tuple[datetime | None, ...] = ()) -> list[int]:
    """The numbers of the steps that score."""
    settings = {STAGE: Setting(Decimal(1), Decimal(2), scores_every_time=every)}
    return [each.move.step_id for each, score in tried(taken, settings, {(1, STAGE): stood}) if score is not None]


@pytest.mark.row("Q12", "U49", "U44")
def test_a_stage_scores_again_only_after_what_stood_was_taken_back() -> None:
    undone = START + timedelta(hours=3)
    assert scored(step(1, 1), step(2, 2), step(3, 3, task=2)) == [1, 3]
    assert scored(step(1, 1), step(2, 2), every=True) == [1, 2]
    assert scored(step(1, 1, reversed_at=undone), step(2, 2), step(3, 4), step(4, 5)) == [1, 3]
    assert scored(step(1, 1), stood=(None,)) == []
    assert scored(step(1, 1), step(2, 4), stood=(undone,)) == [2]
    assert scored(step(1, 1), stood=(START - timedelta(days=9),)) == [1]


def booked(key: int, points: int, instead: int, *, guarded: bool = False, held: bool = False) -> Booked:
    """A booking, in the order of the keys."""
    return Booked(START + timedelta(hours=key), key, Decimal(points), Decimal(instead), guarded, held)


@pytest.mark.row("Q11", "R-P9")
def test_a_redemption_is_refused_where_the_draft_leaves_less_than_nothing() -> None:
    gift = booked(2, -10, -10, guarded=True, held=True)

    def keys(balance: int, *bookings: Booked) -> list[int]:
        return [each.key for each in refused(bookings, Decimal(balance))]

    assert keys(0, booked(1, 10, 9), gift) == [2]
    assert keys(0, gift, booked(1, 10, 10)) == []  # in the order of time
    assert keys(1, booked(1, 10, 9), gift) == []
    # What the ledger held is held, however it came to that balance.
    assert keys(-50, gift) == []
    # A refused one is not spent: the next may be held.
    assert keys(0, booked(1, 10, 9), gift, booked(3, -9, -9, guarded=True, held=True)) == [2]
    assert keys(5, booked(1, 0, -10, guarded=True), booked(2, 0, -5, guarded=True)) == [1]
    assert keys(5, booked(1, -10, -10, guarded=False)) == []
