"""What the board shows, free of Qt: rows of packed columns, sorted by start, changed one bar at a time."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from app.domain.planner import Run


@dataclass(frozen=True, slots=True)
class VisitBar:
    """One visit as it is drawn: `fill` is its type's colour, `stripe` its state's, `icon` a meaning of ui.kit.icons."""

    visit_id: int
    technician_id: int
    start: datetime
    end: datetime
    title: str
    subtitle: str = ""
    fill: str = "#77AADD"
    stripe: str = ""
    icon: str = ""
    is_conflicting: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class TechnicianLine:
    """A technician with his runs; `utilisation` is the percent shown at the row's end."""

    technician_id: int
    name: str
    runs: tuple[Run, ...] = ()
    utilisation: int | None = None


@dataclass(frozen=True, slots=True)
class GroupLines:
    """A group heading and the technicians under it; without a name no heading is drawn."""

    name: str
    technicians: tuple[TechnicianLine, ...]


@dataclass(frozen=True, slots=True)
class BarStyle:
    """What bars of one look have in common: the key of their pictures."""

    fill: str
    stripe: str = ""
    icon: str = ""
    is_conflicting: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of one line that must be painted again, in seconds since 1970."""

    line: int
    start: int
    end: int


def seconds(moment: datetime) -> int:
    """An instant as whole seconds since 1970."""
    return int(moment.timestamp())


def instant(second: int) -> datetime:
    """The UTC instant of a second since 1970."""
    return datetime.fromtimestamp(second, UTC)


class Heading:
    """The line with the name of a group."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class TechnicianRow:
    """One technician's white stretches, labelled grey ones and visits, each sorted by start in a column of its own."""

    __slots__ = (
        "ends",
        "greys",
        "ids",
        "name",
        "starts",
        "styles",
        "subtitles",
        "technician_id",
        "titles",
        "utilisation",
        "versions",
        "white_ends",
        "white_starts",
    )

    def __init__(self, line: TechnicianLine) -> None:
        self.technician_id = line.technician_id
        self.name = line.name
        self.utilisation = line.utilisation
        self.white_starts, self.white_ends = array("q"), array("q")
        self.greys: tuple[tuple[int, int, str], ...] = ()
        self.starts, self.ends, self.ids, self.versions = array("q"), array("q"), array("q"), array("q")
        self.styles = array("H")
        self.titles: list[str] = []
        self.subtitles: list[str] = []
        self.set_runs(line.runs)

    def set_runs(self, runs: Iterable[Run]) -> None:
        """Take other white and grey stretches; touching white ones are drawn as one."""
        starts, ends, greys = array("q"), array("q"), []
        for run in runs:
            start, end = seconds(run.start), seconds(run.end)
            if not run.is_white:
                greys.append((start, end, run.label))
            elif ends and ends[-1] >= start:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        self.white_starts, self.white_ends, self.greys = starts, ends, tuple(greys)

    def fill(self, visits: Sequence[VisitBar], styles: Sequence[int]) -> None:
        """Take these visits, sorted by start, in place of all others."""
        self.starts = array("q", [seconds(each.start) for each in visits])
        self.ends = array("q", [seconds(each.end) for each in visits])
        self.ids = array("q", [each.visit_id for each in visits])
        self.versions = array("q", [each.version for each in visits])
        self.styles = array("H", styles)
        self.titles = [each.title for each in visits]
        self.subtitles = [each.subtitle for each in visits]

    def between(self, start: int, end: int) -> range:
        """The positions of the visits that have a second in common with `[start, end)`."""
        first = bisect_right(self.starts, start)
        if first and self.ends[first - 1] > start:
            first -= 1
        return range(first, bisect_left(self.starts, end, first))

    def white_between(self, start: int, end: int) -> range:
        """The positions of the white stretches that have a second in common with `[start, end)`."""
        return range(bisect_right(self.white_ends, start), bisect_left(self.white_starts, end))

    def is_free(self, start: int, end: int, ignored: int = 0) -> bool:
        """Whether no visit but the ignored one lies in `[start, end)`."""
        return all(self.ids[position] == ignored for position in self.between(start, end))

    def insert(self, bar: VisitBar, style: int) -> int:
        """Put one visit in its place and say where that is."""
        start = seconds(bar.start)
        position = bisect_right(self.starts, start)
        self.starts.insert(position, start)
        self.ends.insert(position, seconds(bar.end))
        self.ids.insert(position, bar.visit_id)
        self.versions.insert(position, bar.version)
        self.styles.insert(position, style)
        self.titles.insert(position, bar.title)
        self.subtitles.insert(position, bar.subtitle)
        return position

    def remove(self, position: int) -> None:
        """Take one visit out."""
        for column in (self.starts, self.ends, self.ids, self.versions, self.styles, self.titles, self.subtitles):
            del column[position]


Line = Heading | TechnicianRow


class _Whereabouts:
    """Which line a visit is on: two sorted columns (12 bytes a visit, a dict takes 90) and the changes since."""

    def __init__(self, lines: Sequence[Line]) -> None:
        ids, places = array("q"), array("i")
        for number, line in enumerate(lines):
            if isinstance(line, TechnicianRow):
                ids.extend(line.ids)
                places.extend([number] * len(line.ids))
        order = sorted(range(len(ids)), key=ids.__getitem__)
        self._ids = array("q", [ids[each] for each in order])
        self._places = array("i", [places[each] for each in order])
        self._changed: dict[int, int] = {}

    def __getitem__(self, visit_id: int) -> int:
        """The line, or -1."""
        if visit_id in self._changed:
            return self._changed[visit_id]
        position = bisect_left(self._ids, visit_id)
        if position < len(self._ids) and self._ids[position] == visit_id:
            return self._places[position]
        return -1

    def __setitem__(self, visit_id: int, line: int) -> None:
        self._changed[visit_id] = line


