"""What lies under the pointer: line by bisection, then bar by bisection, then its edge."""

from PySide6.QtCore import QPoint

from ui.planner.canvas.drops import Hit, Zone
from ui.planner.canvas.rows import TechnicianRow
from ui.planner.canvas.scene import BAR_MARGIN, Scene

_EDGE = 6
_EDGES_FROM = 18
_REACH = 3  # a tick is hit by who comes near


def hit_at(scene: Scene, pos: QPoint) -> Hit:
    """The line, the second and the bar at a point of the viewport."""
    number = scene.lines.at(pos.y() + scene.top)
    second = scene.scale.t(pos.x())
    row = scene.model.row_at(number)
    if row is None:
        return Hit(number, 0, second)
    inside = pos.y() + scene.top - scene.lines.top(number)
    if BAR_MARGIN <= inside < scene.lines.row_height - BAR_MARGIN:
        position = _bar_at(scene, row, pos.x())
        if position is not None:
            zone = _zone(scene, row.starts[position], row.ends[position], pos.x())
            return Hit(number, row.technician_id, second, row.ids[position], zone)
    return Hit(number, row.technician_id, second)


def _bar_at(scene: Scene, row: TechnicianRow, x: int) -> int | None:
    """The bar that has the pixel, or a tick within reach."""
    near: tuple[int, int] | None = None
    for position in row.between(*scene.scale.seen(x - _REACH, x + _REACH)):
        left, right = scene.scale.across(row.starts[position], row.ends[position])
        if left <= x < right:
            return position
        away = min(abs(x - left), abs(x - right))
        if right - left <= 2 * _REACH and away <= _REACH and (near is None or away < near[0]):
            near = (away, position)
    return near[1] if near else None


def _zone(scene: Scene, start: int, end: int, x: int) -> Zone:
    first, last = scene.scale.x(start), scene.scale.x(end)
    width = abs(last - first)
    if width < _EDGES_FROM:
        return Zone.BODY
    edge = max(_EDGE, width // 10)
    if abs(x - first) < edge:
        return Zone.START
    return Zone.END if abs(x - last) <= edge else Zone.BODY
