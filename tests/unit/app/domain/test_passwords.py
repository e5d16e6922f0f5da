"""Which passwords are refused, and that the list is the one ASVS asks for."""

import pytest

from app.domain.passwords import FREQUENT, check_password


@pytest.mark.row("R-T1")
@pytest.mark.parametrize(
    "password",
    ["", "short7!", "x" * 201, "pass\0word-of-mine", "12345678", "Password", "trustno1", "Sunshine2026!", "aaaaaaaabb",
     "dana.levi", "Dana.Levi12", "callboard"],
)  # fmt: skip
def test_a_password_anybody_would_try_is_refused(password: str) -> None:
    assert check_password(password, "dana.levi") is not None


@pytest.mark.row("R-T1")
@pytest.mark.parametrize("password", ["correct-horse-7", "סיסמה טובה מאוד", "kx81 qpv0", "2026-11-23 14:05"])
def test_an_own_password_is_taken(password: str) -> None:
    assert check_password(password, "dana.levi") is None


def test_the_list_holds_the_three_thousand_most_frequent() -> None:
    words = FREQUENT.read_text(encoding="utf-8").split()
    assert len(set(words)) == len(words) >= 3000
    assert min(map(len, words)) >= 8
