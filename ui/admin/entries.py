"""Where each part of the set-up has its place: the sections under their headings, and windows of other screens."""

from typing import Any

from app.domain.words import N_
from ui.admin.backup import BACKUP
from ui.admin.layout import CARD_LAYOUT
from ui.admin.section import Elsewhere, Section, Workspace
from ui.admin.sections.activity_states import ACTIVITY_STATES
from ui.admin.sections.activity_types import ACTIVITY_TYPES
from ui.admin.sections.company import COMPANY
from ui.admin.sections.groups import GROUPS
from ui.admin.sections.hand_over import HAND_OVER
from ui.admin.sections.mailboxes import MAILBOXES
from ui.admin.sections.mailing_lists import MAILING_LISTS
from ui.admin.sections.named import PRACTICES, SITES
from ui.admin.sections.note_kinds import NOTE_KINDS
from ui.admin.sections.numerators import NUMERATORS
from ui.admin.sections.own_fields import OWN_FIELDS
from ui.admin.sections.pauses import PAUSES
from ui.admin.sections.products import PRODUCT_GROUPS, PRODUCTS
from ui.admin.sections.projects import PROJECTS
from ui.admin.sections.roles import ROLES
from ui.admin.sections.telephony import TELEPHONY
from ui.admin.sections.ticket_states import TICKET_STATES
from ui.admin.sections.ticket_types import TICKET_TYPES
from ui.admin.sections.users import USERS

__all__ = ["ENTRIES"]

_ENABLED_TYPES = Elsewhere(
    "enabled_types",
    N_("Enabled types"),
    "skill",
    N_("Who may do which activity types: people one by one, or everybody of a group."),
    N_("Open the enabled types"),
    "planner.enabled_types",
    "planner",
)
_HOURS = Elsewhere(
    "hours",
    N_("Working hours"),
    "working-hours",
    N_("From when until when each technician works on which day of the week."),
    N_("Open the working hours"),
    "planner.hours",
    "planner",
)
_RULES = Elsewhere(
    "rules",
    N_("Presence rules"),
    "presence",
    N_("The hours that repeat: when and at which site technicians are present. The planner is white there."),
    N_("Open the presence rules"),
    "planner.rules",
    "planner",
)
_ABSENCES = Elsewhere(
    "absences",
    N_("Absences"),
    "absence",
    N_("Days off, sickness and other time away. It is grey on the planner."),
    N_("Open the absences"),
    "planner.absences",
    "planner",
)
_HOLIDAYS = Elsewhere(
    "holidays",
    N_("Holidays"),
    "holiday",
    N_("The public holidays of the company's country, and days of the company's own."),
    N_("Open the holidays"),
    "planner.holidays",
    "planner",
)

_TEMPLATES = Elsewhere(
    "mail_templates",
    N_("Mail templates"),
    "details",
    N_("What is written when something happens, in each language, tried on a real record."),
    N_("Open the mail templates"),
    "mail.templates",
    "mail",
)

ENTRIES: tuple[tuple[str, tuple[Section[Any] | Elsewhere | Workspace, ...]], ...] = (
    (N_("People"), (USERS, GROUPS, ROLES)),
    (N_("Work"), (PRACTICES, ACTIVITY_TYPES, ACTIVITY_STATES, HAND_OVER, _ENABLED_TYPES)),
    (N_("Tickets"), (TICKET_TYPES, TICKET_STATES, OWN_FIELDS, CARD_LAYOUT, NUMERATORS, NOTE_KINDS)),
    (N_("Products and projects"), (PRODUCT_GROUPS, PRODUCTS, PROJECTS)),
    (N_("Time and places"), (SITES, _HOURS, _RULES, _ABSENCES, _HOLIDAYS)),
    (N_("Dial desk"), (PAUSES, TELEPHONY)),
    (N_("Mail"), (MAILBOXES, MAILING_LISTS, _TEMPLATES)),
    (N_("Company"), (COMPANY, BACKUP)),
)
"""Heading by heading, in the order of the list."""
