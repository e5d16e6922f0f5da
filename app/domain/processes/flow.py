"""A process as it is drawn: its stages, the ways between them, and what has to be right about them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.processes.naming import listed
from app.domain.words import N_, Message, message

MOST_POINTS = Decimal(10**9)
LONGEST_DUE_HOURS = 10 * 365 * 24
_DECIMALS = 4

Ways = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class StageDraft:
    """A stage as somebody has it before him; `key` is its id, or a number below zero while it has none.

    `next` are the keys of the stages a task may go to from here, `opens` those of the stages (of any process) where a
    linked task opens by itself when a task enters here.
    """

    key: int
    name: str
    profile_id: int | None = None
    is_intake: bool = False
    is_final: bool = False
    due_hours: int | None = None
    next: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()
    mail_template_id: int | None = None
    customer_points: Decimal = Decimal(0)
    worker_points: Decimal = Decimal(0)
    scores_every_time: bool = False
    is_redemption: bool = False
    may_go_below: bool = False


@dataclass(frozen=True, slots=True)
class ProcessDraft:
    """A whole process with its stages in their order; `id` is None for one that is not saved yet."""

    name: str
    stages: tuple[StageDraft, ...] = ()
    description: str = ""
    is_active: bool = True
    id: int | None = None

    def stage(self, key: int) -> StageDraft | None:
        """The stage with this key."""
        return next((stage for stage in self.stages if stage.key == key), None)


@dataclass(frozen=True, slots=True)
class OtherStage:
    """A stage as linked tasks see it, of whatever process, with the stages it opens tasks at."""

    id: int
    name: str
    process_id: int
    process: str
    opens: tuple[int, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Holders:
    """A worker profile by name, with the number of active users who hold it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a process: what, and the stage it is about."""

    code: str
    what: Message
    key: int | None = None


def skeleton(name: str, intake: str, done: str) -> ProcessDraft:
    """What a new process begins with: an intake that leads to its end; the stages are named in the writer's words."""
    first = StageDraft(-1, intake, is_intake=True, due_hours=24, next=(-2,))
    return ProcessDraft(name, (first, StageDraft(-2, done, is_final=True)))


def problems(draft: ProcessDraft, others: Iterable[OtherStage] = ()) -> tuple[Finding, ...]:
    """Everything that keeps a process from being saved, the first thing to mend first."""
    found = list(_of_names(draft))
    for stage in draft.stages:
        found += _of_values(stage)
    found += _of_ends(draft)
    found += _of_ways(draft)
    found += _of_openings(draft, others)
    return tuple(found)


def warnings(draft: ProcessDraft, holders: Mapping[int, Holders]) -> tuple[Finding, ...]:
    """What may be saved as it is, though somebody should know."""
    found = []
    for stage in draft.stages:
        profile = None if stage.profile_id is None else holders.get(stage.profile_id)
        if stage.is_final:
            continue
        if profile is not None and not profile.count:
            said = message(
                N_("Nobody holds the profile “{profile}”. Tasks of “{stage}” go to the administrator."),
                profile=profile.name,
                stage=stage.name,
            )
            found.append(Finding("HELD_BY_NOBODY", said, stage.key))
        elif stage.profile_id is None and stage.is_intake:
            said = message(N_("“{stage}” has no profile. Its tasks go to the administrator."), stage=stage.name)
            found.append(Finding("NO_PROFILE", said, stage.key))
        elif stage.profile_id is None:
            said = message(N_("“{stage}” has no profile. Automatic hand-overs to it are refused."), stage=stage.name)
            found.append(Finding("NO_PROFILE", said, stage.key))
    return (*found, *_unreached(draft))


def _unreached(draft: ProcessDraft) -> Iterable[Finding]:
    begins = [stage.key for stage in draft.stages if stage.is_intake]
    begins += [key for stage in draft.stages for key in stage.opens]
    reached = reachable(_ways(draft), begins)
    for stage in draft.stages:
        if stage.key not in reached and begins:
            yield Finding("UNREACHED", message(N_("No stage leads to “{stage}”."), stage=stage.name), stage.key)


# --- Names and values


def _of_names(draft: ProcessDraft) -> Iterable[Finding]:
    if not draft.name.strip():
        yield Finding("NAME", message(N_("The process has no name.")))
    seen: set[str] = set()
    for place, stage in enumerate(draft.stages, start=1):
        name = " ".join(stage.name.split())
        if not name:
            yield Finding("STAGE_NAME", message(N_("Stage {number} has no name."), number=place), stage.key)
        elif name.casefold() in seen:
            yield Finding("STAGE_NAME", message(N_("Two stages are called “{stage}”."), stage=name), stage.key)
        seen.add(name.casefold())


def _of_values(stage: StageDraft) -> Iterable[Finding]:
    if stage.due_hours is not None and not 1 <= stage.due_hours <= LONGEST_DUE_HOURS:
        said = message(
            N_("Tasks of “{stage}” are due after 1 hour at the earliest, 10 years at most."), stage=stage.name
        )
        yield Finding("DUE", said, stage.key)
    yield from point_problems(stage)


