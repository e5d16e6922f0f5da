import pytest

from app.domain.dialer.dry import Dry, reasons, state, summary
from app.domain.dialer.standing import WORDS, Block
from app.i18n import say


@pytest.mark.row("U27")
@pytest.mark.parametrize(
    ("total", "free", "blocked", "has_next", "expected"),
    [
        (0, 0, (), False, Dry.EMPTY),
        (10, 2, (("GAP", 8),), True, Dry.FREE),
        (10, 0, (("FINAL", 7), ("TRIES", 3)), False, Dry.OVER),
        (10, 0, (("FINAL", 7), ("HOURS", 3)), True, Dry.HOURS),
        (10, 0, (("GAP", 7), ("HOURS", 3)), True, Dry.LATER),
        (10, 0, (("DO_NOT_CALL", 10),), False, Dry.BLOCKED),
        (10, 0, (("DO_NOT_CALL", 0), ("HOURS", 10)), False, Dry.HOURS),
    ],
)
def test_there_is_one_state_whatever_keeps_whom(total, free, blocked, has_next, expected):
    assert state(total, free, blocked, has_next=has_next) is expected


@pytest.mark.row("U26", "U33")
def test_reasons_come_with_their_numbers_the_largest_first():
    found = reasons((("GAP", 3), ("NO_NUMBER", 12), ("HELD", 0)))
    assert [(each.code, each.count, say(each.name)) for each in found] == [
        ("NO_NUMBER", 12, "No number that can be called"),
        ("GAP", 3, "Called a short while ago"),
    ]
    assert say(summary(15, 0)) == "15 customers, none of whom can be called now:"
    assert say(summary(15, 2)) == "2 of 15 customers can be called now."


def test_every_block_but_those_for_good_comes_with_what_can_be_done():
    told = reasons((code, 1) for code in WORDS)
    without = {each.code for each in told if each.advice is None}
    assert without == {Block.FINAL, Block.TRIES, Block.POOL}
