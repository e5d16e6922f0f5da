"""What a password must be: long enough and not the first thing anybody would try."""

from app.domain.words import N_, Message, message

SHORTEST = 8
LONGEST = 200
_COMMON = frozenset(
    {
        "12345678",
        "123456789",
        "1234567890",
        "87654321",
        "11111111",
        "00000000",
        "12121212",
        "password",
        "password1",
        "password123",
        "passw0rd",
        "qwertyui",
        "qwerty123",
        "qwertyuiop",
        "asdfghjk",
        "iloveyou",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "trustno1",
        "whatever",
        "letmein1",
        "welcome1",
        "welcome123",
        "admin123",
        "administrator",
        "changeme",
        "callboard",
        "abcd1234",
        "abc12345",
        "1q2w3e4r",
        "1qaz2wsx",
        "q1w2e3r4",
        "zaq12wsx",
        "computer",
        "internet",
        "michelle",
        "jennifer",
        "starwars",
        "dragon123",
        "monkey123",
    }
)


def check_password(password: str, login: str = "") -> Message | None:
    """What is wrong with it, or None."""
    if len(password) < SHORTEST:
        return message(N_("A password has at least {count} characters."), count=SHORTEST)
    if len(password) > LONGEST or "\0" in password:
        return message(N_("A password has at most {count} characters."), count=LONGEST)
    plain = password.casefold()
    if plain in _COMMON or len(set(plain)) < 3 or (login and plain.strip() == login.casefold()):
        return message(N_("This password is among the first that anybody would try."))
    return None
