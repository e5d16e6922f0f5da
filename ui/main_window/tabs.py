"""The pages features lend to the screens of others; a package is light, its page is imported when first shown."""

from ui.history import TABS as HISTORY
from ui.kit.screen import Tab
from ui.points import TABS as POINTS

TABS: tuple[Tab, ...] = (*POINTS, *HISTORY)
