"""The months of the chart, and the stretches of days it is compared by: days are those of the company."""

from datetime import date, timedelta

__all__ = ["LAST_DAYS", "last_day_of", "last_days", "month_of", "months_until", "same_days_before"]

LAST_DAYS = 30
"""Today and the days before it that stand beside the month."""


def month_of(day: date, after: int = 0) -> date:
    """The first day of the month of a day, or of one so many months after it."""
    number = day.year * 12 + day.month - 1 + after
    return date(number // 12, number % 12 + 1, 1)


def last_day_of(month: date) -> date:
    """The last day of the month of a day."""
    return month_of(month, 1) - timedelta(days=1)


def months_until(today: date, count: int) -> tuple[date, ...]:
    """So many months by their first days, the oldest first; the last one is that of today."""
    return tuple(month_of(today, after) for after in range(1 - count, 1))


def last_days(today: date) -> date:
    """The first of the LAST_DAYS days that end today."""
    return today - timedelta(days=LAST_DAYS - 1)


def same_days_before(today: date) -> date:
    """The last of the days of the month before that the days of this month until today are held against.

    As many days as this month has had, today among them; all of a month that is shorter.
    """
    before = month_of(today, -1)
    return min(before + timedelta(days=today.day - 1), last_day_of(before))
