"""The telephone at the desk: `phone_for(desk)` gives the one of whoever is logged in."""

from typing import TYPE_CHECKING

from ui.kit.screen import Desk

if TYPE_CHECKING:
    from ui.dialer.phone.phone import Phone

__all__ = ["phone_for"]


def phone_for(desk: Desk) -> "Phone":
    """The one telephone of this desktop, made when it is first asked for; it ends with the desktop."""
    from ui.dialer.phone.phone import Phone

    found = desk.tasks.findChild(Phone)
    return found if found is not None else Phone(desk)
