"""What two people drew otherwise in one process, in the words of its forms."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.merging import Clash
from app.domain.processes.flow import ProcessDraft
from app.domain.processes.together import DrawnStage
from app.domain.words import N_
from app.i18n import _, format_duration, format_points
from app.services.processes.flows import Offered
from ui.widgets.merge.saying import words_of
from ui.widgets.merge.window import Asked

__all__ = ["asked"]

_LABELS = {
    "name": N_("Name"),
    "description": N_("Description"),
    "is_active": N_("In use"),
    "intake": N_("Intake"),
    "order": N_("Order of the stages"),
    "profile_id": N_("Profile"),
    "is_final": N_("Final"),
    "due_hours": N_("Due after"),
    "mail_template_id": N_("Mail"),
    "customer_points": N_("For the customer"),
    "worker_points": N_("For the worker"),
    "scores_every_time": N_("Repeated"),
    "is_redemption": N_("Redeem"),
    "may_go_below": N_("Balance"),
    "way": N_("Next stages"),
    "opening": N_("Opens tasks at"),
    "stage": N_("Stage"),
}


def asked(drafts: tuple[ProcessDraft, ...], offered: Offered, clash: Clash) -> Asked:
    """A field of the process, or of one of its stages as any of these drafts calls it."""
    names = {stage.key: stage.name for draft in reversed(drafts) for stage in draft.stages}
    kind, *keys = clash.field.split(".")
    last = keys[1] if len(keys) == 2 and kind == "stage" else kind
    label = _(_LABELS[last])
    if keys:
        stage = names.get(int(keys[0]), "")
        first, second = (stage, label) if len(keys) == 2 else (label, stage)
        label = _("{first}, {second}", first=first, second=second)
    is_text = last == "description"
    return Asked(clash, label, _words(last, names, offered), is_line=not is_text, takes_both=is_text)


def _words(kind: str, names: Mapping[int, str], offered: Offered) -> Callable[[Any], str]:
    chosen = {
        "profile_id": {row.id: row.name for row in offered.profiles},
        "mail_template_id": {row.id: row.name for row in offered.templates},
        "intake": names,
    }
    if kind in chosen:
        return lambda value: chosen[kind].get(value, "")
    said: dict[str, Callable[[Any], str]] = {
        "order": lambda value: ", ".join(names.get(key, "") for key in value),
        "due_hours": lambda value: format_duration(60 * value) if value else "",
        "customer_points": format_points,
        "worker_points": format_points,
        "stage": _drawn,
    }
    return said.get(kind, lambda value: words_of(None, value))


def _drawn(value: DrawnStage | None) -> str:
    return _("Removed") if value is None else value.stage.name
