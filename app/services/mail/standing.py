"""How many mails wait to be sent or could not be: asked by every desktop, so it is quick whatever was sent before."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.mail import OutboxMessage
from app.services.context import reads

MOST = 1000
"""Beyond that nobody counts."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """Mails that wait or are on their way, and those that were given up."""

    waiting: int
    dead: int


@reads
def unsent(session: Session) -> Unsent:
    """What has not left."""
    return Unsent(_count(session, "waiting") + _count(session, "sending"), _count(session, "dead"))


def _count(session: Session, state: str) -> int:
    some = select(OutboxMessage.id).where(OutboxMessage.state == state).limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
