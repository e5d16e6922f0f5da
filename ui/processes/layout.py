"""Where the boxes of a process stand and how its arrows run: layers from the intake on, read like a line of text.

Coordinates are those of a left-to-right script; the drawing turns them around for the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain.processes.flow import ProcessDraft

__all__ = ["Arrow", "Drawing", "Measures", "Rect", "arrange"]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measures:
    """The sizes a drawing is made of."""

    width: int = 146
    height: int = 80
    gap_x: int = 44
    gap_y: int = 28
    chip: int = 26
    lane: int = 16
    margin: int = 24


@dataclass(frozen=True, slots=True)
class Rect:
    """Where a box stands."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way between two stages along points; `kind` is next, back or opens, `is_curved` for those that need no lane."""

    start: int
    end: int
    kind: str
    points: tuple[Point, ...]

    @property
    def is_curved(self) -> bool:
        """Whether it runs freely from gap to gap."""
        return self.kind == "next"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes by stage, chips of tasks that open elsewhere by (stage, stage there), the arrows, and the whole size."""

    boxes: Mapping[int, Rect]
    chips: Mapping[tuple[int, int], Rect]
    arrows: tuple[Arrow, ...]
    width: float
    height: float


def arrange(draft: ProcessDraft, sizes: Measures) -> Drawing:
    """Lay a process out."""
    return _Layout(draft, sizes).drawing()


class _Node:
    """Something that takes a place in a layer: a stage, or a bend of an arrow that passes by."""

    __slots__ = ("height", "key", "layer", "y")

    def __init__(self, key: object, layer: int, height: float) -> None:
        self.key, self.layer, self.height, self.y = key, layer, height, 0.0


class _Layout:
    def __init__(self, draft: ProcessDraft, sizes: Measures) -> None:
        self.sizes = sizes
        self.keys = [stage.key for stage in draft.stages]
        self.stages = {stage.key: stage for stage in draft.stages}
        ways = {key: [k for k in self.stages[key].next if k in self.stages and k != key] for key in self.keys}
        begins = [stage.key for stage in draft.stages if stage.is_intake] + self.keys
        self.back = _back_ways(begins, ways)
        self.forward = [(key, other) for key in self.keys for other in ways[key] if (key, other) not in self.back]
        self.layers = _layers(self.keys, self.forward)
        self._end_with_ends()
        self.chips = {key: [k for k in self.stages[key].opens if k not in self.stages] for key in self.keys}
        self.columns, self.paths = self._columns()

    def _end_with_ends(self) -> None:
        """A final stage nothing leads to yet stands at the end all the same."""
        joined = {key for way in self.forward for key in way}
        for key in self.keys:
            if self.stages[key].is_final and not self.stages[key].is_intake and key not in joined:
                self.layers[key] = max(self.layers.values())

    # --- Layers with the bends of long arrows

    def _columns(self) -> tuple[list[list[_Node]], dict[tuple[int, int], list[_Node]]]:
        count = max(self.layers.values(), default=-1) + 1
        columns: list[list[_Node]] = [[] for _layer in range(count)]
        nodes: dict[object, _Node] = {}
        for key in self.keys:
            chips = len(self.chips[key]) * (self.sizes.chip + self.sizes.chip // 2)
            nodes[key] = _Node(key, self.layers[key], self.sizes.height + chips)
            columns[self.layers[key]].append(nodes[key])
        paths: dict[tuple[int, int], list[_Node]] = {}
        for way in self.forward:
            bends = [_Node((way, layer), layer, 0) for layer in range(self.layers[way[0]] + 1, self.layers[way[1]])]
            for bend in bends:
                columns[bend.layer].append(bend)
            paths[way] = [nodes[way[0]], *bends, nodes[way[1]]]
        _untangle(columns, paths.values())
        self._stack(columns)
        return columns, paths

    def _stack(self, columns: Sequence[list[_Node]]) -> None:
        """One under the other, each column in the middle of the drawing."""
        gap = self.sizes.gap_y
        heights = [sum(node.height for node in column) + gap * max(0, len(column) - 1) for column in columns]
        self.inner = max(heights, default=0.0)
        for column, height in zip(columns, heights, strict=True):
            y = (self.inner - height) / 2
            for node in column:
                node.y = y
                y += node.height + gap

    # --- Coordinates

    def drawing(self) -> Drawing:
        above = sum(1 for key in self.keys for other in self.stages[key].opens if other in self.stages)
        top = self.sizes.margin + above * self.sizes.lane
        boxes = {}
        for column in self.columns:
            for node in column:
                node.y += top
                if isinstance(node.key, int):
                    boxes[node.key] = Rect(self._x(node.layer), node.y, self.sizes.width, self.sizes.height)
        bottom = top + self.inner
        arrows = [self._forward_arrow(way) for way in self.forward]
        backs = sorted(self.back, key=lambda way: self.layers[way[0]] - self.layers[way[1]])
        for place, way in enumerate(backs, start=1):
            arrows.append(self._lane_arrow(boxes, way, "back", bottom + place * self.sizes.lane, 0.78, place))
        inside = [(key, other) for key in self.keys for other in self.stages[key].opens if other in self.stages]
        for place, way in enumerate(inside, start=1):
            arrows.append(self._lane_arrow(boxes, way, "opens", top - place * self.sizes.lane, 0.22, place))
        chips = {(key, other): rect for key in self.keys for other, rect in self._chips_of(key, boxes[key])}
        width = self._x(len(self.columns) - 1) + self.sizes.width + self.sizes.gap_x if self.columns else 0
        return Drawing(boxes, chips, tuple(arrows), width, bottom + len(backs) * self.sizes.lane + self.sizes.margin)

    def _x(self, layer: int) -> float:
        return self.sizes.gap_x + layer * (self.sizes.width + self.sizes.gap_x)

    def _forward_arrow(self, way: tuple[int, int]) -> Arrow:
        points: list[Point] = []
        half = self.sizes.height / 2
        path = self.paths[way]
        for place, node in enumerate(path):
            x, y = self._x(node.layer), node.y + (half if isinstance(node.key, int) else 0)
            if place:
                points.append((x, y))
            if place < len(path) - 1:
                points.append((x + self.sizes.width, y))
        return Arrow(*way, "next", tuple(points))

    def _lane_arrow(
        self, boxes: Mapping[int, Rect], way: tuple[int, int], kind: str, lane: float, port: float, place: int
    ) -> Arrow:
        """Out at the end side, along a lane over or under everything, in at the start side."""
        start, end = boxes[way[0]], boxes[way[1]]
        aside = self.sizes.gap_x * (0.22 + 0.1 * (place % 4))
        out, into = start.x + start.width, end.x
        leave, arrive = start.y + start.height * port, end.y + end.height * port
        points = (
            (out, leave),
            (out + aside, leave),
            (out + aside, lane),
            (into - aside, lane),
            (into - aside, arrive),
            (into, arrive),
        )
        return Arrow(*way, kind, points)

    def _chips_of(self, key: int, box: Rect) -> Iterable[tuple[int, Rect]]:
        y = box.y + box.height + self.sizes.chip // 2
        for other in self.chips[key]:
            yield other, Rect(box.x + box.width * 0.14, y, box.width * 0.86, self.sizes.chip)
            y += self.sizes.chip + self.sizes.chip // 2


def _back_ways(begins: Iterable[int], ways: Mapping[int, Sequence[int]]) -> set[tuple[int, int]]:
    """The ways that lead back to where one came from: without them no way comes round."""
    found: set[tuple[int, int]] = set()
    done: set[int] = set()
    on_way: list[int] = []

    def go(key: int) -> None:
        on_way.append(key)
        for other in ways[key]:
            if other in on_way:
                found.add((key, other))
            elif other not in done:
                go(other)
        on_way.pop()
        done.add(key)

    for key in begins:
        if key not in done:
            go(key)
    return found


def _layers(keys: Sequence[int], forward: Sequence[tuple[int, int]]) -> dict[int, int]:
    """How far each stage is from the beginning, by the longest way."""
    layers = dict.fromkeys(keys, 0)
    for _turn in keys:
        for start, end in forward:
            layers[end] = max(layers[end], layers[start] + 1)
    return layers


def _untangle(columns: Sequence[list[_Node]], paths: Iterable[Sequence[_Node]]) -> None:
    """Put each node beside the middle of what it is joined to, forth and back, so that few arrows cross."""
    before: dict[int, list[_Node]] = defaultdict(list)
    after: dict[int, list[_Node]] = defaultdict(list)
    for path in paths:
        for one, other in pairwise(path):
            after[id(one)].append(other)
            before[id(other)].append(one)
    for joined, order in ((before, columns), (after, columns[::-1]), (before, columns)):
        for column in order:
            places = {id(node): place for each in columns for place, node in enumerate(each)}
            middles = [(_middle(node, joined[id(node)], places), place) for place, node in enumerate(column)]
            column[:] = [column[place] for _middle_place, place in sorted(middles)]


def _middle(node: _Node, joined: Sequence[_Node], places: Mapping[int, int]) -> float:
    if not joined:
        return places[id(node)]
    return sum(places[id(each)] for each in joined) / len(joined)
