"""Activity states: each has a colour that tells it apart on the planner."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.processes import ActivityState
from app.models.tickets import Task
from app.services.context import reads, require, writes
from app.services.processes.rows import StateDraft, StateRow
from app.services.processes.types import COLOUR
from app.services.saving import cleaned, moved, refuse_double, seen, tell, wrong
from app.services.tickets.uses import refuse_used


@reads
def list_states(session: Session) -> tuple[StateRow, ...]:
    """Every state in its order."""
    return tuple(
        _row(state)
        for state in session.scalars(select(ActivityState).order_by(ActivityState.position, ActivityState.id))
    )


def _row(state: ActivityState) -> StateRow:
    return StateRow(
        state.id,
        state.version,
        state.code,
        state.name,
        state.colour,
        state.is_final,
        state.position,
        state.is_waiting,
    )


@writes
def save_state(session: Session, draft: StateDraft, *, row_id: int | None = None, version: int = 0) -> StateRow:
    """Add a state at the end, or change the one that was seen; a built-in one may stay without a name of its own."""
    require(session, Permission.ADMINISTER)
    if not COLOUR.fullmatch(draft.colour):
        raise wrong("COLOUR", message(N_("The colour is missing.")))
    name = cleaned(draft.name) if draft.name is not None else None
    if name is not None:
        refuse_double(session, ActivityState.name, name, row_id)
    if row_id is None:
        last = session.scalar(select(func.max(ActivityState.position)))
        state = ActivityState(position=(last or 0) + 1, colour=draft.colour)
        session.add(state)
    else:
        state = seen(session, ActivityState, row_id, version)
    state.name = name if state.code else cleaned(name or "")
    if draft.is_final and draft.is_waiting:
        raise wrong("WAITS", message(N_("Work that is done waits for nobody.")))
    state.colour, state.is_final, state.is_waiting = draft.colour.upper(), draft.is_final, draft.is_waiting
    session.flush()
    tell(session, "activity_states", state.id)
    return _row(state)


@writes
def move_state(session: Session, row_id: int, *, up: bool) -> None:
    """Put a state one place earlier or later."""
    require(session, Permission.ADMINISTER)
    moved(session, ActivityState, row_id, up=up)


@writes
def delete_state(session: Session, row_id: int, version: int) -> None:
    """Remove a state of the company's own that nothing is in; built-in ones stay."""
    require(session, Permission.ADMINISTER)
    state = seen(session, ActivityState, row_id, version)
    if state.code:
        raise wrong("BUILT_IN", message(N_("This state is built in: it can be renamed, not deleted.")))
    refuse_used(session, Task, Task.state_id == row_id)
    session.delete(state)
    session.flush()
    tell(session, "activity_states", row_id)
