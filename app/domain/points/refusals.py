"""What the ledger's guards refuse, in words; the codes are those the database raises."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from app.domain.errors import Refused
from app.domain.words import N_, Message, message

_UNDONE = message(N_("Nothing was changed."))

REFUSALS: Mapping[str, Message] = MappingProxyType(
    {
        "BALANCE": message(N_("The customer does not have that many points.")),
        "NO_CUSTOMER": message(N_("This task has no customer who could spend points.")),
        "POINTS": message(N_("Points go up to 1,000,000,000 and have at most four decimals.")),
        "REASON": message(N_("A reversal needs a reason.")),
        "REDEMPTION": message(N_("Where the customer spends points, his points must be below zero.")),
        "RETROACTIVE": message(N_("Points of a stage act from now on; an earlier day cannot be given.")),
        "REVERSAL": message(N_("A reversal takes one row back whole, and cannot be reversed itself.")),
        "REVERSED": message(N_("These points were reversed already.")),
    }
)


def too_little(balance: str | Decimal, asked: str | Decimal) -> Refused:
    """The refusal of a redemption the balance does not hold."""
    said = message(
        N_("The customer has {balance} points, and {asked} are needed."),
        balance=Decimal(balance),
        asked=Decimal(asked),
    )
    return Refused("BALANCE", said, _UNDONE)
