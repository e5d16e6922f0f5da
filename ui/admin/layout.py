"""The card layout as an entry of Set-up; its page comes in when it is first opened."""

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.admin.section import Workspace
from ui.kit.screen import Desk

__all__ = ["CARD_LAYOUT"]

TEXT = N_("Card layout")
ABOUT = N_("Which fields a card has, in which order. Drag them, or use Enter, Delete and Alt with the arrows.")


def _view(desk: Desk) -> QWidget:
    from ui.admin.layout_view import LayoutView

    return LayoutView(desk, TEXT, ABOUT)


CARD_LAYOUT = Workspace("card_layout", TEXT, "details", ABOUT, _view)
"""Which fields are on the cards."""
