"""The screens of the navigation, in its order; each package is light, and its screen is imported when first shown."""

from ui.admin import SCREEN as SETUP
from ui.customers import SCREEN as CUSTOMERS
from ui.imports import SCREEN as IMPORT
from ui.kit.screen import Screen
from ui.planner import SCREEN as PLANNER
from ui.tickets import SCREEN as TICKETS

SCREENS: tuple[Screen, ...] = (PLANNER, TICKETS, CUSTOMERS, IMPORT, SETUP)
