"""What the page at home says of its numbers."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.points.board import Board, BoardLine
from app.domain.points.ranking import Champion
from app.services.points.access import Access
from app.services.points.board import Scores
from ui.kit.bidi import bare
from ui.points.home import words

NONE = Decimal(0)


def scores(points: str, before: str, today: date = date(2026, 3, 31), recent: str = "0", **values: Any) -> Scores:
    month = today.replace(day=1)
    board = Board((month,), (BoardLine(1, "Dana", (Decimal(points),), Decimal(recent)),))
    given: dict[str, Any] = {"is_team": False, "is_begun": bool(Decimal(points)), "access": Access(own=True)} | values
    return Scores(board=board, today=today, day_left=timedelta(hours=1), before=Decimal(before), **given)


@pytest.mark.row("R-P17")
@pytest.mark.parametrize(
    ("points", "before", "today", "said"),
    [
        ("12.5", "2", date(2026, 11, 23), "10.5 more than on the first 23 days of October 2026"),
        ("-3", "2", date(2026, 11, 2), "5 fewer than on the first 2 days of October 2026"),
        ("2", "2.0000", date(2026, 1, 1), "As many as on the first day of December 2025"),
        ("2", "-1", date(2026, 3, 31), "3 more than on the first 28 days of February 2026"),
        ("0", "0", date(2026, 3, 31), ""),
    ],
)
def test_the_month_is_held_against_as_many_days_of_the_month_before_and_it_says_which(
    points: str, before: str, today: date, said: str
):
    assert bare(words.change(scores(points, before, today))) == said


@pytest.mark.row("U52", "U53")
def test_who_has_no_points_is_told_something_kind_and_only_then():
    assert words.kind_word(scores("0", "5", is_begun=True)) == "", "plus and minus are points too"
    assert "last 30 days" in words.kind_word(scores("0", "5", recent="5"))
    for is_team in (False, True):
        assert words.kind_word(scores("0", "0", is_team=is_team)).startswith("No points yet this month.")


@pytest.mark.row("U54", "U55")
def test_all_first_ones_are_named_and_how_many_are_left_out_only_to_whoever_sees_all():
    first = tuple(Champion(number, name, Decimal("7.5")) for number, name in enumerate(("Avi", "Dana", "Noa")))
    found = scores("0", "0", champions=first, is_team=True, unranked=2, access=Access(own=True, team=True))
    assert bare(words.first_names(found)) == "Avi, Dana, Noa"
    assert bare(words.first_title(found)) == "First in February 2026 with 7.5"
    assert words.left_out(found) == ""
    manager = scores("0", "0", is_team=True, unranked=2, access=Access(own=True, team=True, rows=True))
    assert words.left_out(manager) == "2 people are not ranked and not in these numbers."
