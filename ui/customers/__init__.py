"""Customers: the list, and the card with their phones and tickets."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk, Door, Screen

__all__ = ["NEW", "OPEN", "SCREEN"]

OPEN = Command("customers.open", N_("Open the customer"), "customer", in_palette=False)
NEW = Command("customers.new", N_("New customer"), "new", "Ctrl+Shift+K")


def _make(desk: Desk) -> QWidget:
    from ui.customers.screen import CustomersScreen

    return CustomersScreen(desk)


SCREEN = Screen(
    "customers",
    N_("Customers"),
    "customers",
    _make,
    doors=(Door(OPEN, "open_customer"), Door(NEW, "new_customer", Permission.EDIT_CUSTOMERS)),
)
"""The customers' entry in the navigation; `customers.open` takes a customer's id."""
