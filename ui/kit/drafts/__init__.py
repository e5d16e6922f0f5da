"""What is typed and not saved: `drafts_of(desk)` keeps it on this computer and gives back what a crash left."""

from typing import TYPE_CHECKING

from ui.kit.screen import Desk

if TYPE_CHECKING:
    from ui.kit.drafts.drafts import Drafts

__all__ = ["NEW_ROW", "drafts_of", "record_of"]

NEW_ROW = "new"


def drafts_of(desk: Desk) -> "Drafts":
    """The one journal of this desktop, begun when it is first asked for; it ends with the desktop."""
    from ui.kit.drafts.drafts import Drafts

    found = desk.tasks.findChild(Drafts)
    return found if found is not None else Drafts(desk)


def record_of(kind: str, row_id: int | str | None) -> str:
    """What the draft of a row is kept under; a new row has no key yet."""
    return f"{kind}:{row_id or NEW_ROW}"
