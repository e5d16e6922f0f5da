"""What still stands on a row of a list: the refusal to take it away says how much."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.words import N_, Message, counted, message
from app.models.processes import ActivityType
from app.models.tickets import HoursEntry, Task, Ticket, TicketType

_UNCHANGED = message(N_("Nothing was changed."))

_WORDS: Mapping[type[Any], Callable[[int], Message]] = {
    Ticket: lambda count: counted("{count} ticket still has it.", "{count} tickets still have it.", count),
    Task: lambda count: counted("{count} task still has it.", "{count} tasks still have it.", count),
    HoursEntry: lambda count: counted(
        "{count} report of hours still has it.", "{count} reports of hours still have it.", count
    ),
    TicketType: lambda count: counted(
        "{count} ticket type still uses it.", "{count} ticket types still use it.", count
    ),
    ActivityType: lambda count: counted(
        "{count} activity type still uses it.", "{count} activity types still use it.", count
    ),
}


def refuse_used(session: Session, model: type[Any], *where: ColumnElement[bool]) -> None:
    """Refuse, naming how many rows of the model stand on it, when there are any."""
    count = session.scalar(select(func.count()).select_from(model).where(*where)) or 0
    if count:
        raise Refused("USED", _WORDS[model](count), _UNCHANGED)