def point_problems(stage: StageDraft) -> tuple[Finding, ...]:
    """What is wrong with the points of a stage, by its name."""
    found = []
    for points in (stage.customer_points, stage.worker_points):
        if not points.is_finite() or abs(points) > MOST_POINTS:
            said = message(N_("The points of “{stage}” go up to 1,000,000,000."), stage=stage.name)
            found.append(Finding("POINTS", said, stage.key))
        elif not has_few_decimals(points):
            said = message(N_("The points of “{stage}” have at most four decimals."), stage=stage.name)
            found.append(Finding("POINTS", said, stage.key))
    # No number is neither above zero nor below.
    if stage.is_redemption and stage.customer_points.is_finite() and not stage.customer_points < 0:
        said = message(
            N_("At “{stage}” the customer spends points: his points there must be below zero."), stage=stage.name
        )
        found.append(Finding("REDEMPTION", said, stage.key))
    return tuple(found)


def has_few_decimals(points: Decimal) -> bool:
    """Whether four decimals hold the number exactly."""
    exponent = points.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_DECIMALS


# --- Where tasks begin, and that they come to an end


def _of_ends(draft: ProcessDraft) -> Iterable[Finding]:
    intakes = [stage for stage in draft.stages if stage.is_intake]
    if not intakes:
        yield Finding("INTAKE", message(N_("No stage is the intake. Mark the one where tasks come in.")))
    elif len(intakes) > 1:
        said = message(N_("Only one stage can be the intake, not {names}."), names=listed([s.name for s in intakes]))
        yield Finding("INTAKE", said, intakes[1].key)
    elif intakes[0].is_final:
        said = message(N_("“{stage}” cannot be both the intake and final."), stage=intakes[0].name)
        yield Finding("INTAKE", said, intakes[0].key)
    if not any(stage.is_final for stage in draft.stages):
        yield Finding("FINAL", message(N_("No stage is final. Mark the one where tasks are done.")))


def _of_ways(draft: ProcessDraft) -> Iterable[Finding]:
    ways = _ways(draft)
    for stage in draft.stages:
        if stage.key in stage.next or not set(stage.next) <= ways.keys():
            said = message(N_("“{stage}” leads to a stage that is not there."), stage=stage.name)
            yield Finding("NEXT", said, stage.key)
    if not any(stage.is_final for stage in draft.stages):
        return
    dead_ends = [stage for stage in draft.stages if not ways[stage.key] and not stage.is_final]
    for stage in dead_ends:
        said = message(N_("“{stage}” leads nowhere. Give it a next stage, or make it final."), stage=stage.name)
        yield Finding("STUCK", said, stage.key)
    ends = {stage.key for stage in draft.stages if stage.is_final} | {stage.key for stage in dead_ends}
    names = {stage.key: stage.name for stage in draft.stages}
    for loop in _loops([stage.key for stage in draft.stages], ways, ends):
        said = message(
            N_("There is no way out of {names}. Add a way from one of them to a final stage."),
            names=_round(loop, names.__getitem__),
        )
        yield Finding("STUCK", said, loop[0])


def _ways(draft: ProcessDraft) -> dict[int, tuple[int, ...]]:
    known = {stage.key for stage in draft.stages}
    return {stage.key: tuple(key for key in stage.next if key in known and key != stage.key) for stage in draft.stages}


def reachable(ways: Ways, begins: Iterable[int]) -> frozenset[int]:
    """Every stage one can come to from these, themselves included."""
    found: set[int] = set()
    waiting = list(begins)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += ways.get(key, ())
    return frozenset(found)


def _loops(keys: Sequence[int], ways: Ways, ends: Iterable[int]) -> list[tuple[int, ...]]:
    """The loops that keep what comes into them: one for each set of stages nothing leads out of."""
    back: dict[int, tuple[int, ...]] = {}
    for key, leads in ways.items():
        for other in leads:
            back[other] = (*back.get(other, ()), key)
    saved = reachable(back, ends)
    found: dict[frozenset[int], tuple[int, ...]] = {}
    for key in keys:
        if key in saved:
            continue
        inside = reachable(ways, [key])
        if all(key in reachable(ways, [other]) for other in inside):
            found.setdefault(inside, walk_round(key, ways) or (key,))
    return list(found.values())


def walk_round(key: int, ways: Ways) -> tuple[int, ...]:
    """The shortest way from a stage back to itself; nothing when there is none."""
    paths: list[tuple[int, ...]] = [(key,)]
    seen: set[int] = set()
    for path in paths:
        for other in ways.get(path[-1], ()):
            if other == key:
                return path
            if other not in seen:
                seen.add(other)
                paths.append((*path, other))
    return ()


def _round(loop: Sequence[int], name: Callable[[int], str]) -> str:
    return " → ".join(f"“{name(key)}”" for key in (*loop, loop[0]))


# --- Tasks that open by themselves


def _of_openings(draft: ProcessDraft, others: Iterable[OtherStage]) -> Iterable[Finding]:
    elsewhere = {stage.id: stage for stage in others if draft.id is None or stage.process_id != draft.id}
    ways = {key: stage.opens for key, stage in elsewhere.items()} | {s.key: s.opens for s in draft.stages}
    names = {key: f"{stage.process}: {stage.name}" for key, stage in elsewhere.items()}
    names |= {stage.key: stage.name for stage in draft.stages}
    told: set[int] = set()
    for stage in draft.stages:
        if not set(stage.opens) <= ways.keys():
            said = message(N_("“{stage}” opens tasks at a stage that is not there."), stage=stage.name)
            yield Finding("OPENS", said, stage.key)
            continue
        loop = () if stage.key in told else walk_round(stage.key, ways)
        if loop:
            told |= set(loop)
            said = message(
                N_("{names} would open each other's tasks without end."), names=_round(loop, names.__getitem__)
            )
            yield Finding("LOOP", said, stage.key)
