"""Mapped classes and nothing else; importing this package maps them all."""

from app.models import changes, company, customers, mail, people, places, planner, processes, tickets
from app.models.base import Base

__all__ = ["Base", "changes", "company", "customers", "mail", "people", "places", "planner", "processes", "tickets"]
