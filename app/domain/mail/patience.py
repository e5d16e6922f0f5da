"""How long a mail that did not leave waits for its next attempt, and when it is given up."""

from datetime import timedelta

MOST_ATTEMPTS = 16
"""With the waits between them some two days."""

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)


def wait(attempts: int, chance: float) -> timedelta:
    """The pause after this many attempts: a minute, doubled each time up to six hours, less up to a fifth by chance.

    `chance` is between 0 and 1: mails that failed together do not all come back together.
    """
    doubled = SHORTEST * (1 << min(max(attempts - 1, 0), 10))
    return max(SHORTEST, min(LONGEST, doubled) * (1 - 0.2 * chance))
