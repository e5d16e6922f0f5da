"""What the planner knows of its board: rows as read, bars as drawn, and the facts every drag is judged by."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from app import i18n
from app.domain.planner import (
    Busy,
    Facts,
    Interval,
    Placement,
    Run,
    Snap,
    TechnicianFacts,
    check,
    is_refused,
    nearest_legal,
)
from app.services.context import reads
from app.services.planner.board import board, working_day
from app.services.planner.company import company
from app.services.planner.rows import BoardRows, TechnicianRow, VisitRow, WaitingRow
from app.services.planner.visits import visits_named
from ui.planner.canvas.drops import Carried, Drop, Verdict
from ui.planner.canvas.periods import Period, presence_hours, visits_outside
from ui.planner.canvas.rows import BoardModel, GroupLines, TechnicianLine, VisitBar, instant, seconds
from ui.planner.canvas.rows import TechnicianRow as Line
from ui.planner.canvas.scale import Window

__all__ = [
    "BoardQuery",
    "Loaded",
    "Plan",
    "VisitsRead",
    "bar_of",
    "bounds",
    "carried_call",
    "load_board",
    "load_visits",
    "packed",
]

_CANDIDATES = 150  # technicians who are asked where a call would fit first; more would be felt
_STATE_ICONS = {
    "confirmed": "check",
    "on_the_way": "site",
    "in_progress": "intervention",
    "waiting_parts": "waiting",
    "done": "success",
    "cancelled": "cancel",
}


@dataclass(frozen=True, slots=True)
class BoardQuery:
    """Which board is wanted: groups (None: all), days from `first`, names of holidays in a language.

    Without `first` it is the day on which work goes on: today, or the next day on which somebody is there.
    """

    group_ids: tuple[int, ...] | None
    first: date | None
    days: int
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A board read and packed in the background, ready to be shown."""

    query: BoardQuery
    day: date
    rows: BoardRows
    model: BoardModel
    period: Period
    extra: tuple[Window, ...]


@reads
def load_board(session: Any, query: BoardQuery) -> Loaded:
    """Read the board and pack it for drawing, so that the GUI thread has nothing to compute."""
    day, start, end = bounds(session, query)
    return packed(query, day, board(session, query.group_ids, start, end, language=query.language))


def bounds(session: Any, query: BoardQuery) -> tuple[date, datetime, datetime]:
    """The day that is wanted, and from when until when the board with it goes."""
    zone = company(session).zone
    day = query.first or working_day(session)
    first = query.first or aligned(day, query.days)
    return day, _midnight(first, zone), _midnight(first + timedelta(query.days), zone)


def packed(query: BoardQuery, day: date, rows: BoardRows) -> Loaded:
    """A board that was read, made ready for drawing."""
    zone = rows.company.zone
    first, start, end = rows.start.astimezone(zone).date(), rows.start, rows.end
    names = {each.id: each for each in rows.technicians}
    model = BoardModel(
        [
            GroupLines(
                _heading(group.name, len(rows.groups)),
                tuple(TechnicianLine(each, names[each].name, names[each].runs) for each in group.technician_ids),
            )
            for group in rows.groups
            if group.technician_ids
        ],
        (bar_of(visit) for visit in rows.visits),
    )
    for line in model.lines:
        if isinstance(line, Line):
            line.utilisation = percent_booked(line, seconds(start), seconds(end))
    period = Period(first, query.days, zone, presence_hours(model, zone))
    return Loaded(query, day, rows, model, period, tuple(visits_outside(model, period)))


def aligned(day: date, days: int) -> date:
    """The first day shown with this one: itself, or where its week begins."""
    return day if days == 1 else day - timedelta((day.weekday() - i18n.first_weekday()) % 7)


@dataclass(frozen=True, slots=True)
class VisitsRead:
    """Single visits as they are now; those asked for and not among the rows are gone."""

    asked: frozenset[int]
    rows: tuple[VisitRow, ...]


@reads
def load_visits(session: Any, ids: frozenset[int]) -> VisitsRead:
    """Read these visits."""
    return VisitsRead(ids, visits_named(session, ids))


