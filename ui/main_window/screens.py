"""The screens of the navigation, in its order; each package is light, and its screen is imported when first shown."""

from ui.admin import SCREEN as SETUP
from ui.customers import SCREEN as CUSTOMERS
from ui.dialer import CAMPAIGNS, DESK
from ui.home import SCREEN as HOME
from ui.imports import SCREEN as IMPORT
from ui.kit.screen import Screen
from ui.mail import SCREEN as MAIL
from ui.planner import SCREEN as PLANNER
from ui.processes import SCREEN as PROCESSES
from ui.reports import SCREEN as REPORTS
from ui.tickets import SCREEN as TICKETS
from ui.tickets.tasks import SCREEN as TASKS

SCREENS: tuple[Screen, ...] = (
    HOME, PLANNER, TICKETS, TASKS, CUSTOMERS, DESK, MAIL, CAMPAIGNS, REPORTS, IMPORT, PROCESSES, SETUP
)  # fmt: skip
