"""What a search means."""

import pytest

from app.domain.lookup import Wanted, like, read


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Wanted()),
        ("Cohen  BOILER x", Wanted(("boiler", "cohen", "x"))),
        ("#12", Wanted((), 12)),
        ("12", Wanted(("12",), 12)),
        ("050-123 45 67", Wanted(("501234567",))),
        ("+972 50 1234567", Wanted(("972501234567",))),
        ("00972-50-1234567", Wanted(("972501234567",))),
        ("501234567", Wanted(("501234567",), 501234567)),
        ("9" * 30, Wanted(("9" * 30,))),
        ("Herzl 4", Wanted(("herzl", "4"))),
    ],
)
def test_words_telephones_and_numbers_are_told_apart(typed, wanted):
    assert read(typed) == wanted


def test_the_signs_of_like_are_letters():
    assert like("50%_a\\") == "%50\\%\\_a\\\\%"
