"""Maps every table."""

from app.models import audit, changes, company, customers, mail, people, places, planner, points, presence
from app.models.dialer import attempts, campaigns, law, pools, telephones
from app.models.processes import activities, flows, profiles
from app.models.tickets import cards, catalogue, fields, hours, notes, saved, tasks

__all__ = [
    "activities",
    "attempts",
    "audit",
    "campaigns",
    "cards",
    "catalogue",
    "changes",
    "company",
    "customers",
    "fields",
    "flows",
    "hours",
    "law",
    "mail",
    "notes",
    "people",
    "places",
    "planner",
    "points",
    "pools",
    "presence",
    "profiles",
    "saved",
    "tasks",
    "telephones",
]
