"""Stored reasons in words: a sentence for every rule, from the facts alone, as they are stored."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app import i18n
from app.domain.processes import reasons
from app.domain.processes.routing import Candidate, Rule, choose, reason

NOW = datetime(2031, 11, 24, 9, tzinfo=UTC)
DANA, AVI, NOA = (Candidate(number, name, 2) for number, name in ((1, "Dana"), (2, "Avi"), (3, "Noa")))


def with_(candidate: Candidate, **facts: object) -> Candidate:
    from dataclasses import replace

    return replace(candidate, **facts)  # type: ignore[arg-type]


def told(*people: Candidate, is_linked: bool = False, keeps_absent: bool = False, **facts: object) -> list[str]:
    """What is said of the choice among these people, after the facts lay in the database."""
    i18n.use("en")
    rule = choose(people, is_linked=is_linked, keeps_absent=keeps_absent).rule
    stored = json.loads(json.dumps(reason(rule, profile="Service", stage="Quote", candidates=people, **facts)))  # type: ignore[arg-type]
    return [i18n.say(each) for each in reasons.tell(rule, stored)]


@pytest.mark.row("F2", "U15")
def test_fewest_open_tasks_are_told_with_their_number_among_those_who_are_in():
    people = (with_(DANA, open_tasks=1), AVI, NOA, with_(NOA, user_id=4, name="Gil", is_absent=True))
    assert told(*people) == [
        "It went to Dana: fewest open tasks (1), 3 people with the profile “Service” are in.",
        "1 person with this profile is away.",
    ]


def test_a_tie_is_told_by_the_longest_time_since_the_last_automatic_choice():
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    said = told(with_(DANA, chosen_at=late), with_(AVI, chosen_at=early), counts_waiting=False)
    assert said[0].startswith("It went to Avi: fewest open tasks (2), 2 people")
    assert said[1:] == [
        "2 people have equally few; the last automatic task of Avi is the longest ago.",
        "Tasks that wait for others are not counted.",
    ]
    assert told(with_(DANA, chosen_at=late), AVI)[1] == (
        "2 people have equally few; Avi never got a task automatically before."
    )


def test_an_earlier_handler_is_told_and_that_there_were_several():
    said = told(DANA, with_(AVI, handled_at=NOW), with_(NOA, handled_at=NOW - timedelta(days=1)))
    assert said == [
        "It went to Avi, the earlier handler of this task.",
        "2 people handled it before; this was the most recent one.",
    ]


def test_who_keeps_a_task_though_away_is_named_from_the_facts():
    said = told(with_(DANA, handled_at=NOW, is_absent=True), with_(AVI, is_active=False), keeps_absent=True)
    assert said == [
        "It went to Dana, the earlier handler of this task.",
        "1 person with this profile is away.",
        "1 person with this profile is no longer active.",
    ]


def test_the_last_to_serve_and_the_only_one_are_told():
    assert told(DANA, with_(AVI, served_at=NOW), is_linked=True) == ["It went to Avi, the last to serve this customer."]
    assert told(DANA)[0] == "It went to Dana: nobody else with the profile “Service” is in."


def test_what_went_to_the_administrator_says_why():
    i18n.use("en")
    nobody = reason(Rule.NOBODY, profile="Service", candidates=[with_(AVI, is_absent=True)])
    assert [i18n.say(each) for each in reasons.tell("nobody", nobody, "Sara")] == [
        "Nobody with the profile “Service” is in, so it went to the administrator, Sara.",
        "1 person with this profile is away.",
        "When somebody with this profile comes in, it is handed over again.",
    ]
    without = reason(Rule.NO_PROFILE, stage="Intake")
    assert i18n.say(reasons.tell("no_profile", without, "Sara")[0]) == (
        "The stage “Intake” names no profile, so it went to the administrator, Sara."
    )


@pytest.mark.row("U9")
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_has_a_heading_and_a_sentence_even_without_facts(rule: Rule):
    i18n.use("en")
    for said in (reasons.short(rule, {}, "Dana"), *reasons.tell(rule, {}, "Dana"), reasons.RULES[rule]):
        text = i18n.say(said)
        assert text
        assert "{" not in text
    assert i18n.say(reasons.short("a rule of tomorrow", {}, "Dana")) == "It went to Dana."
