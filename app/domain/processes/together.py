"""A process that two people draw: every stage, each of its fields and every way is a field of its own.

Names: "stage.5.due_hours" is a field of a stage that all have, "stage.5" a stage that some have, with the ways to and
from it; "way.5.7" and "opening.5.7" are connections, "intake" the stage where tasks come in, "order" the order of the
stages that all have.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from app.domain.processes.flow import ProcessDraft, StageDraft

__all__ = ["DrawnStage", "as_fields", "put_fields", "tied", "with_fields"]

_OF_PROCESS = ("name", "description", "is_active")
_APART = {"key", "is_intake", "next", "opens"}
_OF_STAGE = tuple(each.name for each in fields(StageDraft) if each.name not in _APART)
_CONNECTIONS = {"way": "next", "opening": "opens"}


@dataclass(frozen=True, slots=True)
class DrawnStage:
    """A stage that not everybody has, with who leads to it and who opens tasks at it; `after` is where it stands."""

    stage: StageDraft
    led_by: frozenset[int]
    opened_by: frozenset[int]
    after: int | None = field(default=None, compare=False)


def as_fields(*drafts: ProcessDraft) -> list[dict[str, Any]]:
    """The drafts by their fields, so that they can be compared."""
    keys = [{stage.key for stage in draft.stages} for draft in drafts]
    common = set[int].intersection(*keys)
    some = set[int].union(*keys) - common
    return [_fields_of(draft, common, some) for draft in drafts]


def _fields_of(draft: ProcessDraft, common: set[int], some: set[int]) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(draft, name) for name in _OF_PROCESS}
    found["intake"] = _intake(draft)
    found["order"] = tuple(stage.key for stage in draft.stages if stage.key in common)
    for key in some:
        found[f"stage.{key}"] = _drawn(draft, key)
    for stage in draft.stages:
        if stage.key in some:
            continue
        found |= {f"stage.{stage.key}.{name}": getattr(stage, name) for name in _OF_STAGE}
        for kind, place in _CONNECTIONS.items():
            there = [key for key in getattr(stage, place) if key not in some]
            found |= {f"{kind}.{stage.key}.{key}": True for key in there}
    return found


def _intake(draft: ProcessDraft) -> int | None:
    return next((stage.key for stage in draft.stages if stage.is_intake), None)


def _drawn(draft: ProcessDraft, key: int) -> DrawnStage | None:
    stage, order = draft.stage(key), [each.key for each in draft.stages]
    if stage is None:
        return None
    place = order.index(key)
    return DrawnStage(
        replace(stage, is_intake=False),
        frozenset(each.key for each in draft.stages if key in each.next),
        frozenset(each.key for each in draft.stages if key in each.opens),
        order[place - 1] if place else None,
    )


def with_fields(draft: ProcessDraft, other: ProcessDraft, names: Iterable[str]) -> ProcessDraft:
    """The draft with these fields as the other one has them."""
    return put_fields(draft, {name: _value(other, name) for name in names})


def _value(draft: ProcessDraft, name: str) -> Any:
    kind, *keys = name.split(".")
    if not keys:
        known = {"intake": _intake(draft), "order": tuple(stage.key for stage in draft.stages)}
        return known[kind] if kind in known else getattr(draft, kind)
    if len(keys) == 1:
        return _drawn(draft, int(keys[0]))
    stage = draft.stage(int(keys[0]))
    if stage is None:
        return None
    if kind in _CONNECTIONS:
        return True if int(keys[1]) in getattr(stage, _CONNECTIONS[kind]) else None
    return getattr(stage, keys[1])


def put_fields(draft: ProcessDraft, values: Mapping[str, Any]) -> ProcessDraft:
    """The draft with these fields changed; a way to a stage that is gone goes with it."""
    if not values:
        return draft
    work = _Work(draft)
    whole = {int(name[6:]): each for name, each in values.items() if name.startswith("stage.") and name.count(".") == 1}
    work.place(whole)
    for name, value in values.items():
        kind, *keys = name.split(".")
        if len(keys) == 2 and int(keys[0]) in work.stages:
            work.change(kind, int(keys[0]), keys[1], value)
    if "order" in values:
        work.arrange([key for key in values["order"] if key in work.stages])
    intake = values.get("intake", _intake(draft))
    return replace(
        draft, stages=work.finished(intake), **{name: values[name] for name in _OF_PROCESS if name in values}
    )


def tied(draft: ProcessDraft, known: Iterable[int]) -> ProcessDraft:
    """The draft without what opens tasks at stages that were `known` here and are not in it any more."""
    gone = set(known) - {stage.key for stage in draft.stages}
    stages = (replace(each, opens=tuple(key for key in each.opens if key not in gone)) for each in draft.stages)
    return replace(draft, stages=tuple(stages))


class _Work:
    """A draft being put together."""

    def __init__(self, draft: ProcessDraft) -> None:
        self.stages = {stage.key: stage for stage in draft.stages}
        self._order = [stage.key for stage in draft.stages]
        self._gone: set[int] = set()

    def place(self, whole: Mapping[int, DrawnStage | None]) -> None:
        """Take stages out, and put others in, each behind the one it stood behind."""
        for key, drawn in whole.items():
            if drawn is None:
                self.stages.pop(key, None)
                self._gone.add(key)
        self._order = [key for key in self._order if key in self.stages]
        waiting = {key: drawn for key, drawn in whole.items() if drawn is not None}
        while waiting:
            ready = next((key for key, drawn in waiting.items() if drawn.after not in waiting), next(iter(waiting)))
            drawn = waiting.pop(ready)
            if ready not in self.stages:
                before = [place for place, each in enumerate(self._order) if each == drawn.after]
                # Last where the one it stood behind is gone.
                last = len(self._order) if drawn.after is not None else 0
                self._order.insert(before[0] + 1 if before else last, ready)
            self.stages[ready] = drawn.stage
            for kind, others in (("way", drawn.led_by), ("opening", drawn.opened_by)):
                for other in others & self.stages.keys():
                    self.change(kind, other, str(ready), value=True)

    def change(self, kind: str, key: int, name: str, value: Any) -> None:
        """Change a field of a stage, or a connection from it."""
        stage = self.stages[key]
        if kind not in _CONNECTIONS:
            self.stages[key] = replace(stage, **{name: value})
            return
        place, there = _CONNECTIONS[kind], int(name)
        held = tuple(each for each in getattr(stage, place) if each != there)
        if value and there in getattr(stage, place):
            return
        changed: dict[str, Any] = {place: (*held, there) if value else held}
        self.stages[key] = replace(stage, **changed)

    def arrange(self, wanted: list[int]) -> None:
        """Give these stages this order among the places they have."""
        places = sorted(self._order.index(key) for key in wanted)
        for place, key in zip(places, wanted, strict=True):
            self._order[place] = key

    def finished(self, intake: int | None) -> tuple[StageDraft, ...]:
        """The stages in their order."""
        found = []
        for key in self._order:
            stage = self.stages[key]
            ways = tuple(each for each in stage.next if each in self.stages)
            opens = tuple(each for each in stage.opens if each not in self._gone)
            found.append(replace(stage, next=ways, opens=opens, is_intake=key == intake))
        return tuple(found)
