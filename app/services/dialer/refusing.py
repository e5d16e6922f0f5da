"""The refusals of the dial desk in words."""

from app.domain.dialer.standing import REFUSALS
from app.domain.errors import Refused
from app.domain.words import N_, message


def refuse(code: str) -> Refused:
    """The refusal of this code, as the database's own guards say it too."""
    return Refused(code, REFUSALS[code], message(N_("Nothing was changed.")))
