"""What a check of the ledger finds wrong, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, counted, message


class Wrong(StrEnum):
    """What does not agree: a total with its rows, or a row with what it comes from."""

    DAY = "day"
    DAY_ROWS = "day_rows"
    BALANCE = "balance"
    EARNED = "earned"
    REDEEMED = "redeemed"
    BALANCE_ROWS = "balance_rows"
    NOWHERE = "nowhere"
    NO_DAY = "no_day"
    STEP = "step"
    SETTING = "setting"
    ELSEWHERE = "elsewhere"
    REVERSAL = "reversal"
    REVERSED = "reversed"
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them. `id` is the worker, customer, row or step; `kept` stands there, `counted` is what it should be."""

    kind: str
    id: int
    day: date | None = None
    kept: Decimal | None = None
    counted: Decimal | None = None
    name: str = ""


_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Wrong.DAY: N_("{name} on {day}: {kept} points are kept, the rows come to {counted}."),
        Wrong.DAY_ROWS: N_("{name} on {day}: the total was made of {kept} rows, there are {counted}."),
        Wrong.BALANCE: N_("Balance of {name}: {kept} points are kept, the rows come to {counted}."),
        Wrong.EARNED: N_("Earned by {name}: {kept} points are kept, the rows come to {counted}."),
        Wrong.REDEEMED: N_("Redeemed by {name}: {kept} points are kept, the rows come to {counted}."),
        Wrong.BALANCE_ROWS: N_("Balance of {name}: the total was made of {kept} rows, there are {counted}."),
        Wrong.NOWHERE: N_("Row {number} comes neither from a step nor from a reversal."),
        Wrong.NO_DAY: N_("{name}: a day stands in the wrong month ({day})."),
        Wrong.STEP: N_("Row {number} does not agree with the step it comes from."),
        Wrong.SETTING: N_("Row {number} does not have the points of its stage's setting."),
        Wrong.ELSEWHERE: N_("Row {number} stands on a day on which it was not written."),
        Wrong.REVERSAL: N_("Row {number} is not the exact opposite of the row it reverses."),
        Wrong.REVERSED: N_("Row {number} was reversed more than once."),
        Wrong.UNSCORED: N_("Step {number} should have scored, and has no row."),
    }
)
_NOBODY = message(N_("Nobody"))


def words(difference: Difference) -> Message:
    """The difference as a sentence; `{number}` is the row's or step's own."""
    text = _WORDS.get(difference.kind, _WORDS[Wrong.NOWHERE])
    return message(
        text,
        name=difference.name or _NOBODY,
        day=difference.day,
        kept=_points(difference.kept),
        counted=_points(difference.counted),
        number=str(difference.id),
    )


def outcome(entries: int, wrong: int) -> Message:
    """What a check came to, with how many rows it looked at."""
    rows = counted("{count} row checked", "{count} rows checked", entries)
    if not wrong:
        return message(N_("{rows}: every total is what its rows come to."), rows=rows)
    found = counted("{count} difference was found.", "{count} differences were found.", wrong)
    return message(N_("{rows}: {differences}"), rows=rows, differences=found)


def _points(points: Decimal | None) -> Decimal:
    return Decimal(0) if points is None else points
