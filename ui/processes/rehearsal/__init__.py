"""Rehearsal: a change that is not saved yet, shown on the hand-overs of the last weeks."""

from typing import TYPE_CHECKING

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Act, Desk

if TYPE_CHECKING:
    from app.domain.processes.flow import ProcessDraft
    from app.services.processes.rehearsal import Change

__all__ = ["REHEARSAL"]


def _open(desk: Desk, change: "Change | ProcessDraft", name: str = "") -> None:
    from ui.processes.rehearsal.window import show_rehearsal

    show_rehearsal(desk, change, name)


REHEARSAL = Act(
    Command("processes.rehearse", N_("Rehearsal…"), "history", in_palette=False), _open, Permission.ADMINISTER
)
"""`processes.rehearse` takes a process draft, or a change of who holds which profile and whose name it concerns."""
