"""The judge against a model that asks every single minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import i18n
from app.domain.planner import (
    Busy,
    Code,
    EnabledType,
    Facts,
    Interval,
    Kind,
    OffTime,
    Placement,
    Policy,
    Seen,
    Segment,
    Snap,
    TechnicianFacts,
    VisitState,
    check,
    compute_runs,
    free_technicians,
    is_refused,
    nearest_legal,
    utilisation,
)

START = datetime(2026, 11, 24, tzinfo=UTC)
SPAN = 12 * 60  # minutes of the small world the properties live in
DAVID, AVI, DANA = 1, 2, 3


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def stretch(first: int, last: int) -> Interval:
    return Interval(at(first), at(last))


def stretches(longest: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, SPAN - 1), st.integers(1, longest)).map(lambda v: (v[0], min(v[0] + v[1], SPAN)))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Facts, Placement]:
    """A technician with presences at sites, absences, holidays and visits that do not overlap, and one wish."""
    presences = draw(st.lists(st.tuples(stretches(300), st.sampled_from([None, 7, 8])), max_size=4))
    absences = draw(st.lists(stretches(90), max_size=2))
    holidays = draw(st.lists(stretches(90), max_size=1))
    cuts = sorted(draw(st.sets(st.integers(0, SPAN), max_size=8)))
    visits = [
        Busy(n + 1, stretch(a, b), f"visit {n}") for n, (a, b) in enumerate(zip(cuts[::2], cuts[1::2], strict=False))
    ]
    technician = TechnicianFacts.of(
        DAVID,
        "David",
        presences=[Segment(stretch(*when), site) for when, site in presences],
        absences=[OffTime(stretch(*when), "sick") for when in absences],
        holidays=[OffTime(stretch(*when), "Hanukkah") for when in holidays],
        busy=visits,
        enabled=[EnabledType(5)] if draw(st.booleans()) else [],
    )
    facts = Facts(
        now=at(draw(st.integers(0, SPAN // 2))),
        technicians={DAVID: technician},
        site_policy=draw(st.sampled_from(Policy)),
        past_policy=draw(st.sampled_from(Policy)),
    )
    first, last = draw(stretches(120))
    moving = draw(st.sampled_from([None, *(visit.visit_id for visit in visits)]))
    wish = Placement(
        DAVID, at(first), at(last), draw(st.sampled_from([None, 5])), draw(st.sampled_from([None, 7])), moving
    )
    return facts, wish


def refused_by_minutes(wish: Placement, facts: Facts) -> bool:
    """The rules again, naively: every minute of the wish must be white, free and at the right site."""
    technician = facts.technicians[wish.technician_id]
    minute = wish.start
    while minute < wish.end:
        here = [run for run in technician.runs if run.start <= minute < run.end]
        if not any(run.is_white for run in here) or any(not run.is_white for run in here):
            return True
        if any(v.interval.start <= minute < v.interval.end and v.visit_id != wish.visit_id for v in technician.busy):
            return True
        sites = {site for run in here for site in run.site_ids}
        if facts.site_policy is Policy.REFUSE and wish.site_id is not None and not sites & {None, wish.site_id}:
            return True
        minute += timedelta(minutes=1)
    if facts.past_policy is Policy.REFUSE and wish.start < facts.now:
        return True
    return wish.activity_type_id is not None and wish.activity_type_id not in technician.enabled


@pytest.mark.row("R-T31", "U56", "U57", "Q16")
@given(worlds())
@settings(max_examples=300)
def test_accepts_exactly_what_no_minute_speaks_against(world: tuple[Facts, Placement]) -> None:
    facts, wish = world
    assert is_refused(check(wish, facts)) == refused_by_minutes(wish, facts)


@pytest.mark.row("R-T31")
@given(worlds(), st.sampled_from([1, 15]))
@settings(max_examples=200)
def test_nearest_slot_is_legal_and_nothing_legal_is_nearer(world: tuple[Facts, Placement], minutes: int) -> None:
    facts, wish = world
    snap = Snap(UTC, minutes)
    length = wish.end - wish.start
    legal = [
        start
        for start in (at(minute) for minute in range(0, SPAN, minutes))
        if start + length <= at(SPAN) and not refused_by_minutes(wish.at(start), facts)
    ]
    found = nearest_legal(wish, facts, snap)
    assert found.before == max((start for start in legal if start <= wish.start), default=None)
    assert found.after == min((start for start in legal if start >= wish.start), default=None)
    if legal:
        assert found.nearest is not None
        assert abs(found.nearest - wish.start) == min(abs(start - wish.start) for start in legal)


@given(
    st.lists(st.tuples(stretches(300), st.sampled_from([None, 7])), max_size=5),
    st.lists(stretches(200), max_size=3),
    st.lists(stretches(200), max_size=2),
)
@pytest.mark.row("R-T30", "R-T22")
def test_runs_are_disjoint_and_white_is_presence_without_time_off(
    presences: list[tuple[tuple[int, int], int | None]],
    absences: list[tuple[int, int]],
    holidays: list[tuple[int, int]],
) -> None:
    runs = compute_runs(
        [Segment(stretch(*when), site) for when, site in presences],
        [OffTime(stretch(*when), "sick") for when in absences],
        [OffTime(stretch(*when), "feast") for when in holidays],
    )
    assert all(first.end <= second.start for first, second in pairwise(runs))
    for minute in range(0, SPAN, 7):
        run = next((each for each in runs if each.start <= at(minute) < each.end), None)
        sites = {site for (a, b), site in presences if a <= minute < b}
        if any(a <= minute < b for a, b in absences):
            assert run is not None
            assert run.label == "sick"
        elif any(a <= minute < b for a, b in holidays):
            assert run is not None
            assert run.label == "feast"
        elif sites:
            assert run is not None
            assert run.is_white
            assert run.site_ids == sites
        else:
            assert run is None


@pytest.fixture
def facts() -> Facts:
    """David works 8 to 16 with lunch from 12 to 13, has Cohen at 10:00; Avi is sick from 9 to 11."""
    day = [Segment(stretch(480, 720), 7), Segment(stretch(780, 960), 8)]
    david = TechnicianFacts.of(
        DAVID, "David", presences=day, busy=[Busy(11, stretch(600, 660), "Cohen", "Rina")], enabled=[EnabledType(5)]
    )
    sick = [OffTime(stretch(540, 660), "sick")]
    avi = TechnicianFacts.of(AVI, "Avi", presences=day, absences=sick, enabled=[EnabledType(5)])
    limited = EnabledType(5, date(2026, 11, 25), date(2026, 11, 25))
    dana = TechnicianFacts.of(DANA, "Dana", presences=day, enabled=[limited])
    return Facts(
        now=at(0),
        technicians={DAVID: david, AVI: avi, DANA: dana},
        type_names={5: "Boiler"},
        site_names={7: "North", 8: "South"},
        states={11: VisitState(4, "Rina", "David", at(600), at(420), Seen(DAVID, at(600), at(660), "new"), "New")},
    )


def words(wish: Placement, facts: Facts) -> list[str]:
    return [i18n.say(each.message()) for each in check(wish, facts)]


@pytest.mark.row("R-T31", "U56")
def test_overlap_names_the_other_bar_who_set_it_and_the_free_gap(facts: Facts) -> None:
    (broken,) = check(Placement(DAVID, at(630), at(690)), facts)
    assert (broken.code, broken.kind, broken.blocks) == (Code.OVERLAP, Kind.HARD, True)
    assert i18n.say(broken.message()) == "10:00 is taken by Cohen"
    assert (broken.fields["set_by"], broken.fields["visit_id"]) == ("Rina", 11)
    assert broken.fields["free"] == stretch(660, 720)


def test_touching_is_not_overlapping_and_a_bar_does_not_stand_in_its_own_way(facts: Facts) -> None:
    assert check(Placement(DAVID, at(540), at(600)), facts) == ()
    assert check(Placement(DAVID, at(660), at(720)), facts) == ()
    assert check(Placement(DAVID, at(615), at(675), visit_id=11), facts) == ()


@pytest.mark.row("U57", "R-T30")
def test_whole_length_is_judged_not_only_the_start(facts: Facts) -> None:
    (broken,) = check(Placement(AVI, at(510), at(720)), facts)
    assert (broken.code, broken.interval) == (Code.GREY_ABSENCE, stretch(540, 660))
    assert i18n.say(broken.message()) == "Avi is absent 09:00–11:00: sick"
    assert words(Placement(DAVID, at(690), at(750)), facts) == ["David is not there 12:00–12:30"]


@pytest.mark.row("U58")
def test_absence_is_personal(facts: Facts) -> None:
    wish = Placement(AVI, at(540), at(600), 5)
    assert is_refused(check(wish, facts))
    assert check(replace(wish, technician_id=DAVID), facts) == ()
    assert [each.name for each in free_technicians(wish, facts)] == ["David"]


@pytest.mark.row("R-T21")
def test_type_must_be_enabled_on_that_day(facts: Facts) -> None:
    wish = Placement(DANA, at(480), at(540), 5)
    assert words(wish, facts) == ["Dana is not enabled for Boiler"]
    assert nearest_legal(wish, facts, Snap()).nearest is None
    assert facts.technicians[DANA].may_do(5, date(2026, 11, 25))
    assert not facts.technicians[DANA].may_do(5, date(2026, 11, 26))


@pytest.mark.row("R-T22")
def test_site_refuses_or_warns_as_the_company_wants(facts: Facts) -> None:
    wish = Placement(DAVID, at(480), at(540), site_id=8)
    assert words(wish, facts) == ["David is at North at 08:00"]
    assert is_refused(check(wish, facts))
    assert nearest_legal(wish, facts, Snap()).nearest == at(780)
    assert not is_refused(check(wish, replace(facts, site_policy=Policy.WARN)))
    assert check(wish, replace(facts, site_policy=Policy.IGNORE)) == ()


def test_hard_comes_before_policy_and_then_the_earlier(facts: Facts) -> None:
    late = replace(facts, now=at(640))
    found = check(Placement(DAVID, at(570), at(800), site_id=7), late)
    assert [each.code for each in found] == [Code.OVERLAP, Code.GREY_NO_PRESENCE, Code.SITE, Code.PAST]
    assert [each.blocks for each in found] == [True, True, True, False]


def test_stale_tells_who_and_where_it_is_now(facts: Facts) -> None:
    (broken,) = check(Placement(DAVID, at(480), at(540), visit_id=11, version=3), facts)
    assert broken.code is Code.STALE
    said = i18n.say(broken.message())
    assert "Rina" in said
    assert "10:00" in said
    assert "07:00" in said
    assert check(Placement(DAVID, at(480), at(540), visit_id=11, version=4), facts) == ()


def test_only_what_a_placing_changes_makes_it_stale(facts: Facts) -> None:
    def said(seen: Seen) -> list[str]:
        return words(Placement(DAVID, at(480), at(540), visit_id=11, version=3, seen=seen), facts)

    assert said(Seen(DAVID, at(600), at(660), "new")) == [], "only its words were changed since version 3"
    assert said(Seen(DAVID, at(600), at(660), "done")) == [
        "Rina changed the state of this visit at 07:00: it is now New"
    ]
    for other in (Seen(DAVID + 1, at(600), at(660), "new"), Seen(DAVID, at(600), at(690), "new")):
        (told,) = said(other)
        assert told.startswith("Rina changed this visit at 07:00: it is now with David")


def test_words_speak_in_the_zone_of_the_company(facts: Facts) -> None:
    said = words(Placement(DAVID, at(630), at(690)), replace(facts, zone=ZoneInfo("Asia/Jerusalem")))
    assert said == ["12:00 is taken by Cohen"]


def test_a_stranger_is_nowhere_and_no_length_is_no_visit(facts: Facts) -> None:
    (broken,) = check(Placement(99, at(480), at(540)), facts)
    assert broken.code is Code.GREY_NO_PRESENCE
    with pytest.raises(ValueError):
        check(Placement(DAVID, at(480), at(480)), facts)


@pytest.mark.row("R-T20")
def test_utilisation_counts_booked_white_time_once(facts: Facts) -> None:
    david = facts.technicians[DAVID]
    booked = [stretch(600, 660), stretch(630, 660), stretch(700, 800)]
    assert utilisation(david.runs, booked, stretch(0, SPAN * 2)) == round(100 * (60 + 20 + 20) / 420)
    assert utilisation((), booked, stretch(0, SPAN)) is None
