"""Everything one frame of the board is painted from; the board writes it, the painters read it."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from ui.planner.canvas.cuts import Cuts
from ui.planner.canvas.drops import Drop, Verdict
from ui.planner.canvas.grid import Grid
from ui.planner.canvas.ground import Ground
from ui.planner.canvas.lines import Lines
from ui.planner.canvas.looks import Colours
from ui.planner.canvas.rows import BoardModel
from ui.planner.canvas.scale import TimeScale
from ui.planner.canvas.sprites import Sprites

BAR_MARGIN = 3


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the keyboard is: a visit, or the free stretch of a row."""

    line: int
    start: int
    end: int
    visit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ghost:
    """What is in the air, where it would land, and what the rules say."""

    drop: Drop
    verdict: Verdict
    line: int


@dataclass(slots=True)
class Scene:
    """The state of the picture; `top` is the vertical scroll, `height` the viewport's."""

    model: BoardModel
    lines: Lines
    scale: TimeScale
    grid: Grid
    colours: Colours
    sprites: Sprites
    cuts: Cuts  # of bars and figures
    names: Cuts
    strong: Cuts  # of days and group headings
    ground: Ground
    top: int = 0
    height: int = 0
    zone: tzinfo = UTC
    now: int | None = None
    selected: set[int] = field(default_factory=set)
    cursor: Cursor | None = None
    has_focus: bool = False
    faint: int | None = None
    allowed: frozenset[int] | None = None
    ghost: Ghost | None = None

    @property
    def bar_height(self) -> int:
        """The height of a bar."""
        return self.lines.row_height - 2 * BAR_MARGIN

    @property
    def baselines(self) -> tuple[int, int]:
        """Where the first and the second line of a bar's text stand in a row; 0 for the second without room."""
        ascent, descent = self.cuts.ascent, self.cuts.descent
        height = ascent + descent
        if self.bar_height >= 2 * height:
            gap = (self.bar_height - 2 * height) // 3
            first = BAR_MARGIN + gap + ascent
            return first, first + height + gap
        return BAR_MARGIN + (self.bar_height + ascent - descent) // 2, 0