def _heading(name: str, groups: int) -> str:
    if name:
        return name if groups > 1 else ""
    return i18n._("Without a group") if groups > 1 else ""


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def percent_booked(line: Line, start: int, end: int) -> int | None:
    """Percent of a line's white time that is booked, None without any: one walk over two sorted columns.

    The rule's own function says the same of intervals; a fortnight of a thousand technicians has no time for those.
    """
    present = booked = position = 0
    for opens, closes in zip(line.white_starts, line.white_ends, strict=True):
        first, last = max(opens, start), min(closes, end)
        if first >= last:
            continue
        present += last - first
        while position < len(line.starts) and line.ends[position] <= first:
            position += 1
        reach = position
        while reach < len(line.starts) and line.starts[reach] < last:
            booked += max(min(line.ends[reach], last) - max(line.starts[reach], first), 0)
            reach += 1
    return round(100 * booked / present) if present else None


def bar_of(visit: VisitRow) -> VisitBar:
    """A visit as it is drawn: fill says the type, stripe and icon the state."""
    icon = _STATE_ICONS.get(visit.state_code, "appointment" if visit.task_id is None else "")
    return VisitBar(
        visit.id,
        visit.technician_id,
        visit.starts_at,
        visit.ends_at,
        visit.label,
        visit.detail,
        visit.colour,
        visit.state_colour,
        icon,
        visit.is_conflicting,
        visit.version,
    )


def carried_call(row: WaitingRow) -> Carried:
    """A waiting call as something to carry: as long as its type is expected to take."""
    return Carried(
        row.label,
        timedelta(minutes=row.minutes),
        row.type_name,
        row.colour,
        task_id=row.task_id,
        version=row.version,
        activity_type_id=row.type_id,
        site_id=row.judged_site_id,
        seen_call=row.seen,
    )


