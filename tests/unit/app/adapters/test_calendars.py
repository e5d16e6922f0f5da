"""Rules of days and public holidays, as the libraries give them."""

from datetime import date

import pytest

from app.adapters import recurrence
from app.adapters.holidays import public_holidays


@pytest.mark.row("R-T22")
def test_a_range_holds_its_first_day_and_not_its_last() -> None:
    found = recurrence.days("FREQ=DAILY", date(2031, 1, 1), date(2031, 1, 10), date(2031, 1, 8), date(2031, 1, 20))
    assert [day.day for day in found] == [8, 9, 10]
    assert recurrence.days("FREQ=DAILY", date(2031, 1, 1), None, date(2031, 1, 8), date(2031, 1, 10)) == (
        date(2031, 1, 8),
        date(2031, 1, 9),
    )
    assert recurrence.days("FREQ=DAILY", date(2031, 1, 1), date(2031, 1, 2), date(2031, 1, 8), date(2031, 1, 9)) == ()


def test_a_month_without_that_day_is_left_out() -> None:
    found = recurrence.days("FREQ=MONTHLY;BYMONTHDAY=31", date(2031, 1, 31), None, date(2031, 1, 1), date(2031, 6, 1))
    assert [day.month for day in found] == [1, 3, 5]


@pytest.mark.parametrize(
    "text", ["FREQ=MINUTELY", "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;COUNT=2", "BYDAY=MO", "FREQ=DAILY;BYDAY=ZZ"]
)
def test_a_rule_that_is_not_one_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        recurrence.refuse_unusable(text)


@pytest.mark.row("R-T30")
def test_holidays_are_named_in_the_languages_there_are() -> None:
    found = {each.day: each.names for each in public_holidays("IL", None, [2031])}
    assert found[date(2031, 9, 27)]["en"] == "Yom Kippur"
    assert found[date(2031, 9, 27)]["he"] == "יום כיפור"
    italian = {each.day: each.names for each in public_holidays("IT", None, [2031, 2032])}
    assert italian[date(2032, 12, 25)]["it"] == "Natale"
    assert public_holidays("XX", None, [2031]) == ()
