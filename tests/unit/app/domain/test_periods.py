"""The days of the periods that reports offer."""

from datetime import date

import pytest

from app.domain.periods import OWN, code_of, days_of, earlier_months, offered


@pytest.mark.row("U43")
@pytest.mark.parametrize(
    ("code", "today", "days"),
    [
        ("month", date(2028, 2, 29), (date(2028, 2, 1), date(2028, 2, 29))),
        ("month", date(2026, 2, 1), (date(2026, 2, 1), date(2026, 2, 28))),
        ("last-month", date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        ("last-month", date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 31))),
        ("30", date(2026, 3, 1), (date(2026, 1, 31), date(2026, 3, 1))),
        ("365", date(2026, 3, 31), (date(2025, 4, 1), date(2026, 3, 31))),
        ("2025-11", date(2026, 3, 31), (date(2025, 11, 1), date(2025, 11, 30))),
        ("1", date(2026, 3, 31), (date(2026, 3, 31), date(2026, 3, 31))),
        ("all", date(2026, 3, 31), (None, None)),
        (OWN, date(2026, 3, 31), (None, None)),
    ],
)
def test_a_period_is_whole_days_of_whole_months(code, today, days):
    assert days_of(code, today) == days


def test_months_are_offered_back_to_the_first_row():
    offered = earlier_months(date(2025, 11, 30), date(2026, 3, 31))
    assert [code_of(month) for month in offered] == ["2026-01", "2025-12", "2025-11"]
    assert earlier_months(None, date(2026, 3, 31)) == ()


def test_what_is_offered_ends_with_all_the_time_and_days_of_ones_own():
    assert list(offered("month", "30")) == ["month", "30", "all", OWN]
