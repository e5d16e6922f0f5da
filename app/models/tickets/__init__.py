"""Tickets, the tasks under them, and everything a card is made of."""

from app.models.tickets.cards import Ticket, TicketStatus, TicketSubtype, TicketSubtype2, TicketType
from app.models.tickets.catalogue import Numerator, Product, ProductGroup, Project
from app.models.tickets.fields import CustomField, Layout, StatusField
from app.models.tickets.hours import HoursEntry
from app.models.tickets.notes import File, FileContent, Note, NoteKind, Reminder
from app.models.tickets.saved import SavedFilter
from app.models.tickets.tasks import Task, TaskStep

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
