"""The customer on the desk, with everything typed about the call; it can be put on disk and come back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from app.services.dialer.attempts import Result
from app.services.dialer.card import CardStatus, DialCard
from app.services.dialer.claiming import Claimed

__all__ = ["Contact", "Typed", "from_entry", "to_entry"]

_MOMENTS = ("dialled_at", "answered_at", "hung_up_at", "callback_at")


@dataclass
class Typed:
    """What would be lost with the program; the times are the database's own."""

    note: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    status_id: int | None = None
    callback_text: str = ""
    callback_at: datetime | None = None
    is_mine: bool = True
    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    hung_up_at: datetime | None = None
    op_id: str = ""


@dataclass
class Contact:
    """One customer from his coming to his result. `is_lost` when he is no longer kept for this desk."""

    claimed: Claimed
    card: DialCard
    typed: Typed = field(default_factory=Typed)
    is_lost: bool = False
    permitted_at: float | None = None

    @property
    def key(self) -> str:
        """The key of the request that brought him."""
        return self.claimed.request_id

    def status(self, status_id: int | None) -> CardStatus | None:
        """The result with this id."""
        return next((each for each in self.card.statuses if each.id == status_id), None)

    def permit(self, at: datetime) -> None:
        """The call was allowed at this moment of the database."""
        self.typed.dialled_at, self.permitted_at = at, monotonic()
        self.typed.answered_at = self.typed.hung_up_at = None

    def database_now(self) -> datetime | None:
        """This moment by the database's clock; None before any call was allowed."""
        if self.typed.dialled_at is None:
            return None
        if self.permitted_at is None:
            return self.typed.hung_up_at or self.typed.answered_at or self.typed.dialled_at
        return self.typed.dialled_at + timedelta(seconds=monotonic() - self.permitted_at)

    def answered(self) -> None:
        """Somebody took the call."""
        self.typed.answered_at = self.typed.answered_at or self.database_now()

    def hung_up(self) -> None:
        """The call is over."""
        self.typed.hung_up_at = self.typed.hung_up_at or self.database_now()

    def choose(self, status_id: int, me: int | None) -> Result:
        """The result as it is sent; another one than was sent before is another request."""
        typed = self.typed
        if typed.status_id != status_id or not typed.op_id:
            typed.op_id = str(uuid4())
        typed.status_id = status_id
        claimed = self.claimed
        return Result(
            claimed.request_id,
            claimed.campaign_id,
            claimed.customer_id,
            claimed.person,
            claimed.entry_id,
            status_id,
            note=typed.note,
            answers=typed.answers,
            callback_at=typed.callback_at,
            callback_user_id=me if typed.callback_at is not None and typed.is_mine else None,
            claimed_at=claimed.claimed_at,
            dialled_at=typed.dialled_at,
            answered_at=typed.answered_at,
            hung_up_at=typed.hung_up_at,
            rule=claimed.rule,
            reason=claimed.reason,
        )


def to_entry(contact: Contact) -> dict[str, Any]:
    """What is put on disk: the hold and what was typed, in words JSON knows."""
    claimed, typed = asdict(contact.claimed), asdict(contact.typed)
    for name in ("claimed_at", "until_at"):
        claimed[name] = claimed[name].isoformat()
    for name in _MOMENTS:
        typed[name] = typed[name] and typed[name].isoformat()
    return {"customer": contact.card.name, "claimed": claimed, "typed": typed}


def from_entry(entry: Mapping[str, Any]) -> tuple[Claimed, Typed]:
    """The hold and what was typed, from the disk."""
    claimed, typed = dict(entry["claimed"]), dict(entry["typed"])
    for name in ("claimed_at", "until_at"):
        claimed[name] = datetime.fromisoformat(claimed[name])
    for name in _MOMENTS:
        typed[name] = datetime.fromisoformat(typed[name]) if typed[name] else None
    return Claimed(**claimed), Typed(**typed)
