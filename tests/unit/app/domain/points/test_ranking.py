"""Places of the ranking, and the days that months are compared by."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.periods import last_day_of
from app.domain.points.months import last_days, months_until, same_days_before
from app.domain.points.ranking import Champion, first_places, ranked


def standing(worker_id: int, name: str, *points: str, last: str = "0") -> tuple[int, str, tuple[Decimal, ...], Decimal]:
    return worker_id, name, tuple(map(Decimal, points)), Decimal(last)


@pytest.mark.row("U53", "R-P17")
def test_the_newest_month_decides_and_equal_ones_keep_one_order_whatever_they_come_in():
    standings = [
        standing(5, "Zoe", "900", "10"),
        standing(4, "avi", "0", "20.0000", last="50"),
        standing(3, "Dana", "0", "20", last="50"),
        standing(2, "Avi", "0", "20", last="50"),
        standing(7, "Avi", "0", "20", last="50"),
        standing(1, "Rut", "0", "20", last="60"),
        standing(6, "Noa", "5", "-3.5", last="99"),
        standing(8, "Gil", "0", "0"),
    ]
    expected = [(1, 1), (2, 1), (7, 1), (4, 1), (3, 1), (5, 6), (8, 7), (6, 8)]
    for given in (standings, standings[::-1], standings[3:] + standings[:3]):
        assert [(line.worker_id, line.place) for line in ranked(given)] == expected


@pytest.mark.row("U54")
def test_all_who_are_equal_are_first_and_nobody_is_first_with_nothing():
    scored = [(1, "Rut", Decimal("10.5")), (2, "Avi", Decimal("10.50")), (3, "Dana", Decimal(3))]
    assert first_places(scored) == (Champion(2, "Avi", Decimal("10.5")), Champion(1, "Rut", Decimal("10.5")))
    assert first_places([(1, "Rut", Decimal(0)), (2, "Avi", Decimal(-1))]) == ()
    assert first_places([]) == ()


@pytest.mark.row("R-P17", "U43")
@pytest.mark.parametrize(
    ("today", "count", "months", "since", "until"),
    [
        (date(2026, 1, 1), 3, ["2025-11", "2025-12", "2026-01"], date(2025, 12, 3), date(2025, 12, 1)),
        (date(2026, 3, 31), 1, ["2026-03"], date(2026, 3, 2), date(2026, 2, 28)),
        (date(2024, 3, 29), 2, ["2024-02", "2024-03"], date(2024, 2, 29), date(2024, 2, 29)),
        (date(2026, 11, 23), 2, ["2026-10", "2026-11"], date(2026, 10, 25), date(2026, 10, 23)),
    ],
)
def test_months_and_days_go_over_the_edges_of_months_and_years(
    today: date, count: int, months: list[str], since: date, until: date
):
    assert [f"{month:%Y-%m}" for month in months_until(today, count)] == months
    assert last_days(today) == since
    assert same_days_before(today) == until


def test_a_month_ends_on_its_last_day():
    assert [last_day_of(date(2024, month, 1)).day for month in (2, 11, 12)] == [29, 30, 31]
    assert months_until(date(2026, 11, 30), 60)[0] == date(2021, 12, 1)
