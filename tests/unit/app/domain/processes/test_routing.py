from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.processes.routing import Candidate, Choice, Rule, choose, ranked, reason

DAY = datetime(2031, 11, 24, tzinfo=UTC)


def person(number: int, tasks: int = 0, **facts: object) -> Candidate:
    return Candidate(number, f"P{number}", tasks, **facts)  # type: ignore[arg-type]


@pytest.mark.row("R-F11")
def test_the_fewest_open_tasks_win():
    assert choose([person(1, 3), person(2, 1), person(3, 2)]) == Choice(Rule.FEWEST, 2)


@pytest.mark.row("Q1")
def test_equal_ones_take_turns_and_then_follow_their_numbers():
    earlier, later = DAY, DAY + timedelta(hours=1)
    assert choose([person(1, 1, chosen_at=later), person(2, 1, chosen_at=earlier)]).user_id == 2
    assert choose([person(1, 1, chosen_at=later), person(2, 1)]).user_id == 2
    assert choose([person(2, 1), person(1, 1)]).user_id == 1


@pytest.mark.row("R-F12", "Q2")
def test_an_earlier_handler_of_this_task_outranks_the_count_and_the_later_of_two_wins():
    busy = person(1, 90, handled_at=DAY)
    busier = person(2, 99, handled_at=DAY + timedelta(hours=2))
    assert choose([person(3, 0), busy, busier]) == Choice(Rule.EARLIER_HANDLER, 2)


@pytest.mark.row("R-F13")
def test_a_linked_task_goes_to_who_served_this_customer_last_and_only_a_linked_one():
    people = [person(1, 9, served_at=DAY), person(2, 9, served_at=DAY + timedelta(days=1)), person(3, 0)]
    assert choose(people, is_linked=True) == Choice(Rule.LAST_SERVED, 2)
    assert choose(people) == Choice(Rule.FEWEST, 3)
    assert choose([person(1, 2), person(2, 1)], is_linked=True) == Choice(Rule.FEWEST, 2)
    assert choose([person(7, 5, served_at=DAY)], is_linked=True) == Choice(Rule.ONLY_ONE, 7)


@pytest.mark.row("Q5")
def test_who_is_away_is_passed_over_also_as_earlier_handler_unless_the_company_keeps_him():
    away = person(1, 0, handled_at=DAY, is_absent=True)
    others = [person(2, 5), person(3, 6)]
    assert choose([away, *others]) == Choice(Rule.FEWEST, 2)
    assert choose([away, *others], keeps_absent=True) == Choice(Rule.EARLIER_HANDLER, 1)
    gone = person(1, 0, handled_at=DAY, is_active=False)
    assert choose([gone, *others], keeps_absent=True) == Choice(Rule.FEWEST, 2)


@pytest.mark.row("Q3")
def test_nobody_in_is_said_and_not_guessed():
    assert choose([]) == Choice(Rule.NOBODY, None)
    assert choose([person(1, is_absent=True), person(2, is_active=False)]) == Choice(Rule.NOBODY, None)


PEOPLE = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 40),
        st.just("P"),
        st.integers(0, 5),
        chosen_at=st.none() | st.integers(0, 5).map(lambda hours: DAY + timedelta(hours=hours)),
        handled_at=st.none() | st.integers(0, 5).map(lambda hours: DAY + timedelta(hours=hours)),
        served_at=st.none() | st.integers(0, 5).map(lambda hours: DAY + timedelta(hours=hours)),
        is_active=st.booleans(),
        is_absent=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.user_id,
)


@given(PEOPLE, st.booleans(), st.booleans(), st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_the_rows(people, is_linked, keeps, random):
    choice = choose(people, is_linked=is_linked, keeps_absent=keeps)
    mixed = list(people)
    random.shuffle(mixed)
    assert choose(mixed, is_linked=is_linked, keeps_absent=keeps) == choice


@given(PEOPLE, st.booleans())
def test_whoever_is_chosen_is_active_and_in_and_nobody_who_could_has_fewer(people, is_linked):
    choice = choose(people, is_linked=is_linked)
    there = [each for each in people if each.is_active and not each.is_absent]
    if choice.user_id is None:
        assert there == []
        return
    chosen = next(each for each in people if each.user_id == choice.user_id)
    assert chosen in there
    if choice.rule is Rule.FEWEST:
        assert all(chosen.open_tasks <= each.open_tasks for each in there)
    assert choice.rule is not Rule.LAST_SERVED or is_linked


def test_the_stored_reason_lists_people_in_the_order_of_the_choice():
    people = [person(1, 4), person(2, 1), person(3, 0, is_absent=True)]
    assert [each.user_id for each in ranked(people)] == [2, 1, 3]
    stored = reason(Rule.FEWEST, profile="Service", stage="Quote", candidates=people)
    assert [(each["user"], each["open"], each["absent"]) for each in stored["candidates"]] == [
        (2, 1, False),
        (1, 4, False),
        (3, 0, True),
    ]
