"""What a campaign is told before it starts: how many can be called now, and what would block the others."""

from collections.abc import Sequence

from app.domain.dialer.standing import WORDS
from app.domain.words import N_, Message, counted, enumeration, message


def preflight(name: str, total: int, ready: int, blocked: Sequence[tuple[str, int]], agents: int) -> Message:
    """The question before a start, with the numbers that matter."""
    if not total:
        return message(N_("No customer is in a pool of {name} yet. Start it all the same?"), name=name)
    if not agents:
        return message(N_("Nobody works in {name} yet. Start it all the same?"), name=name)
    facts = {"ready": ready, "total": total, "name": name}
    if not blocked:
        return counted(
            "{ready} of {total} customer can be called now. Start {name}?",
            "{ready} of {total} customers can be called now. Start {name}?",
            total,
            **facts,
        )
    reasons = [message(N_("{reason}: {number}"), reason=WORDS.get(code, code), number=count) for code, count in blocked]
    return counted(
        "{ready} of {total} customer can be called now. Blocked: {reasons}. Start {name}?",
        "{ready} of {total} customers can be called now. Blocked: {reasons}. Start {name}?",
        total,
        reasons=enumeration(reasons),
        **facts,
    )
