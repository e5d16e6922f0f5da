"""How a call moves: by what the telephone says, never back, and by hand where the telephone hangs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.dialer import calls
from app.domain.dialer.calls import IDLE, CallState, Fault, Sign, Stage, Told

SIGNS = st.builds(Sign, st.sampled_from(Told), st.sampled_from(["t", "other"]), st.sampled_from([*Fault, None]))


def told(*said: Told) -> CallState:
    """A call after these signs."""
    state = calls.begin("+390612345678", "t")
    for each in said:
        state = calls.heard(state, Sign(each, "t"))
    return state


@pytest.mark.row("U40")
def test_a_call_goes_forward_only() -> None:
    assert told(Told.RINGING).stage is Stage.RINGING
    assert told(Told.ANSWERED, Told.RINGING, Told.DIALLING).stage is Stage.TALKING
    assert told(Told.ENDED, Told.ANSWERED).stage is Stage.ENDED
    assert told(Told.ANSWERED, Told.FAILED).stage is Stage.ENDED


@pytest.mark.row("U34")
def test_a_call_that_hangs_is_taken_up_by_whoever_knows_more() -> None:
    hung = calls.given_up(told(Told.RINGING))
    assert (hung.stage, hung.fault) == (Stage.FAILED, Fault.HUNG)
    assert calls.heard(hung, Sign(Told.ANSWERED, "t")).stage is Stage.TALKING
    talking = calls.by_hand(hung, Stage.TALKING)
    assert (talking.stage, talking.fault, talking.is_by_hand) == (Stage.TALKING, None, True)
    assert calls.heard(talking, Sign(Told.FAILED, "t", Fault.HUNG)) is talking
    assert calls.heard(talking, Sign(Told.ENDED, "t")).stage is Stage.ENDED
    assert calls.by_hand(calls.by_hand(talking, Stage.ENDED), Stage.TALKING).stage is Stage.ENDED


def test_talk_does_not_hang() -> None:
    talking = told(Told.ANSWERED)
    assert calls.given_up(talking) is talking
    assert calls.given_up(IDLE) is IDLE


@given(st.lists(SIGNS, max_size=12))
def test_whatever_a_telephone_says_the_state_makes_sense(signs: list[Sign]) -> None:
    state = calls.begin("+390612345678", "t")
    for sign in signs:
        after = calls.heard(state, sign)
        if sign.token == "other" or state.stage is Stage.ENDED:
            assert after is state
        state = after
        assert (state.fault is not None) == (state.stage is Stage.FAILED)
        assert calls.words(state).text
