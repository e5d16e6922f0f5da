"""The numbers of the monthly chart."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.points.board import Board, BoardLine

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.mark.row("R-P18")
def test_each_month_has_its_exact_total():
    board = Board(
        (OCTOBER, NOVEMBER),
        (
            BoardLine(1, "Dana", (Decimal("0.1"), Decimal("-5.0001"))),
            BoardLine(2, "Avi", (Decimal("0.2"), Decimal("0.0001"))),
        ),
    )
    assert board.totals == (Decimal("0.3"), Decimal(-5))
    assert board.line(2) is board.lines[1]
    assert board.line(3) is None


@pytest.mark.parametrize("months", [(NOVEMBER, OCTOBER), (OCTOBER, OCTOBER), (date(2026, 10, 2),)])
def test_months_are_first_days_in_their_order(months):
    with pytest.raises(ValueError, match="months"):
        Board(months, ())


def test_a_line_has_every_month():
    with pytest.raises(ValueError, match="every month"):
        Board((OCTOBER, NOVEMBER), (BoardLine(1, "Dana", (Decimal(1),)),))
