"""The desk's machine: what it may never do whatever happens, and the ways through a contact."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dialer.desk import EVENTS, step
from app.domain.dialer.desk_events import (
    IN_CALL,
    OPEN,
    AtDesk,
    Call,
    CallerRings,
    CallStands,
    CallWanted,
    DeskRules,
    Dialled,
    Do,
    Effect,
    Finished,
    HangUp,
    KeyPressed,
    Loaded,
    LoadFailed,
    Lost,
    Next,
    Nobody,
    NotSaved,
    Pause,
    ResultGiven,
    Resumed,
    RulesChanged,
    SignedIn,
    SignOut,
    Skip,
    Skipped,
    State,
    TakeCaller,
    Timer,
    TimeUp,
    Unpause,
)

BY_HAND = DeskRules(1, calls_automatically=False, call_delay_seconds=5, alert_after_seconds=60, wrap_up_seconds=0)
AUTOMATIC = replace(BY_HAND, calls_automatically=True)

_RULES = st.builds(
    DeskRules,
    st.sampled_from([1, 2]),
    st.booleans(),
    st.sampled_from([0, 5]),
    st.sampled_from([0, 60]),
    st.sampled_from([0, 20]),
)
_MADE = {
    SignedIn: st.builds(SignedIn, _RULES),
    RulesChanged: st.builds(RulesChanged, _RULES),
    Next: st.builds(Next, st.sampled_from([None, 7])),
    Loaded: st.builds(Loaded, st.sampled_from(["a", "b", "c"])),
    Resumed: st.builds(Resumed, st.sampled_from(["a", "b", "c"]), st.booleans()),
    LoadFailed: st.builds(LoadFailed, st.booleans()),
    TimeUp: st.builds(TimeUp, st.sampled_from(Timer)),
    CallStands: st.builds(CallStands, st.sampled_from(Call)),
    Pause: st.builds(Pause, st.sampled_from([None, 3])),
    TakeCaller: st.builds(TakeCaller, st.sampled_from([None, 7])),
}
ANY = st.one_of([_MADE.get(kind, st.builds(kind)) for kind in EVENTS])
_CALLS = [CallWanted(), Dialled(), CallStands(Call.TALKING), CallStands(Call.ENDED), TimeUp(Timer.COUNTDOWN)]
_ENDS = [ResultGiven(), Finished(), ResultGiven(), Finished(), Skip(), Skipped()]
USUAL = st.sampled_from([Next(), Loaded("a"), Loaded("b"), *_CALLS, *_ENDS])
SHIFTS = st.builds(lambda rules, rest: [SignedIn(rules), Next(), *rest], _RULES, st.lists(USUAL | ANY, max_size=60))
"""What may happen to a desk, the usual more often than the strange."""


def run(desk: AtDesk, *events: object) -> tuple[AtDesk, list[Effect]]:
    """The desk after the events, and all that it wanted done."""
    wanted: list[Effect] = []
    for event in events:
        desk, effects = step(desk, event)
        wanted += effects
    return desk, wanted


def reading(rules: DeskRules = BY_HAND) -> AtDesk:
    """A desk with a customer who waits for a key."""
    return run(AtDesk(), SignedIn(rules), Next(), Loaded("a"))[0]


def finish(desk: AtDesk) -> tuple[AtDesk, list[Effect]]:
    """A result, saved."""
    return run(desk, ResultGiven(), Finished())


# --- Whatever happens


@given(SHIFTS)
def test_a_desk_stays_whole_whatever_happens(events):
    desk, running = AtDesk(), set()
    for event in events:
        before = desk
        if isinstance(event, TimeUp):
            running.discard(event.timer)
        desk, effects = step(desk, event)
        for effect in effects:
            if effect.do is Do.START:
                assert effect.seconds > 0
                running.add(effect.timer)
            elif effect.do is Do.STOP:
                running.discard(effect.timer)
        assert running == desk.timers
        assert desk.is_open == (desk.state in OPEN)
        assert desk.is_open or Timer.ALERT not in desk.timers
        assert (desk.state is State.COUNTING) == (Timer.COUNTDOWN in desk.timers)
        assert desk.rules is not None or desk.state is State.SIGNED_OUT
        asked = [effect.do for effect in effects]
        if Do.LOAD in asked:
            assert desk.state is State.LOADING
            assert not desk.is_open
        if Do.FINISH in asked or Do.SKIP in asked:
            assert desk.is_sending
            assert not before.is_sending
        if desk.state is State.PAUSED:
            assert not desk.is_open


@given(SHIFTS)
@pytest.mark.row("R-D6", "Q18")
def test_it_dials_by_itself_only_after_a_result_or_at_a_key_that_asks_for_the_next(events):
    """Never after a skip, nor when somebody comes of himself after an empty queue."""
    desk, is_earned = AtDesk(), False
    for event in events:
        before = desk
        desk, effects = step(desk, event)
        if isinstance(event, Finished) and before.is_sending:
            is_earned = True
        if isinstance(event, Next) and event.customer_id is None and desk.state is State.LOADING:
            is_earned = True
        dials = any(effect.do is Do.DIAL for effect in effects)
        if dials and not isinstance(event, CallWanted):
            assert is_earned
            assert desk.rules is not None
        counts = any(effect.timer is Timer.COUNTDOWN and effect.do is Do.START for effect in effects)
        if counts:
            assert is_earned
            assert desk.rules is not None
            assert desk.rules.calls_automatically
        if (dials and not isinstance(event, CallWanted)) or (before.is_open and not desk.is_open):
            is_earned = isinstance(event, Finished)


@given(SHIFTS)
def test_no_customer_is_dialled_who_is_lost_or_sent_off(events):
    desk = AtDesk()
    for event in events:
        desk, effects = step(desk, event)
        if any(effect.do is Do.DIAL for effect in effects):
            assert desk.is_open
            assert not desk.is_lost
            assert not desk.is_sending


@given(SHIFTS, st.sampled_from(["a", "b"]))
def test_a_customer_nobody_waits_for_is_let_go(events, contact):
    desk, _effects = run(AtDesk(), *events)
    after, effects = step(desk, Loaded(contact))
    kept = after.contact == contact
    assert kept != (Effect(Do.LET_GO, contact=contact) in effects)


@given(SHIFTS)
def test_any_key_stops_a_countdown(events):
    desk, _effects = run(AtDesk(), *events)
    after, effects = step(desk, KeyPressed())
    if desk.state is State.COUNTING:
        assert after.state is State.READING
        assert effects == (Effect(Do.STOP, Timer.COUNTDOWN),)
    else:
        assert (after, effects) == (desk, ())


# --- Ways through a contact


@pytest.mark.row("R-D6", "Q18")
def test_the_first_customer_is_dialled_and_so_is_the_one_after_a_result():
    desk = reading(AUTOMATIC)
    assert desk.state is State.COUNTING
    desk, wanted = finish(desk)
    assert desk.state is State.LOADING
    assert wanted[-1] == Effect(Do.LOAD)
    desk, wanted = run(desk, Loaded("b"))
    assert desk.state is State.COUNTING
    desk, wanted = run(desk, TimeUp(Timer.COUNTDOWN))
    assert desk.state is State.DIALLING
    assert wanted == [Effect(Do.DIAL)]


def test_without_a_delay_it_is_dialled_at_once():
    desk, _wanted = finish(reading(replace(AUTOMATIC, call_delay_seconds=0)))
    desk, wanted = run(desk, Loaded("b"))
    assert desk.state is State.DIALLING
    assert Effect(Do.DIAL) in wanted


@pytest.mark.row("Q18", "U32")
def test_after_a_skip_the_next_waits_for_a_key():
    desk, _wanted = finish(reading(AUTOMATIC))
    desk, wanted = run(desk, Loaded("b"), Skip(), Skipped(), Loaded("c"))
    assert desk.state is State.READING
    assert desk.contact == "c"
    assert Effect(Do.DIAL) not in wanted
    desk, wanted = run(desk, CallWanted())
    assert wanted == [Effect(Do.DIAL)]


@pytest.mark.row("R-D6")
@pytest.mark.parametrize(
    ("way", "state"),
    [
        ((Nobody(), TimeUp(Timer.RECHECK)), State.READING),
        ((Nobody(), Next()), State.COUNTING),
        ((LoadFailed(), Next()), State.COUNTING),
        ((Nobody(), Next(7)), State.READING),
    ],
)
def test_a_customer_who_comes_after_a_wait_is_dialled_only_when_he_was_asked_for(way, state):
    desk, _wanted = finish(reading(AUTOMATIC))
    desk, _wanted = run(desk, *way, Loaded("b"))
    assert desk.state is state


def test_by_hand_a_result_loads_the_next_and_dials_nobody():
    desk, _wanted = finish(reading())
    desk, _wanted = run(desk, Loaded("b"))
    assert desk.state is State.READING


def test_a_call_goes_its_way_and_never_back():
    desk, _wanted = run(reading(), CallWanted(), Dialled(), CallStands(Call.RINGING), CallStands(Call.TALKING))
    assert desk.state is State.TALKING
    assert run(desk, CallStands(Call.RINGING))[0].state is State.TALKING
    assert run(desk, CallStands(Call.ENDED), CallStands(Call.TALKING))[0].state is State.WRITING


@pytest.mark.row("U34")
def test_hanging_up_does_not_wait_for_the_telephone():
    desk, wanted = run(reading(), CallWanted(), Dialled(), HangUp())
    assert desk.state is State.WRITING
    assert wanted[-1] == Effect(Do.HANG_UP)
    assert run(desk, CallWanted())[0].state is State.DIALLING


def test_a_result_in_a_call_ends_the_call():
    desk, wanted = run(reading(), CallWanted(), Dialled(), CallStands(Call.TALKING), ResultGiven())
    assert [effect.do for effect in wanted][-2:] == [Do.HANG_UP, Do.FINISH]
    assert desk.is_sending


def test_a_result_that_is_not_saved_can_be_sent_again():
    desk, _wanted = run(reading(), ResultGiven(), NotSaved())
    assert desk.is_open
    assert run(desk, ResultGiven())[1] == [Effect(Do.FINISH)]


@pytest.mark.row("U38")
def test_wrap_up_time_runs_from_the_end_of_the_call_and_then_loads():
    rules = replace(AUTOMATIC, wrap_up_seconds=20)
    desk, wanted = run(reading(rules), CallWanted(), Dialled(), CallStands(Call.TALKING), CallStands(Call.ENDED))
    assert Effect(Do.START, Timer.WRAP_UP, 20) in wanted
    desk, _wanted = finish(desk)
    assert desk.state is State.WRAPPING
    desk, wanted = run(desk, TimeUp(Timer.WRAP_UP), Loaded("b"))
    assert desk.state is State.COUNTING
    assert Effect(Do.LOAD) in wanted


@pytest.mark.row("U38")
def test_a_key_ends_the_wrap_up_and_a_slow_writer_is_told():
    rules = replace(AUTOMATIC, wrap_up_seconds=20)
    ended, _wanted = run(reading(rules), CallWanted(), Dialled(), CallStands(Call.ENDED))
    desk, wanted = run(ended, ResultGiven(), Finished(), Next(), Loaded("b"))
    assert desk.state is State.COUNTING
    desk, wanted = run(ended, TimeUp(Timer.WRAP_UP))
    assert desk.is_alerting
    assert wanted == [Effect(Do.ALERT, Timer.WRAP_UP)]
    assert finish(desk)[0].state is State.LOADING


@pytest.mark.row("R-D7")
def test_a_card_open_for_long_gives_an_alert_once():
    desk, wanted = run(AtDesk(), SignedIn(BY_HAND), Next(), Loaded("a"))
    assert Effect(Do.START, Timer.ALERT, 60) in wanted
    desk, wanted = run(desk, TimeUp(Timer.ALERT), TimeUp(Timer.ALERT))
    assert desk.is_alerting
    assert wanted == [Effect(Do.ALERT, Timer.ALERT)]
    assert not finish(desk)[0].is_alerting


@pytest.mark.parametrize("last", [(ResultGiven(), Finished()), (Skip(), Skipped())])
def test_a_pause_asked_with_a_customer_on_the_desk_begins_after_him(last):
    desk, _wanted = run(reading(AUTOMATIC), Pause(3))
    assert desk.is_open
    desk, wanted = run(desk, *last)
    assert desk.state is State.PAUSED
    assert desk.pause_reason == 3
    assert Effect(Do.LOAD) not in wanted


def test_a_pause_can_be_taken_back_before_it_begins():
    desk, _wanted = run(reading(), Pause(3), Unpause())
    assert finish(desk)[0].state is State.LOADING


@pytest.mark.parametrize(("wish", "state"), [(Pause(3), State.PAUSED), (SignOut(), State.SIGNED_OUT)])
def test_a_customer_who_comes_to_somebody_leaving_is_let_go(wish, state):
    desk, wanted = run(AtDesk(), SignedIn(BY_HAND), Next(), wish, Loaded("a"))
    assert desk.state is state
    assert Effect(Do.LET_GO, contact="a") in wanted


def test_a_campaign_closed_meanwhile_ends_at_the_next_customer():
    desk, _wanted = finish(reading())
    assert run(desk, LoadFailed(is_closed=True))[0].state is State.SIGNED_OUT


def test_a_lost_customer_stays_until_his_result_and_is_not_dialled():
    desk, _wanted = finish(reading(AUTOMATIC))
    desk, _wanted = run(desk, Loaded("b"), Lost())
    assert desk.state is State.READING
    assert run(desk, CallWanted())[1] == []
    assert finish(desk)[0].state is State.LOADING


def test_a_caller_is_never_put_over_an_open_customer():
    desk, _wanted = finish(reading(AUTOMATIC))
    desk, _wanted = run(desk, Loaded("b"), CallerRings())
    assert desk.state is State.READING
    after, wanted = run(desk, TakeCaller(7))
    assert after.contact == "b"
    assert [effect.do for effect in wanted] == [Do.ANSWER]


def test_a_known_caller_comes_to_a_free_desk_in_talk():
    desk, wanted = run(AtDesk(), SignedIn(BY_HAND), CallerRings(), TakeCaller(7), Loaded("a"))
    assert [effect.do for effect in wanted][:2] == [Do.ANSWER, Do.LOAD]
    assert desk.state is State.TALKING
    assert run(desk, CallerRings(), TakeCaller(8))[0].contact == "a"


def test_what_was_on_the_desk_comes_back():
    desk, _wanted = run(AtDesk(), SignedIn(AUTOMATIC), Resumed("a"))
    assert (desk.state, desk.contact) == (State.READING, "a")
    desk, _wanted = run(AtDesk(), SignedIn(AUTOMATIC), Resumed("a", is_dialled=True))
    assert desk.state is State.WRITING
    assert desk.state not in IN_CALL


def test_signing_out_and_in_leaves_nothing_behind():
    desk, _wanted = run(reading(), SignOut(), ResultGiven(), Finished())
    assert desk == AtDesk()
    assert run(desk, Unpause(), Pause(3), Next())[0] == AtDesk()
