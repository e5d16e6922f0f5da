"""A template while it is typed: the subject and the text of each language are fields of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.merging import Clash
from app.domain.words import N_
from app.i18n import LANGUAGES, _
from app.services.mail.rows import TemplateDraft, TemplateText
from ui.widgets.form import Field
from ui.widgets.merge.saying import asked_in
from ui.widgets.merge.window import Asked

__all__ = ["TypedTemplate", "asked", "draft_of", "typed_of"]

_PARTS = {"subjects": N_("Subject"), "bodies": N_("Text")}
_FIELDS = {"list_id": "list", "hold_minutes": "hold", "is_active": "active"}


@dataclass(frozen=True, slots=True)
class TypedTemplate:
    """What somebody says about a template; subjects and bodies by language."""

    name: str
    event: str
    recipient: str
    sender: str
    list_id: int | None
    hold_minutes: int
    is_active: bool
    subjects: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)


def typed_of(draft: TemplateDraft) -> TypedTemplate:
    """The draft by its fields; what is empty is not there, so that nobody's text meets it."""
    return TypedTemplate(
        draft.name, draft.event, draft.recipient, draft.sender, draft.list_id, draft.hold_minutes, draft.is_active,
        {code: text.subject for code, text in draft.texts.items() if text.subject},
        {code: text.body for code, text in draft.texts.items() if text.body},
    )  # fmt: skip


def draft_of(typed: TypedTemplate) -> TemplateDraft:
    """The fields as a draft; a language has a text when it has a subject or a body."""
    codes = [code for code in LANGUAGES if typed.subjects.get(code) or typed.bodies.get(code)]
    texts = {code: TemplateText(typed.subjects.get(code, ""), typed.bodies.get(code, "")) for code in codes}
    return TemplateDraft(
        typed.name, typed.event, typed.recipient, typed.sender, typed.list_id, typed.hold_minutes, typed.is_active,
        texts,
    )  # fmt: skip


def asked(fields: Mapping[str, Field], clash: Clash) -> Asked:
    """A field that two people changed, as the form calls it; a text with its language."""
    part, _dot, code = clash.field.partition(".")
    if part in _PARTS:
        label = _("{part} ({language})", part=_(_PARTS[part]), language=LANGUAGES[code].name)
        return Asked(clash, label, lambda value: str(value or ""), is_line=part == "subjects")
    name = _FIELDS.get(clash.field)
    return asked_in(fields if name is None else {clash.field: fields[name]}, clash)
