"""Hashes of passwords for a single seat's file, by argon2."""

from dataclasses import dataclass


@dataclass(slots=True)
class Cost:
    """How dear one guess is: rounds, KiB of memory, lanes."""

    rounds: int = 3
    memory: int = 65536
    lanes: int = 4


cost = Cost()
"""Tests make it cheap; a hash remembers its own cost."""


def make_hash(password: str) -> str:
    """The hash to keep."""
    from argon2 import PasswordHasher  # loads a compiled library, which most starts never need

    return PasswordHasher(cost.rounds, cost.memory, cost.lanes).hash(password)


def is_right(kept: str, password: str) -> bool:
    """Whether this is the password the hash was made of."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