class _Technicians(Mapping[int, TechnicianFacts]):
    """Facts by technician, made when asked for: nobody drags over a thousand rows at once."""

    def __init__(self, rows: Mapping[int, TechnicianRow], model: BoardModel) -> None:
        self._rows = rows
        self._model = model
        self._made: dict[int, TechnicianFacts] = {}

    def forget(self, technician_ids: Iterable[int]) -> None:
        """Their visits have changed."""
        for each in technician_ids:
            self._made.pop(each, None)

    def __getitem__(self, technician_id: int) -> TechnicianFacts:
        if technician_id not in self._made:
            row = self._rows[technician_id]
            self._made[technician_id] = TechnicianFacts.of(
                row.id, row.name, runs=row.runs, busy=self._busy(row.id), enabled=row.enabled
            )
        return self._made[technician_id]

    def _busy(self, technician_id: int) -> Iterator[Busy]:
        row = self._model.row(technician_id)
        if row is not None:
            for visit_id, start, end, title in zip(row.ids, row.starts, row.ends, row.titles, strict=True):
                yield Busy(visit_id, Interval(instant(start), instant(end)), title)

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class Plan:
    """The board's state on the GUI thread; `clock` gives the database's time as far as this desktop knows it."""

    def __init__(self, loaded: Loaded, clock: Callable[[], datetime]) -> None:
        self.rows = loaded.rows
        self.model = loaded.model
        self.period = loaded.period
        self.clock = clock
        self.visits = {visit.id: visit for visit in loaded.rows.visits}
        self.technicians = {row.id: row for row in loaded.rows.technicians}
        self._facts_of = _Technicians(self.technicians, loaded.model)
        self._touched: set[int] = set()

    @property
    def zone(self) -> tzinfo:
        """The company's time zone."""
        return self.period.zone

    @property
    def facts(self) -> Facts:
        """What placements are judged by, as of now."""
        return Facts(
            now=self.clock(),
            zone=self.zone,
            technicians=self._facts_of,
            type_names=self.rows.type_names,
            site_names=self.rows.site_names,
        )

    def holds(self, visit: VisitRow) -> bool:
        """Whether the visit belongs on this board."""
        is_inside = visit.starts_at < self.rows.end and visit.ends_at > self.rows.start
        return visit.is_active and is_inside and visit.technician_id in self.technicians

    def take(self, changed: Iterable[VisitRow], asked: Collection[int] = ()) -> tuple[list[VisitBar], list[int]]:
        """Take in visits as they are now; those asked for and not among them are gone. Bars to draw, ids to remove.

        The caller gives both to the board, which changes the model, and then calls `settle`.
        """
        rows = {row.id: row for row in changed}
        # A row read before a change of ours is older than what is shown already.
        fresh = [row for row in rows.values() if not self._is_old(row)]
        bars = [bar_of(row) for row in fresh if self.holds(row)]
        removed = [row.id for row in fresh if not self.holds(row) and row.id in self.visits]
        removed += [each for each in asked if each not in rows and each in self.visits]
        touched = {self.visits[each].technician_id for each in removed}
        touched |= {self.visits[row.id].technician_id for row in fresh if row.id in self.visits}
        touched |= {bar.technician_id for bar in bars}
        for each in removed:
            del self.visits[each]
        self.visits.update((row.id, row) for row in fresh if self.holds(row))
        self._facts_of.forget(touched)
        self._touched = touched
        return bars, removed

    def settle(self) -> list[TechnicianLine]:
        """The lines whose utilisation has to be shown anew after `take`."""
        touched, self._touched = self._touched, set()
        self._facts_of.forget(touched)
        return [self._utilised(each) for each in touched if each in self.technicians]

    def _is_old(self, row: VisitRow) -> bool:
        known = self.visits.get(row.id)
        return known is not None and known.version > row.version

    def _utilised(self, technician_id: int) -> TechnicianLine:
        row, line = self.technicians[technician_id], self.model.row(technician_id)
        percent = percent_booked(line, seconds(self.rows.start), seconds(self.rows.end)) if line is not None else None
        return TechnicianLine(row.id, row.name, row.runs, percent)

    # --- Judging -------------------------------------------------------------------------------------------------

    def completed(self, carried: Carried) -> Carried:
        """What is carried, with the type and site the rules ask for, and how it is seen as it is taken up."""
        visit = self.visits.get(carried.visit_id) if carried.visit_id is not None else None
        if visit is None:
            return carried
        seen = carried.seen or (visit.seen if visit.version == carried.version else None)
        return replace(carried, activity_type_id=visit.judged_type_id, site_id=visit.judged_site_id, seen=seen)

    def placement(self, drop: Drop) -> Placement:
        """The visit as it would stand."""
        carried = self.completed(drop.carried)
        return Placement(
            drop.technician_id,
            drop.start,
            drop.end,
            activity_type_id=carried.activity_type_id,
            site_id=carried.site_id,
            visit_id=carried.visit_id,
            task_id=carried.task_id,
        )

    def judge(self, drop: Drop, snap: Snap) -> Verdict:
        """What the rules say to a drop: allowed or not, the first reason in words, where it would fit."""
        if drop.end <= drop.start:
            return Verdict(False)
        facts = self.facts
        placement = self.placement(drop)
        found = check(placement, facts)
        if not found:
            return Verdict(True)
        reason = i18n.say(found[0].message())
        if not is_refused(found):
            return Verdict(True, reason, len(found) - 1)
        is_move = drop.carried.start is None or drop.end - drop.start == drop.carried.length
        near = nearest_legal(placement, facts, snap).nearest if is_move else None
        return Verdict(False, reason, len(found) - 1, near)

    def allowed_rows(self, carried: Carried) -> frozenset[int] | None:
        """The technicians who could take it at some time of the period; None when everybody could."""
        carried = self.completed(carried)
        found = frozenset(each.id for each in self.technicians.values() if self._could(each, carried))
        return None if len(found) == len(self.technicians) else found

    def _could(self, row: TechnicianRow, carried: Carried) -> bool:
        kind, site = carried.activity_type_id, carried.site_id
        if kind is not None and not any(each.activity_type_id == kind for each in row.enabled):
            return False
        return any(_serves(run, site) and run.end - run.start >= carried.length for run in row.runs)

    def first_fit(self, carried: Carried, snap: Snap, after: datetime) -> Drop | None:
        """The earliest legal place from a moment on among those who are there first; where keyboard placing begins."""
        best: Drop | None = None
        facts, carried = self.facts, self.completed(carried)
        waiting = [(_opens(row, after), number, row) for number, row in enumerate(self.technicians.values())]
        for opens, _number, row in sorted(waiting, key=lambda each: each[:2])[:_CANDIDATES]:
            if best is not None and best.start <= opens:
                break
            if not self._could(row, carried):
                continue
            drop = Drop(carried, row.id, after, after + carried.length)
            start = nearest_legal(self.placement(drop), facts, snap).after
            if start is not None and start < self.rows.end and (best is None or start < best.start):
                best = replace(drop, start=start, end=start + carried.length)
        return best


def _opens(row: TechnicianRow, after: datetime) -> datetime:
    """Before when nothing can begin: the first white moment from then on."""
    never = datetime.max.replace(tzinfo=UTC)
    return next((max(run.start, after) for run in row.runs if run.is_white and run.end > after), never)


def _serves(run: Run, site_id: int | None) -> bool:
    return run.is_white and (site_id is None or site_id in run.site_ids or None in run.site_ids)
