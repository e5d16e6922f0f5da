"""A scroll area over time and technicians: it paints what is visible and, when scrolled, only the new strip."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import cast

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QStyle, QWidget

from app.domain.planner import Snap
from ui.kit import theme, translate
from ui.planner.canvas.cuts import Cuts
from ui.planner.canvas.grid import Grid
from ui.planner.canvas.ground import Ground
from ui.planner.canvas.lines import Lines
from ui.planner.canvas.looks import Colours, hatch_tile
from ui.planner.canvas.overlays import ghost_rect, paint_over
from ui.planner.canvas.paint import paint_rect
from ui.planner.canvas.panes import NameColumn, TimeHeader, UtilisationColumn
from ui.planner.canvas.periods import Period
from ui.planner.canvas.rows import BoardModel, Strip, TechnicianLine, VisitBar, seconds
from ui.planner.canvas.scale import TimeScale, Window
from ui.planner.canvas.scene import BAR_MARGIN, Scene
from ui.planner.canvas.sprites import Sprites

_NAMES = 176
_FIGURES = 60
_HEADER = 46
_HEADING = 26
_STEP = 40  # pixels a click on a horizontal arrow scrolls
_WIDEST, _NARROWEST = 12.0, 0.03  # pixels a minute


class View(Enum):
    """How much time is meant to be seen at once; the value is the number of days."""

    DAY = 1
    WEEK = 7
    FORTNIGHT = 14
    MONTH = 31


# Pixels a minute below which bars of the view would say too little: it scrolls sideways then.
_LEAST = {View.DAY: 1.0, View.WEEK: 0.3, View.FORTNIGHT: 0.2, View.MONTH: 0.08}


def region_rects(region: QRegion) -> list[QRect]:
    """The rectangles of a region; its type stubs do not know that it can be iterated."""
    return list(cast("Iterable[QRect]", region))


class Surface(QAbstractScrollArea):
    """The picture of the board without its handling: what it shows, where it is scrolled, what is painted again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._period = Period(datetime.now().astimezone().date(), 1)
        self._zoom: View | float | None = View.DAY  # None: everything fits
        self._extra: tuple[Window, ...] = ()
        self.snap = Snap(self._period.zone)
        self.spoken: object = None  # what a screen reader was given, kept alive for it
        self._tile = hatch_tile(Colours(), self.devicePixelRatioF())
        self.scene = self._empty_scene()
        self._header = TimeHeader(self.scene, self)
        self._names = NameColumn(self.scene, self)
        self._figures = UtilisationColumn(self.scene, self)
        theme.news.changed.connect(self._redress)
        translate.news.switched.connect(self._lay_out)
        self.scene.sprites = self._new_sprites()
        self._set_margins()
        self._lay_out()

    @property
    def model(self) -> BoardModel:
        """The lines on the board."""
        return self.scene.model

    @property
    def period(self) -> Period:
        """The days on the board."""
        return self._period

    # --- What is shown -------------------------------------------------------------------------------------------

    def set_model(self, model: BoardModel, extra: Iterable[Window] = ()) -> None:
        """Show other lines; the first technician in sight stays where he is, if he is still there.

        `extra` are stretches outside the period's hours that must not be folded away (see `visits_outside`).
        """
        first = self.scene.lines.at(self.scene.top)
        shown = next((row for row in map(self.model.row_at, range(first, len(self.scene.lines))) if row), None)
        line = self.model.line_of(shown.technician_id) if shown and first >= 0 else None
        above = self.scene.lines.top(line) - self.scene.top if line is not None else 0
        self.scene.model = model
        self.scene.lines = Lines(model.lines, theme.row_height(), theme.scale(_HEADING))
        self.scene.sprites = self._new_sprites()  # the model numbers its looks in its own way
        self._extra = tuple(extra)
        self._lay_out()
        line = model.line_of(shown.technician_id) if shown else None
        if line is not None:
            self.verticalScrollBar().setValue(self.scene.lines.top(line) - above)

    def set_period(self, period: Period, view: View | None = None, extra: Iterable[Window] = ()) -> None:
        """Show other days from their start, at the zoom of the view when one is given."""
        self._period = period
        self.snap = Snap(period.zone, self.snap.minutes)
        self.scene.zone = period.zone
        self._extra = tuple(extra)
        self._zoom = view if view is not None else self._zoom
        self._lay_out()
        self.horizontalScrollBar().setValue(0)

    def set_zoom(self, px_per_min: float, anchor: int | None = None) -> None:
        """Change the width of a minute, keeping the time at a pixel (by itself the middle) where it is."""
        at = self.scene.scale.width // 2 if anchor is None else anchor
        second = self.scene.scale.t(at)
        self._zoom = min(max(px_per_min, _NARROWEST), _WIDEST)
        self._lay_out()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() + self.scene.scale.along(second) - self.scene.scale.along_at(at))

    def fit(self) -> None:
        """Make the whole period fit into the viewport."""
        self._zoom = None
        self._lay_out()

    def jump_to(self, moment: datetime) -> None:
        """Scroll the instant to a quarter of the viewport."""
        scale = self.scene.scale
        self.horizontalScrollBar().setValue(scale.along(seconds(moment)) - scale.width // 4)

    def set_now(self, moment: datetime | None) -> None:
        """Where the now-line stands; None for nowhere."""
        second = None if moment is None else seconds(moment)
        for each in (self.scene.now, second):
            if each is not None:
                self.viewport().update(self.scene.scale.x(each) - 1, 0, 4, self.viewport().height())
        self.scene.now = second
        self._header.update()

    # --- Changes of single lines and bars ------------------------------------------------------------------------

    def replace_visits(self, changed: Iterable[VisitBar], removed: Iterable[int] = ()) -> None:
        """Bring visits to the state given and paint only the strips they leave and enter."""
        self._repaint(self.model.replace_visits(changed, removed))

    def move_visit(self, visit_id: int, technician_id: int, start: datetime, end: datetime) -> bool:
        """Move one bar; False, and nothing is changed, where another one is in its way."""
        strips = self.model.move(visit_id, technician_id, start, end)
        self._repaint(strips or ())
        return strips is not None

    def set_line(self, line: TechnicianLine) -> None:
        """Give a technician other runs or another utilisation."""
        self._repaint(self.model.set_line(line))
        self._names.update()
        self._figures.update()

    def _repaint(self, strips: Iterable[Strip]) -> None:
        scene = self.scene
        for strip in strips:
            left, right = scene.scale.across(strip.start, strip.end)
            top = scene.lines.top(strip.line) - scene.top
            self.viewport().update(left - 4, top, right - left + 8, scene.lines.height(strip.line))

    # --- Lay-out -------------------------------------------------------------------------------------------------

    def _empty_scene(self) -> Scene:
        scale, dpr = TimeScale(self._period.windows(), 1.0), self.devicePixelRatioF()
        colours, grid = Colours(), Grid(self._period, scale)
        return Scene(
            BoardModel(),
            Lines((), theme.row_height(), theme.scale(_HEADING)),
            scale,
            grid,
            colours,
            Sprites(colours, 1, dpr, scale),
            Cuts(theme.font(9)),
            Cuts(theme.font(10)),
            Cuts(theme.font(9, strong=True)),
            Ground(scale, grid, colours, self._tile, 1, dpr),
            zone=self._period.zone,
        )

    def _redress(self) -> None:
        """Take the theme's colours, sizes and type."""
        scene = self.scene
        scene.colours = Colours()
        scene.cuts, scene.names, scene.strong = (
            Cuts(theme.font(9)),
            Cuts(theme.font(10)),
            Cuts(theme.font(9, strong=True)),
        )
        self._tile = hatch_tile(scene.colours, self.devicePixelRatioF())
        scene.lines = Lines(self.model.lines, theme.row_height(), theme.scale(_HEADING))
        scene.sprites = self._new_sprites()
        self._set_margins()
        self._lay_out()

    def _new_sprites(self) -> Sprites:
        height = theme.row_height() - 2 * BAR_MARGIN
        return Sprites(self.scene.colours, height, self.devicePixelRatioF(), self.scene.scale)

    def _set_margins(self) -> None:
        """Leave room for the panes; Qt does not mirror margins by itself."""
        names, figures = theme.scale(_NAMES), theme.scale(_FIGURES)
        around = QRect(0, 0, names + 1 + figures, 1)
        middle = QStyle.visualRect(self.layoutDirection(), around, QRect(names, 0, 1, 1))
        self.setViewportMargins(middle.left(), theme.scale(_HEADER), around.width() - middle.left() - 1, 0)

    def _lay_out(self) -> None:
        """Make scale, lines and grid anew for the period, the zoom and the size of the viewport."""
        scene, view = self.scene, self.viewport()
        was = scene.scale
        windows = self._period.windows(self._extra)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        scene.scale = TimeScale(windows, self._px_per_min(windows, view.width()), mirrored=mirrored)
        scene.scale.width, scene.height = view.width(), view.height()
        if scene.scale.mirrored is not was.mirrored:
            scene.sprites = self._new_sprites()
        scene.grid = Grid(self._period, scene.scale)
        dpr, height = self.devicePixelRatioF(), scene.lines.row_height
        scene.ground = Ground(scene.scale, scene.grid, scene.colours, self._tile, height, dpr)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        scene.scale.offset = was.offset
        across.setRange(0, max(scene.scale.extent - view.width(), 0))
        across.setPageStep(view.width())
        across.setSingleStep(_STEP)
        down.setRange(0, max(scene.lines.extent - view.height(), 0))
        down.setPageStep(view.height())
        down.setSingleStep(scene.lines.row_height)
        scene.scale.offset, scene.top = across.value(), down.value()
        self._place_panes()
        view.update()

    def _px_per_min(self, windows: tuple[Window, ...], width: int) -> float:
        minutes = sum(end - start for start, end in windows) / 60
        if isinstance(self._zoom, float):
            return self._zoom
        if self._zoom is None:
            return min(max((width - 1) / minutes, _NARROWEST), _WIDEST)
        days = min(self._zoom.value, self._period.days)
        return min(max((width - 1) * self._period.days / days / minutes, _LEAST[self._zoom]), _WIDEST)

    def _place_panes(self) -> None:
        """Lay the frozen panes around the viewport, on the sides the language has them."""
        inside = self.viewport().geometry()
        names, figures = theme.scale(_NAMES), theme.scale(_FIGURES)
        around = QRect(0, inside.top(), names + inside.width() + figures, inside.height())
        middle = QStyle.visualRect(self.layoutDirection(), around, around.adjusted(names, 0, -figures, 0))
        whole = around.translated(inside.left() - middle.left(), 0)
        for pane, left, width in (
            (self._names, whole.left(), names),
            (self._figures, whole.left() + names + inside.width(), figures),
        ):
            logical = QRect(left, whole.top(), width, whole.height())
            pane.setGeometry(QStyle.visualRect(self.layoutDirection(), whole, logical))
            pane.update()
        self._header.setGeometry(whole.left(), 0, whole.width(), inside.top())
        self._header.place(inside.left() - whole.left())

    # --- Qt ------------------------------------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll the pixels that stay and paint the strip that comes into view."""
        scene = self.scene
        offset, top = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        across, down = scene.scale.shift(offset - scene.scale.offset), scene.top - top
        if not across and not down:
            return
        scene.scale.offset, scene.top = offset, top
        if scene.ghost is None:
            self.viewport().scroll(across, down)
        else:
            self.viewport().update()  # the ghost hangs on the pointer, not on the content
        if across:
            self._header.scroll_by(across)
        if down:
            self._names.scroll(0, down)
            self._figures.scroll(0, down)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rectangles asked for and nothing else."""
        painter = QPainter(self.viewport())
        painter.setLayoutDirection(self.layoutDirection())
        region = event.region()
        areas = [event.rect()] if region.rectCount() == 1 else region_rects(region)
        for area in areas:
            if len(areas) > 1:
                painter.setClipRect(area)
            paint_rect(painter, area, self.scene)
        if len(areas) > 1:
            painter.setClipRegion(region)
        paint_over(painter, event.rect(), self.scene)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size; a zoom of the person's own stays."""
        super().resizeEvent(event)
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the pixel density of the screen."""
        super().showEvent(event)
        if self._tile.devicePixelRatioF() != self.devicePixelRatioF():
            self._redress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the direction of the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._set_margins()
            self._lay_out()

    def _ghost_area(self) -> QRect:
        return ghost_rect(self.scene, self.scene.ghost) if self.scene.ghost is not None else QRect()
