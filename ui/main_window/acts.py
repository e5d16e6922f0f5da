"""What can be done from every screen and belongs to none; a package is light, its windows are imported when wanted."""

from ui.history import ACTS as HISTORY
from ui.kit.screen import Act

ACTS: tuple[Act, ...] = HISTORY
