"""Steps, states and choices of a task in the reader's words."""

from datetime import tzinfo
from decimal import Decimal

from app.domain.processes import reasons, state_name
from app.domain.tickets.names import note_kind_name
from app.domain.words import Message
from app.i18n import _, format_datetime, format_points, say
from app.services.tickets.offering import Choice, TaskFacts
from app.services.tickets.why import StepRow
from ui.kit.bidi import isolate

__all__ = [
    "called", "in_words", "kind_words", "points_words", "scored_words", "state_words", "step_moment", "step_words",
]  # fmt: skip


def in_words(name: str | Message) -> str:
    """A name as the data has it, or of the catalogue."""
    return say(name) if isinstance(name, Message) else name


def state_words(choice: Choice) -> str:
    """What a state of a task is called."""
    return in_words(state_name(choice.code, choice.name))


def kind_words(choice: Choice) -> str:
    """What a kind of note is called."""
    return in_words(note_kind_name(choice.code, choice.name))


def called(task: TaskFacts) -> str:
    """What a task is called: its title, or its number."""
    return isolate(task.title) or _("Task {number}", number=task.number or str(task.id))


def step_words(step: StepRow) -> str:
    """What a step did, in one sentence."""
    to_stage, to_user = isolate(step.to_stage or ""), isolate(step.to_user or "")
    if step.closes:
        return _("Closed")
    if step.from_stage is None and step.from_user is None:
        return _opened(to_stage, to_user)
    if step.to_stage != step.from_stage and to_user:
        return _("Advanced to {stage}, with {name}", stage=to_stage, name=to_user)
    if step.to_user != step.from_user and to_user:
        return _("Handed over to {name}", name=to_user)
    return _("Note") if step.note else in_words(reasons.RULES.get(step.rule, step.rule))


def _opened(stage: str, name: str) -> str:
    if stage and name:
        return _("Opened at {stage}, given to {name}", stage=stage, name=name)
    return _("Opened, given to {name}", name=name) if name else _("Opened")


def step_moment(step: StepRow, zone: tzinfo | None) -> str:
    """When and by whom."""
    moment = isolate(format_datetime(step.at, zone))
    return _("{time}, {name}", time=moment, name=isolate(step.by)) if step.by else moment


def points_words(customer: Decimal, worker: Decimal | None) -> str:
    """Points of the customer and of the worker, two different numbers; the worker's are not everybody's to see."""
    if worker is None:
        return _("Customer {customer}", customer=isolate(format_points(customer)))
    return _(
        "Customer {customer}, worker {worker}",
        customer=isolate(format_points(customer)),
        worker=isolate(format_points(worker)),
    )


def scored_words(step: StepRow) -> str:
    """What a step scored; nothing where it scored nothing."""
    if step.customer_points is None:
        return ""
    said = points_words(step.customer_points, step.worker_points)
    return _("{points} (reversed)", points=said) if step.is_reversed else said
