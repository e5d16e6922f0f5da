"""The board itself: one scroll area that paints the visible rows and hours and, when scrolled, only the new strip."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from enum import Enum

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from ui.planner.canvas.drops import Carried, Drop, Hit, Verdict
from ui.planner.canvas.periods import Period
from ui.planner.canvas.rows import BoardModel, TechnicianLine, VisitBar


class View(Enum):
    """How much time is meant to be seen at once; the value is the number of days."""

    DAY = 1
    WEEK = 7
    FORTNIGHT = 14
    MONTH = 31


class Board(QAbstractScrollArea):
    """Technicians' rows over time.

    Signals carry ids and places, never widgets: `visit_opened(visit_id)`, `slot_opened(Spot)` (Enter on an empty
    place), `menu_requested(Spot)`, `unschedule_requested(tuple of visit ids)`, `selection_changed(tuple of visit
    ids)`, `day_wanted(-1 or 1)`, and `nudged(Drop)` when a bar is moved by keyboard.
    """

    visit_opened = Signal(int)
    slot_opened = Signal(object)
    menu_requested = Signal(object)
    unschedule_requested = Signal(object)
    selection_changed = Signal(object)
    day_wanted = Signal(int)
    nudged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def set_model(self, model: BoardModel) -> None:
        """Show other lines; scroll, selection and focus stay where their technicians and visits still are."""

    def set_period(self, period: Period, view: View = View.DAY) -> None:
        """Show other days; the zoom is the one of the view, and the time of day under the start edge stays."""

    def set_zoom(self, px_per_min: float) -> None:
        """Change the width of a minute, keeping the middle of the viewport."""

    def fit(self) -> None:
        """Make the whole period fit into the viewport."""

    def jump_to(self, moment: datetime) -> None:
        """Scroll the instant to a quarter of the viewport."""

    def set_now(self, moment: datetime | None) -> None:
        """Where the now-line stands."""

    def set_zone(self, zone: tzinfo) -> None:
        """The company's zone, for hours, days and snapping."""

    def set_snap(self, minutes: int) -> None:
        """The grid edges come to rest on."""

    def replace_visits(self, changed: Iterable[VisitBar], removed: Iterable[int] = ()) -> None:
        """Bring visits to the state given and paint only the strips they leave and enter."""

    def move_visit(self, visit_id: int, technician_id: int, start: datetime, end: datetime) -> bool:
        """Move one bar, if nothing is in its way."""
        return False

    def set_line(self, line: TechnicianLine) -> None:
        """Give a technician other runs or another utilisation."""

    def select(self, visit_ids: Iterable[int], *, reveal: bool = False) -> None:
        """Select these visits; with `reveal` scroll to the first."""

    def selected(self) -> tuple[int, ...]:
        """The selected visits."""
        return ()

    def hit(self, pos: QPoint) -> Hit:
        """What lies under a point of the viewport."""
        raise NotImplementedError

    def carried(self, visit_id: int) -> Carried | None:
        """A visit of the board as something to carry."""

    def show_ghost(self, drop: Drop, verdict: Verdict) -> None:
        """Show where something would land and whether it may."""

    def hide_ghost(self) -> None:
        """Take the ghost away."""

    def dim_others(self, technician_ids: frozenset[int] | None) -> None:
        """Dim all rows but these while something is dragged; None lifts it."""
