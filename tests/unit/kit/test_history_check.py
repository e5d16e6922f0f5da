"""Each checker finds the violation it is there for, and nothing in a history where all went well."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Conflict, DatabaseUnavailable
from app.domain.words import message
from tests.kit import history_check
from tests.kit.history_check import (
    Ban,
    Dial,
    Event,
    Final,
    History,
    Hold,
    Recorder,
    forbidden_dials,
    half_done,
    read_events,
    wrong_deliveries,
)

NOON = datetime(2031, 11, 24, 12, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def told(action: str, *events: tuple[str, str, Any]) -> History:
    """A history of requests: key, kind, value."""
    return History.of(
        [Event("Dana", action, key, kind, place, value) for place, (key, kind, value) in enumerate(events)]
    )


def test_a_recorder_tells_done_from_refused_from_unknown_and_survives_the_client(tmp_path: Path) -> None:
    recorder = Recorder("Dana", tmp_path / "history")
    with recorder.asking("note", "1", "first") as asked:
        asked.answer = 7
    with pytest.raises(Conflict), recorder.asking("note", "2", "second"):
        raise Conflict(message("no"))
    with pytest.raises(DatabaseUnavailable), recorder.asking("note", "3", "third"):
        raise DatabaseUnavailable(message("gone"))
    recorder.note("note", "4", "invoke", "fourth")
    recorder.close()
    with (tmp_path / "history").open("a", encoding="utf-8") as file:
        file.write('{"client": "Dana", "act')  # killed over this line
    events = read_events(tmp_path / "history")
    assert events == recorder.events
    history = History.of(events)
    assert [(each.op_id, each.kind) for each in events[1::2]] == [("1", "ok"), ("2", "fail"), ("3", "unknown")]
    assert set(history.acknowledged()) == {"1"}
    assert history.refused() == {"2"}
    assert set(history.asked()) == {"1", "2", "3", "4"}


def test_one_person_with_two_agents_is_found_locks_included() -> None:
    first = Hold(at(0), at(12), True, 1, "a")
    good = Final(holds={"+1": [first, Hold(at(12), at(20), True, 2, "b")], "+2": [Hold(at(1), at(2), True, 2, "c")]})
    assert history_check.two_with_one(good) == []
    good.holds["+1"].append(Hold(at(11), at(13), False, 3, "d"))
    assert len(history_check.two_with_one(good)) == 2
    assert history_check.two_with_one(Final(holds={"+1": [first, Hold(at(3), at(4), True, 1, "e")]})) == []


def test_crossed_visits_and_visits_on_grey_are_found() -> None:
    white = {1: [(at(0), at(120)), (at(180), at(240))]}
    good = Final(visits={1: [(at(0), at(60)), (at(60), at(120))]}, white=white)
    assert history_check.crossed_visits(good) == []
    assert (
        "overlaps"
        in history_check.crossed_visits(Final(visits={1: [(at(0), at(60)), (at(59), at(90))]}, white=white))[0]
    )
    assert "grey" in history_check.crossed_visits(Final(visits={1: [(at(100), at(190))]}, white=white))[0]


@pytest.mark.parametrize(
    "wrong",
    [
        Final(scored_steps=[1, 2, 1]),
        Final(ledger={1: 5}, balances={1: 10}),
        Final(ledger={1: 5}),
        Final(balances={1: 5}),
        Final(earned={(1, "2031-11-24"): 2}, days={(1, "2031-11-25"): 2}),
    ],
)
def test_points_that_do_not_add_up_are_found(wrong: Final) -> None:
    assert history_check.wrong_points(wrong)
    assert history_check.wrong_points(Final(scored_steps=[1, 2], ledger={1: 5}, balances={1: 5, 2: 0})) == []


def test_stray_tasks_and_gaps_between_steps_are_found() -> None:
    steps = [(None, 1, None, 7), (1, 2, 7, 8)]
    assert history_check.stray_tasks(Final(tasks=[(1, "T", 8, None, 2, None)], steps={1: steps})) == []
    assert history_check.stray_tasks(Final(tasks=[(1, "T", None, None, 2, None)]))
    assert history_check.stray_tasks(Final(tasks=[(1, "T", 8, 3, 2, None)]))
    assert "last step" in history_check.stray_tasks(Final(tasks=[(1, "T", 9, None, 2, None)], steps={1: steps}))[0]
    torn = [(None, 1, None, 7), (1, 2, 6, 8)]
    assert "began at" in history_check.stray_tasks(Final(tasks=[(1, "T", 8, None, 2, None)], steps={1: torn}))[0]


def test_wrong_counters_and_uneven_routing_are_found() -> None:
    assert history_check.wrong_loads(Final(loads={1: 2}, open_tasks={1: 2})) == []
    assert history_check.wrong_loads(Final(loads={1: 2}, open_tasks={1: 3}))
    assert history_check.wrong_loads(Final(open_tasks={1: 3}))
    assert history_check.uneven_routing(Final(open_tasks={1: 2, 2: 3}), (1, 2)) == []
    assert history_check.uneven_routing(Final(open_tasks={1: 2}), (1, 2))


def test_lost_doubled_and_forgotten_notes_are_found() -> None:
    history = told("note", ("1", "invoke", "a"), ("1", "ok", "a"), ("2", "invoke", "b"), ("2", "unknown", "b"))
    assert history_check.lost_notes(history, Final(notes=Counter(a=1))) == []
    assert history_check.lost_notes(history, Final(notes=Counter(a=1)), drafts=["b"]) == []
    assert "neither" in history_check.lost_notes(history, Final(notes=Counter(a=1)), drafts=[])[0]
    assert "gone" in history_check.lost_notes(history, Final(notes=Counter(b=1)))[0]
    assert "2 times" in history_check.lost_notes(history, Final(notes=Counter(a=1, b=2)))[0]


def test_lost_writes_undone_refusals_and_effects_that_are_not_one_are_found() -> None:
    history = told(
        "book", ("1", "invoke", 0), ("1", "ok", 0), ("2", "invoke", 0), ("2", "fail", ""), ("3", "invoke", 0)
    )
    assert history_check.lost_writes(history, Final(keys={"1"})) == []
    assert history_check.lost_writes(history, Final(keys={"3"}))
    assert history_check.undone_refusals(history, Final(keys={"1"})) == []
    assert history_check.undone_refusals(history, Final(keys={"1", "2"}))
    assert history_check.not_once(history, {"1": 1, "3": 1}) == []
    assert history_check.not_once(history, {"3": 0})
    assert history_check.not_once(history, {"1": 1, "3": 2})


def test_changes_without_the_right_name_in_the_audit_are_found() -> None:
    assert history_check.unaudited([("tasks", 1)], [("tasks", 1, "t_u7")], "t_u7") == []
    assert history_check.unaudited([("tasks", 1)], [("tasks", 2, "t_u7")], "t_u7")
    assert "t_u8" in history_check.unaudited([("tasks", 1)], [("tasks", 1, "t_u8")], "t_u7")[0]


def test_changes_nobody_was_told_of_are_found() -> None:
    final = Final(changes={("tasks", 1), ("tasks", 2), ("notes", 1)})
    assert history_check.unheard(final, {"tasks": [1, 2], "notes": None}) == []
    assert history_check.unheard(final, {"tasks": [1, 2]}, since=[("notes", 1)]) == []
    assert history_check.unheard(final, {"tasks": [1], "notes": None}) == ["I11 nobody was told of tasks 2"]


def test_silent_overwrites_are_found() -> None:
    def edit(key: str, seen: int) -> tuple[str, str, Any]:
        return key, "ok", {"row": "tasks:1", "seen": seen}

    assert (
        history_check.silent_overwrites(told("edit", edit("1", 1), edit("2", 2)), Final(versions={"tasks:1": 3})) == []
    )
    assert history_check.silent_overwrites(told("edit", edit("1", 1), edit("2", 1)), Final(versions={"tasks:1": 3}))
    assert history_check.silent_overwrites(told("edit", edit("1", 1), edit("2", 2)), Final(versions={"tasks:1": 2}))


def test_a_dial_while_a_ban_stood_is_told_by_person_campaign_and_time() -> None:
    dial = Dial(at(0.5), "+1", 7, "key")
    for ban in (Ban(NOON, "+1"), Ban(NOON, campaign_id=7), Ban(NOON, until=at(1))):
        assert len(forbidden_dials([ban], [dial])) == 1
    for ban in (Ban(NOON, "+2"), Ban(NOON, campaign_id=8), Ban(at(1)), Ban(NOON, until=at(0.2))):
        assert forbidden_dials([ban], [dial]) == []


def test_a_mail_that_is_missing_foreign_or_there_too_often_is_told() -> None:
    assert wrong_deliveries({"a": "sent", "b": "waiting"}, ["a"]) == []
    assert wrong_deliveries({"a": "sent"}, ["a", "a"], crashed=["a"]) == []
    assert len(wrong_deliveries({"a": "sent"}, [])) == 1
    assert len(wrong_deliveries({"a": "sent"}, ["a", "x"])) == 1
    assert len(wrong_deliveries({"a": "sent"}, ["a", "a"])) == 1
    assert len(wrong_deliveries({"a": "sent"}, ["a", "a", "a"], crashed=["a"])) == 1


def test_a_key_without_its_note_and_a_task_without_its_key_are_half_done() -> None:
    note, sale = Event("c", "note", "k1", "invoke", 1.0, "Said."), Event("c", "sell", "k2", "invoke", 2.0, "Sale")
    history = History((note, sale))
    task = (1, "Sale", 1, None, None, None)
    assert half_done(history, Final(notes=Counter(["Said."]), keys={"k1", "k2"}, tasks=[task])) == []
    assert half_done(history, Final()) == []
    assert len(half_done(history, Final(keys={"k1"}, tasks=[task]))) == 2
