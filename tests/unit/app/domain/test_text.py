import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import fold


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("nicolo", "Niccolò".replace("cc", "c")),
        ("PERCHE", "perché"),
        ("dangelo", "D'Angelo"),
        ("שלום", "שָׁלוֹם"),
        ("צק", "צ׳ק"),
        ("חברת חשמל בעמ", 'חברת־חשמל בע"מ'),
        ("מזגנ", "מזגן"),
        ("strasse", "Straße"),
        ("a b", "  A\u200f\tB "),
        ("052 123", "052-123"),
    ],
)
def test_two_spellings_fold_to_the_same(typed: str, stored: str) -> None:
    assert fold(typed) == fold(stored)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_the_quick_way_for_plain_text_is_the_same_as_the_long_one(plain: str) -> None:
    joined = fold(f"{plain}\u05d0")
    assert fold(plain).replace(" ", "") == joined.removesuffix("א").replace(" ", "")
