"""What mail tells of: the events, whom each can be told to, and the fields its text may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, message


class Event(StrEnum):
    """Something that happens and can be told by mail."""

    TASK_GIVEN = "task_given"
    TICKET_OPENED = "ticket_opened"
    TICKET_ANSWERED = "ticket_answered"
    TICKET_CLOSED = "ticket_closed"
    STAGE = "stage"
    CALL_LOADED = "call_loaded"
    CALL_MOVED = "call_moved"
    CALL_CANCELLED = "call_cancelled"
    DUE_TOMORROW = "due_tomorrow"


class Recipient(StrEnum):
    """Who is told."""

    CUSTOMER = "customer"
    HANDLER = "handler"
    RESPONSIBLE = "responsible"
    LIST = "list"


class Sender(StrEnum):
    """Whose mailbox a mail leaves from; a handler without one writes through the office's and gets the answers."""

    OFFICE = "office"
    HANDLER = "handler"


@dataclass(frozen=True, slots=True)
class EventKind:
    """One event: what it is called, when it happens, and the fields of its templates with what each stands for."""

    event: Event
    name: Message
    when: Message
    fields: Mapping[str, Message]


_COMPANY = {"company": message(N_("Name of your company"))}
_CUSTOMER = {
    "customer": message(N_("Name of the customer")),
    "phone": message(N_("First phone of the customer")),
    "address": message(N_("Address of the work, or of the customer")),
}
_TICKET = {
    "ticket": message(N_("Number of the ticket")),
    "subject": message(N_("Subject of the ticket")),
    "description": message(N_("Description of the ticket")),
    "responsible": message(N_("Who is responsible for the ticket")),
    "handler": message(N_("Who handles it")),
    "due": message(N_("Due date")),
}
_TASK = {
    "task": message(N_("Title of the task")),
    "stage": message(N_("Stage the task stands at")),
    "process": message(N_("Process of the task")),
    "note": message(N_("Note of the last update")),
}
_VISIT = {
    "technician": message(N_("Technician who comes")),
    "visit_start": message(N_("When the visit begins")),
    "visit_end": message(N_("When the visit ends")),
}
_BEFORE = {
    "old_technician": message(N_("Technician before the change")),
    "old_start": message(N_("Beginning before the change")),
    "old_end": message(N_("End before the change")),
}

_OF_TICKET = {**_COMPANY, **_CUSTOMER, **_TICKET}
_OF_TASK = {**_OF_TICKET, **_TASK}
_OF_VISIT = {**_OF_TASK, **_VISIT}


def _kind(event: Event, name: str, when: str, fields: dict[str, Message]) -> tuple[str, EventKind]:
    return event.value, EventKind(event, message(name), message(when), MappingProxyType(fields))


EVENTS: Mapping[str, EventKind] = MappingProxyType(
    dict(
        (
            _kind(Event.TASK_GIVEN, N_("Task handed over"), N_("A task has a new handler."), _OF_TASK),
            _kind(Event.TICKET_OPENED, N_("Ticket opened"), N_("A ticket was taken in."), _OF_TASK),
            _kind(Event.TICKET_ANSWERED, N_("Answer came in"), N_("A mail continued a ticket."), _OF_TASK),
            _kind(Event.TICKET_CLOSED, N_("Ticket closed"), N_("A ticket was closed."), _OF_TICKET),
            _kind(Event.STAGE, N_("Stage entered"), N_("A task enters a stage that names the template."), _OF_TASK),
            _kind(Event.CALL_LOADED, N_("Call scheduled"), N_("A call was put on the plan."), _OF_VISIT),
            _kind(Event.CALL_MOVED, N_("Call moved"), N_("A scheduled call changed."), {**_OF_VISIT, **_BEFORE}),
            _kind(Event.CALL_CANCELLED, N_("Call cancelled"), N_("A call was taken off the plan."), _OF_VISIT),
            _kind(Event.DUE_TOMORROW, N_("Due tomorrow"), N_("An open task is due on the next day."), _OF_TASK),
        )
    )
)
"""Every event by code."""

RECIPIENTS: Mapping[str, Message] = MappingProxyType(
    {
        "customer": message(N_("Customer")),
        "handler": message(N_("Handler")),
        "responsible": message(N_("Responsible")),
        "list": message(N_("Mailing list")),
    }
)
SENDERS: Mapping[str, Message] = MappingProxyType(
    {"office": message(N_("Office mailbox")), "handler": message(N_("Handler's own mailbox"))}
)
