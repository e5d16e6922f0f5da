"""Tickets, the tasks under them, and everything a card is made of."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.models.tickets.cards import Ticket, TicketStatus, TicketSubtype, TicketSubtype2, TicketType
from app.models.tickets.tasks import Task, TaskStep

if TYPE_CHECKING:
    from app.models.tickets.catalogue import Numerator, Product, ProductGroup, Project
    from app.models.tickets.fields import CustomField, Layout, StatusField
    from app.models.tickets.hours import HoursEntry
    from app.models.tickets.notes import File, FileContent, Note, NoteKind, Reminder
    from app.models.tickets.saved import SavedFilter

__all__ = [
    "CustomField",
    "File",
    "FileContent",
    "HoursEntry",
    "Layout",
    "Note",
    "NoteKind",
    "Numerator",
    "Product",
    "ProductGroup",
    "Project",
    "Reminder",
    "SavedFilter",
    "StatusField",
    "Task",
    "TaskStep",
    "Ticket",
    "TicketStatus",
    "TicketSubtype",
    "TicketSubtype2",
    "TicketType",
]

# Not asked for by the first screen, so not mapped at the start.
_LATER = {
    "Numerator": "app.models.tickets.catalogue",
    "Product": "app.models.tickets.catalogue",
    "ProductGroup": "app.models.tickets.catalogue",
    "Project": "app.models.tickets.catalogue",
    "CustomField": "app.models.tickets.fields",
    "Layout": "app.models.tickets.fields",
    "StatusField": "app.models.tickets.fields",
    "HoursEntry": "app.models.tickets.hours",
    "File": "app.models.tickets.notes",
    "FileContent": "app.models.tickets.notes",
    "Note": "app.models.tickets.notes",
    "NoteKind": "app.models.tickets.notes",
    "Reminder": "app.models.tickets.notes",
    "SavedFilter": "app.models.tickets.saved",
}


def __getattr__(name: str) -> Any:
    """Map a class when it is first named."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(_LATER[name]), name)
