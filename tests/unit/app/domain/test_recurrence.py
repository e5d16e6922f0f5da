"""Recurrence between form and RFC 5545 text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters import recurrence as rules
from app.domain.recurrence import Recurrence, Unit, from_rrule

EVERY = st.integers(1, 99)
WEEKLY = st.builds(
    Recurrence, st.just(Unit.WEEKS), EVERY, st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
)
MONTHLY = st.builds(Recurrence, st.just(Unit.MONTHS), EVERY, st.just(()), st.integers(1, 31) | st.just(-1))
NTH = st.builds(
    Recurrence, st.just(Unit.MONTHS), EVERY, st.tuples(st.integers(0, 6)), st.none(), st.sampled_from([1, 2, 3, 4, -1])
)


@pytest.mark.row("R-T22", "R-T23")
@given(st.builds(Recurrence, st.just(Unit.DAYS), EVERY) | WEEKLY | MONTHLY | NTH)
def test_what_the_form_writes_it_reads_again_and_the_calendar_understands(recurrence: Recurrence) -> None:
    text = recurrence.to_rrule()
    assert from_rrule(text) == recurrence
    rules.refuse_unusable(text)


@pytest.mark.parametrize(
    "text", ["", "FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=MO;BYMONTH=5", "FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=MO", "nonsense"]
)
def test_a_rule_that_says_more_than_the_form_can_is_left_alone(text: str) -> None:
    assert from_rrule(text) is None
