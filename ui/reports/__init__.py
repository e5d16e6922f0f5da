"""Reports: how many tickets there are by what they are about, and the hours people report."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Act, Desk, Door, Screen

__all__ = ["HOURS", "NEW_HOURS", "SCREEN"]

HOURS = Command("hours.open", N_("My hours"), "clock")
NEW_HOURS = Command("hours.new", N_("Report hours"), "clock", "Ctrl+Alt+H")


def _make(desk: Desk) -> QWidget:
    from ui.reports.screen import ReportsScreen

    return ReportsScreen(desk)


def _report(
    desk: Desk, ticket_id: int | None = None, task_id: int | None = None, customer_id: int | None = None
) -> None:
    from ui.reports.entry import open_entry

    open_entry(desk, ticket_id, task_id, customer_id)


SCREEN = Screen(
    "reports",
    N_("Reports"),
    "reports",
    _make,
    doors=(Door(HOURS, "show_hours"),),
    acts=(Act(NEW_HOURS, _report, Permission.WORK_TASKS),),
)
"""The reports' entry in the navigation. `hours.new` takes the ids of a ticket, a task and a customer, or None each."""
