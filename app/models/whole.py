"""Maps every table."""

from app.models import changes, company, customers, mail, people, places, planner
from app.models.processes import activities, flows, profiles
from app.models.tickets import cards, catalogue, fields, hours, notes, saved, tasks

__all__ = [
    "activities",
    "cards",
    "catalogue",
    "changes",
    "company",
    "customers",
    "fields",
    "flows",
    "hours",
    "mail",
    "notes",
    "people",
    "places",
    "planner",
    "profiles",
    "saved",
    "tasks",
]