class BoardModel:
    """The lines of the board from top to bottom; may be built in the background, is changed on the GUI thread only."""

    def __init__(self, groups: Iterable[GroupLines] = (), visits: Iterable[VisitBar] = ()) -> None:
        """Pack what was read; a technician in two groups stands under the first, visits of others are left out."""
        self.lines: list[Line] = []
        self.styles: list[BarStyle] = []
        self._style_numbers: dict[tuple[str, str, str, bool], int] = {}
        self._line_of: dict[int, int] = {}
        for group in groups:
            if group.name:
                self.lines.append(Heading(group.name))
            for line in group.technicians:
                if line.technician_id not in self._line_of:
                    self._line_of[line.technician_id] = len(self.lines)
                    self.lines.append(TechnicianRow(line))
        self._fill(visits)
        self._places = _Whereabouts(self.lines)

    def _fill(self, visits: Iterable[VisitBar]) -> None:
        """Pack technician by technician as they come, so that the read rows need not all be kept."""
        for technician_id, group in groupby(visits, key=attrgetter("technician_id")):
            row = self.row(technician_id)
            if row is None:
                continue
            if row.ids:  # the reader did not order by technician
                for bar in group:
                    row.insert(bar, self._style(bar))
            else:
                bars = sorted(group, key=attrgetter("start"))
                row.fill(bars, [self._style(bar) for bar in bars])

    def _style(self, bar: VisitBar) -> int:
        key = (bar.fill, bar.stripe, bar.icon, bar.is_conflicting)
        number = self._style_numbers.get(key)
        if number is None:
            number = self._style_numbers[key] = len(self.styles)
            self.styles.append(BarStyle(*key))
        return number

    def line_of(self, technician_id: int) -> int | None:
        """The number of the technician's line."""
        return self._line_of.get(technician_id)

    def row(self, technician_id: int) -> TechnicianRow | None:
        """The technician's row."""
        number = self._line_of.get(technician_id)
        found = None if number is None else self.lines[number]
        return found if isinstance(found, TechnicianRow) else None

    def row_at(self, line: int) -> TechnicianRow | None:
        """The row on this line; None for a heading and outside."""
        found = self.lines[line] if 0 <= line < len(self.lines) else None
        return found if isinstance(found, TechnicianRow) else None

    def find(self, visit_id: int) -> tuple[int, int] | None:
        """The line and the position in its row where a visit stands."""
        line = self._places[visit_id]
        row = self.row_at(line)
        return None if row is None else (line, row.ids.index(visit_id))

    def bar(self, visit_id: int) -> VisitBar | None:
        """The visit as it stands on the board now."""
        place = self.find(visit_id)
        return None if place is None else self.bar_at(*place)

    def bar_at(self, line: int, position: int) -> VisitBar:
        """The visit at a position of a line that `find` or a hit named."""
        row = self.lines[line]
        assert isinstance(row, TechnicianRow)
        style = self.styles[row.styles[position]]
        return VisitBar(
            row.ids[position],
            row.technician_id,
            instant(row.starts[position]),
            instant(row.ends[position]),
            row.titles[position],
            row.subtitles[position],
            style.fill,
            style.stripe,
            style.icon,
            style.is_conflicting,
            row.versions[position],
        )

    def bars(self) -> Iterator[VisitBar]:
        """Every visit on the board, line by line."""
        for number, line in enumerate(self.lines):
            if isinstance(line, TechnicianRow):
                for position in range(len(line.ids)):
                    yield self.bar_at(number, position)

    def move(self, visit_id: int, technician_id: int, start: datetime, end: datetime) -> tuple[Strip, ...] | None:
        """Put one visit elsewhere; None, and nothing is changed, where another visit is in the way or no such row is.

        O(log n), but for shifting the columns of the two rows.
        """
        place, target = self.find(visit_id), self.row(technician_id)
        if place is None or target is None or not target.is_free(seconds(start), seconds(end), visit_id):
            return None
        bar = self.bar_at(*place)
        gone = self._take(place)
        return (gone, self._put(replace(bar, technician_id=technician_id, start=start, end=end)))

    def replace_visits(self, changed: Iterable[VisitBar], removed: Iterable[int] = ()) -> tuple[Strip, ...]:
        """Bring visits to the state given, whichever were known; those of technicians not shown leave the board."""
        bars = list({bar.visit_id: bar for bar in changed}.values())
        strips = []
        for visit_id in (*removed, *(bar.visit_id for bar in bars)):
            place = self.find(visit_id)
            if place is not None:
                strips.append(self._take(place))
        strips += [self._put(bar) for bar in bars if bar.technician_id in self._line_of]
        return tuple(strips)

    def set_line(self, line: TechnicianLine) -> tuple[Strip, ...]:
        """Give a technician other runs, name or utilisation; the whole line is to be painted again."""
        number, row = self._line_of.get(line.technician_id), self.row(line.technician_id)
        if number is None or row is None:
            return ()
        row.name, row.utilisation = line.name, line.utilisation
        row.set_runs(line.runs)
        return (Strip(number, -(2**40), 2**40),)

    def _take(self, place: tuple[int, int]) -> Strip:
        line, position = place
        row = self.lines[line]
        assert isinstance(row, TechnicianRow)
        strip = Strip(line, row.starts[position], row.ends[position])
        self._places[row.ids[position]] = -1
        row.remove(position)
        return strip

    def _put(self, bar: VisitBar) -> Strip:
        line, row = self._line_of[bar.technician_id], self.row(bar.technician_id)
        assert row is not None
        position = row.insert(bar, self._style(bar))
        self._places[bar.visit_id] = line
        return Strip(line, row.starts[position], row.ends[position])
