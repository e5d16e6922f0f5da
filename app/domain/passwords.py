"""What a password must be: long enough and not the first thing anybody would try."""

from functools import cache
from pathlib import Path

from app.domain.words import N_, Message, message

SHORTEST = 8
LONGEST = 200
FREQUENT = Path(__file__).resolve().parents[2] / "resources" / "passwords" / "frequent.txt"


@cache
def _frequent() -> frozenset[str]:
    # Read when somebody first chooses a password, not at every start.
    return frozenset(FREQUENT.read_text(encoding="utf-8").split())


def check_password(password: str, login: str = "") -> Message | None:
    """What is wrong with it, or None."""
    if len(password) < SHORTEST:
        return message(N_("A password has at least {count} characters."), count=SHORTEST)
    if len(password) > LONGEST or "\0" in password:
        return message(N_("A password has at most {count} characters."), count=LONGEST)
    plain = password.casefold().strip()
    # A year or an exclamation mark behind it makes no other password of it.
    bare = plain.rstrip("0123456789!?.,*#+-_ ")
    names = {login.casefold().strip()} - {""}
    if {plain, bare} & (_frequent() | names) or len(set(plain)) < 3:
        return message(N_("This password is among the first that anybody would try."))
    return None
