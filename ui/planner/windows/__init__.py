"""The windows behind the plan: working hours, presence rules, absences, enabled types, holidays."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.planner import commands

__all__ = ["add_windows"]


def add_windows(desk: Desk, owner: QWidget) -> None:
    """Make the commands that open these windows work; each is made when first asked for."""
    opened: dict[str, QWidget] = {}
    for command, make in _MAKERS.items():
        may = partial(desk.person.may, Permission.PLAN)
        desk.commands.add(command, partial(_open, opened, command, make, desk, owner), enabled=may, owner=owner)


def _open(
    opened: dict[str, QWidget], command: Command, make: Callable[[Desk, QWidget], QWidget], desk: Desk, owner: QWidget
) -> None:
    if command.id not in opened:
        opened[command.id] = make(desk, owner)
    window = opened[command.id]
    if window.isVisible():
        window.raise_()
        window.activateWindow()
    else:
        window.show()


def _hours(desk: Desk, owner: QWidget) -> QWidget:
    from ui.planner.windows.hours import HoursWindow

    return HoursWindow(desk, owner)


def _rules(desk: Desk, owner: QWidget) -> QWidget:
    from ui.planner.windows.rules import RulesWindow

    return RulesWindow(desk, owner)


def _absences(desk: Desk, owner: QWidget) -> QWidget:
    from ui.planner.windows.absences import AbsencesWindow

    return AbsencesWindow(desk, owner)


def _enabled_types(desk: Desk, owner: QWidget) -> QWidget:
    from ui.planner.windows.enabled_types import EnabledTypesWindow

    return EnabledTypesWindow(desk, owner)


def _holidays(desk: Desk, owner: QWidget) -> QWidget:
    from ui.planner.windows.holidays import HolidaysWindow

    return HolidaysWindow(desk, owner)


_MAKERS: dict[Command, Callable[[Desk, QWidget], QWidget]] = {
    commands.HOURS: _hours,
    commands.RULES: _rules,
    commands.ABSENCES: _absences,
    commands.ENABLED_TYPES: _enabled_types,
    commands.HOLIDAYS: _holidays,
}
