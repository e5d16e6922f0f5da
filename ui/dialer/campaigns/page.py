"""A page beside the list of campaigns: what the screen asks of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.kit.screen import Desk

__all__ = ["CampaignPage"]


class CampaignPage(QWidget):
    """Shows one part of a campaign; what was changed and not saved stays with its campaign.

    Signal: `changed()` when there is something else to save, or nothing any more.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk

    def show_campaign(self, campaign_id: int) -> None:
        """Show this campaign."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Read it anew; what was changed stays."""

    @property
    def can_save(self) -> bool:
        """Whether there is something to save and nothing under way."""
        return False

    def is_dirty(self, campaign_id: int) -> bool:
        """Whether something of a campaign is changed and not saved."""
        return False

    def save(self) -> None:
        """Save what was changed."""

    def cancel(self) -> None:
        """Go back to what is saved."""
