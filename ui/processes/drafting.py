"""What the editor does to a draft: each act gives a new draft, so that any of them can be taken back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.processes.flow import ProcessDraft, StageDraft

__all__ = ["add_stage", "change_stage", "fresh_name", "move_stage", "remove_stage", "renumbered", "set_next", "tidied"]


def change_stage(draft: ProcessDraft, key: int, **values: Any) -> ProcessDraft:
    """One stage with other values; a new intake takes the mark from the one before.

    Where nothing is redeemed any more, nothing goes below zero by it either.
    """
    stages = draft.stages
    if values.get("is_redemption") is False:
        values["may_go_below"] = False
    if values.get("is_intake"):
        stages = tuple(replace(stage, is_intake=False) for stage in stages)
    changed = tuple(replace(stage, **values) if stage.key == key else stage for stage in stages)
    return draft if changed == draft.stages else replace(draft, stages=changed)


def set_next(draft: ProcessDraft, key: int, keys: Collection[int]) -> ProcessDraft:
    """A stage that leads to exactly these, in the order of the stages."""
    return change_stage(draft, key, next=tuple(stage.key for stage in draft.stages if stage.key in keys))


def fresh_name(draft: ProcessDraft, name: str) -> str:
    """This name, or with the first number that no stage has."""
    taken = {stage.name.casefold() for stage in draft.stages}
    number, found = 2, name
    while found.casefold() in taken:
        found, number = f"{name} {number}", number + 1
    return found


def add_stage(draft: ProcessDraft, after: int | None, name: str) -> tuple[ProcessDraft, int]:
    """A new stage behind another one (else before the end), joined so that tasks come to it and get on from it."""
    key = min([stage.key for stage in draft.stages if stage.key < 0], default=0) - 1
    places = {stage.key: place for place, stage in enumerate(draft.stages)}
    before = None if after is None else draft.stage(after)
    if before is None or before.is_final:
        leading = [stage for stage in draft.stages if not stage.is_final and (not before or before.key in stage.next)]
        before = leading[-1] if leading else None
    if before is None:
        stage = StageDraft(key, name, is_intake=not draft.stages, next=_ends(draft)[:1])
        return replace(draft, stages=(stage, *draft.stages)), key
    place = places[before.key]
    onward = tuple(other for other in before.next if places.get(other, -1) > place)[:1] or _ends(draft)[:1]
    stage = StageDraft(key, name, next=onward)
    stages = (*draft.stages[: place + 1], stage, *draft.stages[place + 1 :])
    return set_next(replace(draft, stages=stages), before.key, {*before.next, key}), key


def _ends(draft: ProcessDraft) -> tuple[int, ...]:
    return tuple(stage.key for stage in draft.stages if stage.is_final)


def remove_stage(draft: ProcessDraft, key: int) -> ProcessDraft:
    """Without a stage: who led to it leads to where it led, and an intake hands its mark on."""
    gone = draft.stage(key)
    if gone is None:
        return draft
    order = [stage.key for stage in draft.stages if stage.key != key]
    heir = next((other for other in (*gone.next, *order)), None) if gone.is_intake else None
    stages = []
    for stage in draft.stages:
        if stage.key == key:
            continue
        leads = set(stage.next) - {key}
        if key in stage.next:
            leads |= set(gone.next) - {stage.key} if not leads else set()
        stages.append(
            replace(
                stage,
                next=tuple(other for other in order if other in leads),
                opens=tuple(other for other in stage.opens if other != key),
                is_intake=stage.is_intake or stage.key == heir,
            )
        )
    return replace(draft, stages=tuple(stages))


def move_stage(draft: ProcessDraft, key: int, by: int) -> ProcessDraft:
    """A stage some places earlier or later in the order in which stages are offered."""
    places = [stage.key for stage in draft.stages]
    here = places.index(key)
    there = min(max(here + by, 0), len(places) - 1)
    stages = list(draft.stages)
    stages.insert(there, stages.pop(here))
    return replace(draft, stages=tuple(stages))


def renumbered(draft: ProcessDraft, process_id: int, ids: Mapping[int, int]) -> ProcessDraft:
    """The draft with the ids its stages got when it was saved."""

    def known(keys: Iterable[int]) -> tuple[int, ...]:
        return tuple(ids.get(key, key) for key in keys)

    stages = tuple(
        replace(stage, key=ids.get(stage.key, stage.key), next=known(stage.next), opens=known(stage.opens))
        for stage in draft.stages
    )
    return replace(draft, id=process_id, stages=stages)


def tidied(draft: ProcessDraft) -> ProcessDraft:
    """The draft with names without loose spaces, as it will be kept."""
    stages = tuple(replace(stage, name=" ".join(stage.name.split())) for stage in draft.stages)
    return replace(draft, name=" ".join(draft.name.split()), description=draft.description.strip(), stages=stages)
