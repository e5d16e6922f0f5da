"""What still stands on a row of a list: the refusal to take it away says how much."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.words import N_, counted, message
from app.models.processes import ActivityType
from app.models.tickets import HoursEntry, Task, Ticket, TicketType

_UNCHANGED = message(N_("Nothing was changed."))

_WORDS = {
    Ticket: (N_("{count} ticket still has it."), N_("{count} tickets still have it.")),
    Task: (N_("{count} task still has it."), N_("{count} tasks still have it.")),
    HoursEntry: (N_("{count} report of hours still has it."), N_("{count} reports of hours still have it.")),
    TicketType: (N_("{count} ticket type still uses it."), N_("{count} ticket types still use it.")),
    ActivityType: (N_("{count} activity type still uses it."), N_("{count} activity types still use it.")),
}


def refuse_used(session: Session, model: type[Any], *where: ColumnElement[bool]) -> None:
    """Refuse, naming how many rows of the model stand on it, when there are any."""
    count = session.scalar(select(func.count()).select_from(model).where(*where)) or 0
    if count:
        one, many = _WORDS[model]
        raise Refused("USED", counted(one, many, count), _UNCHANGED)
