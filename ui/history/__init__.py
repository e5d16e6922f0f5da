"""The history of every card: who changed what, when and from where, in a window beside the work or on the card."""

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.history.at_hand import card_at_hand
from ui.kit.commands import Command
from ui.kit.screen import Act, Desk, Tab

__all__ = ["ACTS", "AS_OF", "OPEN", "TABS"]

OPEN = Command("history.open", N_("History"), "history", "Alt+H")
AS_OF = Command("history.as_of", N_("Show the card as of…"), "history")


def _open(desk: Desk, table: str = "", row_id: int = 0, name: str = "") -> None:
    found = (table, row_id, name) if table else card_at_hand(desk)
    if found is None:
        desk.messages.info(N_("Choose a card first."))
        return
    from ui.history.window import HistoryWindow

    HistoryWindow.of(desk).turn_to(*found)


def _as_of(desk: Desk, table: str = "", row_id: int = 0, name: str = "") -> None:
    found = (table, row_id, name) if table else card_at_hand(desk)
    if found is None:
        desk.messages.info(N_("Choose a card first."))
        return
    from ui.history.standing import StandingWindow

    StandingWindow.of(desk).turn_to(*found)


def _view(desk: Desk) -> QWidget:
    from ui.history.view import HistoryView

    return HistoryView(desk)


ACTS: tuple[Act, ...] = (Act(OPEN, _open), Act(AS_OF, _as_of))
"""Both take a table, a row's id and what it is called; without them they are about the card at hand: the one that the
widget with the keyboard, one around it, or the screen in front names by its method `card_at_hand()`."""

TABS: tuple[Tab, ...] = (
    Tab("customers.card", "history.customer", N_("History"), "history", _view),
    Tab("tasks.card", "history.task", N_("Changes"), "history", _view),
)
"""The part of a card; it follows `turn_to(table, id)`."""
