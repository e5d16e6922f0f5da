"""The day it is where the person sits."""

from datetime import UTC, date, datetime

__all__ = ["today"]


def today() -> date:
    """Today by this computer's clock."""
    return datetime.now(UTC).astimezone().date()
