"""Where the arrow keys lead: along a row over bars and free white stretches, and up and down at the same hour."""

from ui.planner.canvas.rows import TechnicianRow
from ui.planner.canvas.scene import Cursor, Scene

_SHORTEST = 5 * 60  # a free stretch below this is no slot


def items(scene: Scene, line: int) -> list[Cursor]:
    """The bars and free stretches of a row that the period shows, by start."""
    row = scene.model.row_at(line)
    if row is None:
        return []
    found: list[Cursor] = []
    for start, end in scene.scale.windows:
        for position in row.between(start, end):
            cursor = Cursor(line, row.starts[position], row.ends[position], row.ids[position])
            if not found or cursor.visit_id != found[-1].visit_id:
                found.append(cursor)
        found += _free(row, line, start, end)
    return sorted(found, key=lambda each: each.start)


def _free(row: TechnicianRow, line: int, start: int, end: int) -> list[Cursor]:
    found: list[Cursor] = []
    for first, last in zip(row.white_starts, row.white_ends, strict=True):
        begin, until = max(first, start), min(last, end)
        if begin >= until:
            continue
        for position in row.between(begin, until):
            if row.starts[position] - begin >= _SHORTEST:
                found.append(Cursor(line, begin, row.starts[position]))
            begin = max(begin, row.ends[position])
        if until - begin >= _SHORTEST:
            found.append(Cursor(line, begin, until))
    return found


def along(scene: Scene, cursor: Cursor, steps: int) -> Cursor | None:
    """The item `steps` further (or back) on the same row; None at the end."""
    row = items(scene, cursor.line)
    before = [number for number, each in enumerate(row) if each.start <= cursor.start]
    here = before[-1] if before else -1
    if here >= 0 and cursor.visit_id is None and row[here].start < cursor.start and steps < 0:
        here += 1  # what the cursor stood on is gone: back means the one before it
    target = here + steps
    return row[target] if 0 <= target < len(row) else None


def edge(scene: Scene, cursor: Cursor, *, last: bool) -> Cursor | None:
    """The first or last item of the row on the cursor's day."""
    day = next((each for each in scene.grid.days if each.start <= cursor.start < each.end), None)
    row = [each for each in items(scene, cursor.line) if day is None or (each.end > day.start and each.start < day.end)]
    return (row[-1] if last else row[0]) if row else None


def updown(scene: Scene, cursor: Cursor, steps: int) -> Cursor | None:
    """The item at the same hour on the next (or previous) technician's row that has any."""
    line = cursor.line + steps
    while 0 <= line < len(scene.model.lines):
        row = items(scene, line)
        if row:
            return at(row, cursor.start)
        line += 1 if steps > 0 else -1
    return None


def at(row: list[Cursor], second: int) -> Cursor:
    """The item that has the second, or the nearest."""
    return min(row, key=lambda each: max(each.start - second, second - each.end + 1, 0))


def of_visit(scene: Scene, visit_id: int) -> Cursor | None:
    """The cursor on a visit."""
    place = scene.model.find(visit_id)
    row = scene.model.row_at(place[0]) if place else None
    if place is None or row is None:
        return None
    return Cursor(place[0], row.starts[place[1]], row.ends[place[1]], visit_id)
