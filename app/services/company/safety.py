"""What somebody should know about the server he works on: how safe its line is, and what is to be put right there."""

from sqlalchemy.orm import Session

from app.db import safety
from app.domain.words import Message
from app.services.context import reads

__all__ = ["is_line_open", "server_warnings"]


@reads
def is_line_open(session: Session) -> bool:
    """Whether others on the network could read what this desktop and the server say to each other."""
    return safety.is_line_open(session)


@reads
def server_warnings(session: Session) -> tuple[Message, ...]:
    """What an administrator has to put right on the server, the worst first; nothing on a single seat."""
    return safety.warnings(session)
