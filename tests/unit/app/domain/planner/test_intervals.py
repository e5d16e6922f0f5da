"""The algebra of stretches against sets of minutes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.planner.intervals import Interval, covers, gaps, intersect, subtract, union

START = datetime(2026, 3, 27, tzinfo=UTC)
pairs = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda v: (v[0], v[0] + v[1])), max_size=6)


def made(all_pairs: list[tuple[int, int]]) -> list[Interval]:
    return [Interval(START + timedelta(minutes=a), START + timedelta(minutes=b)) for a, b in all_pairs]


def minutes(stretches: tuple[Interval, ...]) -> set[int]:
    found: set[int] = set()
    for each in stretches:
        inside = range((each.start - START) // timedelta(minutes=1), (each.end - START) // timedelta(minutes=1))
        assert not found.intersection(inside), "not disjoint"
        found.update(inside)
    assert list(stretches) == sorted(stretches)
    return found


def as_set(all_pairs: list[tuple[int, int]]) -> set[int]:
    return {minute for a, b in all_pairs for minute in range(a, b)}


@given(pairs, pairs)
def test_union_subtract_and_gaps_are_those_of_the_minutes(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    assert minutes(union(made(first))) == as_set(first)
    assert minutes(subtract(made(first), made(second))) == as_set(first) - as_set(second)
    span = made([(10, 40)])[0]
    assert minutes(gaps(made(first), span)) == set(range(10, 40)) - as_set(first)
    assert minutes(intersect(made(first), span)) == as_set(first) & set(range(10, 40))
    assert covers(made(first), span) == (set(range(10, 40)) <= as_set(first))


def test_no_length_or_no_zone_is_no_interval() -> None:
    with pytest.raises(ValueError):
        Interval(START, START)
    with pytest.raises(ValueError):
        Interval(START.replace(tzinfo=None), START.replace(tzinfo=None) + timedelta(1))
