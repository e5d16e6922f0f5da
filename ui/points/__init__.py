"""Points: the monthly chart at home, and the summary among the reports."""

from ui.kit.screen import Tab

__all__ = ["TABS"]

TABS: tuple[Tab, ...] = ()
"""The pages of points, each in the screen of its host."""
