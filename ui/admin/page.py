"""A page of Set-up that is no list with a form: what the screen asks of it."""

from PySide6.QtWidgets import QWidget

__all__ = ["PageView"]


class PageView(QWidget):
    """Answers the keys of the screen."""

    @property
    def can_cancel(self) -> bool:
        """Whether there is something to cancel."""
        return False

    def save(self) -> None:
        """Save what was changed."""

    def cancel(self) -> None:
        """Go back to what is saved."""

    def refresh(self) -> None:
        """Read it anew; what was changed stays."""
