"""The calls of a customer in all campaigns, as far as the reader sees them, and the wishes not to be called."""

from app.services.dialer.history import Kind
from ui.kit.screen import Desk
from ui.widgets.history import History

__all__ = ["CallsOfCustomer"]


class CallsOfCustomer(History):
    """The newest on top."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, frozenset({Kind.CALL, Kind.WISH}))
