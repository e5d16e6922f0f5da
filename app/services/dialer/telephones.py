"""A user's telephone put together from his line, and tried out."""

from pathlib import Path

from app.adapters.telephony.numbers import dialable, dialled
from app.adapters.telephony.port import Clock, Telephone, Tell
from app.services.dialer.lines import Line

__all__ = ["dialled_form", "telephone"]


def dialled_form(line: Line, number: str) -> str:
    """The number as this telephone dials it; a `Refused` says why it is none. Slow the first time."""
    read = dialable(number, line.country)
    if line.draft.kind != "ami":
        return read
    return dialled(read, line.server.form, line.server.prefix, line.country)


def telephone(line: Line, tell: Tell, clock: Clock, folder: Path) -> Telephone:
    """The telephone of this line; it tells by `tell`, and keeps files it needs below `folder`."""
    draft = line.draft
    if draft.kind == "simulator":
        from app.adapters.telephony.simulator import Simulator

        return Simulator(tell, clock, draft.pace)
    from app.adapters.telephony.handoff import Handoff

    return Handoff(tell, draft.scheme, draft.host)
