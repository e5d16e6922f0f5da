"""Typed values beside what is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ui.kit.editing import Editing


@dataclass(frozen=True)
class Row:
    name: str = "Rossi"
    place: str = "Roma"
    note: str = ""


def begun(**typed: str) -> Editing[Row]:
    editing = Editing(Row(), 1)
    editing.draft = replace(editing.base, **typed)
    return editing


def test_fields_nobody_touched_take_what_others_saved():
    editing = begun(name="Mine")
    assert editing.meet(Row(place="Milano"), 2) == frozenset()
    assert (editing.draft, editing.version) == (Row("Mine", "Milano"), 2)
    assert editing.changed() == {"name"}


def test_a_field_changed_on_both_sides_keeps_the_typed_value_and_the_old_version():
    editing = begun(name="Mine", note="x")
    assert editing.meet(Row("Theirs", "Milano"), 2) == {"name"}
    assert (editing.draft, editing.version) == (Row("Mine", "Milano", "x"), 1), "untouched fields follow"
    assert [(each.field, each.mine, each.theirs) for each in editing.clashes()] == [("name", "Mine", "Theirs")]
    assert editing.followed == {"place"}
    editing.keep_mine()
    assert (editing.draft, editing.version) == (Row("Mine", "Milano", "x"), 2)
    assert editing.changed() == {"name", "note"}


def test_a_clash_is_settled_field_by_field():
    editing = begun(name="Mine", note="x")
    editing.meet(Row("Theirs", "Milano", "y"), 2)
    assert {each.field for each in editing.clashes()} == {"name", "note"}
    editing.settle({"name": "Theirs", "note": "x y"})
    assert (editing.draft, editing.version, editing.clashes()) == (Row("Theirs", "Milano", "x y"), 2, ())
    assert editing.changed() == {"note"}


def test_what_was_typed_in_an_earlier_run_meets_what_was_saved_since():
    editing = Editing(Row("Theirs", "Milano"), 5)
    editing.restore({"name": "Rossi", "note": ""}, {"name": "Mine", "note": "x"}, 4)
    assert editing.draft == Row("Mine", "Milano", "x")
    assert [each.field for each in editing.clashes()] == ["name"]
    assert editing.version == 4, "saved like this it would be refused"
    editing = Editing(Row(), 5)
    editing.restore({"note": ""}, {"note": "x"}, 5)
    assert (editing.draft, editing.version, editing.clashes()) == (Row(note="x"), 5, ())


def test_taking_theirs_drops_what_was_typed():
    editing = begun(name="Mine", note="x")
    editing.meet(Row("Theirs"), 2)
    editing.take_theirs()
    assert (editing.draft, editing.version, editing.is_dirty) == (Row("Theirs"), 2, False)


def test_the_same_change_on_both_sides_is_no_quarrel():
    editing = begun(name="Same")
    assert editing.meet(Row("Same"), 2) == frozenset()
    assert not editing.is_dirty


def test_what_is_typed_while_saving_stays_a_change():
    editing = begun(name="Sent")
    sent = editing.draft
    editing.draft = replace(sent, note="typed since")
    editing.saved(sent, 2)
    assert editing.changed() == {"note"}


@dataclass(frozen=True)
class Filled:
    subject: str = ""
    custom: Mapping[str, object] = field(default_factory=dict)


def test_the_entries_of_a_mapping_are_fields_of_their_own():
    editing = Editing(Filled("One", {"1": "red", "2": "big"}), 1)
    editing.draft = Filled("One", {"1": "blue", "2": "big", "3": "new"})
    assert editing.changed() == {"custom.1", "custom.3"}
    assert editing.meet(Filled("Two", {"1": "red", "4": "theirs"}), 2) == frozenset()
    assert editing.draft == Filled("Two", {"1": "blue", "3": "new", "4": "theirs"})
    assert editing.meet(Filled("Two", {"1": "green", "4": "theirs"}), 3) == {"custom.1"}
    editing.keep_mine()
    assert editing.draft == Filled("Two", {"1": "blue", "3": "new", "4": "theirs"})
    assert editing.version == 3


@dataclass(frozen=True, slots=True)
class Week:
    """Hours inside a mapping of a mapping."""

    hours: Mapping[str, Any]


def test_entries_of_a_mapping_inside_a_mapping_are_fields_of_their_own() -> None:
    editing = Editing(Week({"days": {"0": (8,), "1": (9,)}, "eve": ()}), 1)
    editing.draft = Week({"days": {"0": (7,), "1": (9,)}, "eve": ()})
    theirs = Week({"days": {"0": (8,), "1": (10,), "2": (11,)}, "eve": (5,)})
    assert editing.meet(theirs, 2) == frozenset()
    assert editing.draft == Week({"days": {"0": (7,), "1": (10,), "2": (11,)}, "eve": (5,)})
    assert editing.meet(Week({"days": {"0": (6,), "1": (10,)}, "eve": (5,)}), 3) == {"hours.days.0"}
    editing.take_theirs()
    assert editing.draft == Week({"days": {"0": (6,), "1": (10,)}, "eve": (5,)})
    editing.draft = Week({})
    assert editing.meet(Week({"days": {"0": (6,), "1": (10,)}, "eve": (5,), "holiday": (1,)}), 4) == frozenset()
    assert editing.draft == Week({"holiday": (1,)})


def test_a_choice_between_values_that_are_no_longer_the_newest_is_asked_again():
    editing = begun(name="Mine")
    editing.meet(Row("Theirs"), 2)
    editing.ask()
    editing.meet(Row("Newer"), 3)
    assert not editing.settle({"name": "Theirs"})
    assert (editing.draft.name, editing.version) == ("Mine", 1), "nobody's words are overwritten unseen"
    editing.ask()
    assert editing.settle({"name": "Newer"})
    assert (editing.draft.name, editing.version) == ("Newer", 3)
