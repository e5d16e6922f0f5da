"""Two people changed the same row."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.merging import Clash, both, can_take_both, differing, merge

NAMES = ("subject", "address", "site", "phones")
VALUES = st.one_of(st.none(), st.integers(0, 2), st.sampled_from(["", "a", "b", "ab"]), st.just(("x",)))
ROWS = st.dictionaries(st.sampled_from(NAMES), VALUES)


@pytest.mark.row("F4")
@given(ROWS, ROWS, ROWS)
def test_nothing_typed_is_absent_from_both_the_result_and_the_clashes(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> None:
    merged = merge(base, mine, theirs)
    told = {clash.field: (clash.mine, clash.theirs) for clash in merged.clashes}
    for name in differing(base, mine):
        assert merged.values[name] == mine.get(name)
    for name in differing(base, theirs):
        assert merged.values[name] == theirs.get(name) or told[name] == (mine.get(name), theirs.get(name))
    for name in {*base, *mine, *theirs} - differing(base, mine) - differing(base, theirs):
        assert merged.values[name] == base.get(name)
    assert merged.followed.isdisjoint(told)


@given(ROWS, ROWS, ROWS)
def test_it_is_the_same_from_both_sides(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> None:
    here, there = merge(base, mine, theirs), merge(base, theirs, mine)
    assert {(each.field, each.mine, each.theirs) for each in here.clashes} == {
        (each.field, each.theirs, each.mine) for each in there.clashes
    }
    quiet = {*base, *mine, *theirs} - {each.field for each in here.clashes}
    assert {name: here.values[name] for name in quiet} == {name: there.values[name] for name in quiet}


@given(ROWS, ROWS, st.sets(st.sampled_from(NAMES)))
def test_changes_of_different_fields_go_together_without_a_word(
    base: Mapping[str, Any], other: Mapping[str, Any], mine_are: set[str]
) -> None:
    mine = {name: (other if name in mine_are else base).get(name) for name in NAMES}
    theirs = {name: (base if name in mine_are else other).get(name) for name in NAMES}
    merged = merge(base, mine, theirs)
    assert merged.clashes == ()
    assert differing(merged.values, other) == frozenset()


WORDS = st.text("ab \n", max_size=6)


@given(WORDS, WORDS, WORDS, st.booleans())
def test_both_texts_are_there_when_both_are_taken(base: str, mine: str, theirs: str, is_line: bool) -> None:
    taken = both(Clash("note", base, base + mine, base + theirs), is_line=is_line)
    for text in (base + mine, base + theirs):
        if text in taken:
            continue
        assert base in taken
        assert text[len(base) :].strip() in taken
    again = both(Clash("note", base, taken, taken), is_line=is_line)
    assert again == taken


def test_both_reads_as_somebody_would_write_it() -> None:
    assert both(Clash("note", "Rings.", "Rings. Bell broken.", "Rings. Call at 9.")) == (
        "Rings. Bell broken.\nCall at 9."
    )
    assert both(Clash("name", "Rossi", "Bianchi", "Verdi"), is_line=True) == "Bianchi / Verdi"
    assert both(Clash("phones", ("1",), ("1", "2"), ("1", "3"))) == ("1", "2", "3")
    pairs = (("a", "b"), ((1,), (2,)), (1, 2), ("a", None), ("a", ""))
    assert [can_take_both(*pair) for pair in pairs] == [True, True, False, False, False]
