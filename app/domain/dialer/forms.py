"""Forms that are filled in during a call: their fields, and what is wrong with a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.domain.words import N_, Message, message

KINDS: Mapping[str, Message] = MappingProxyType(
    {
        "text": message(N_("One line of text")),
        "note": message(N_("Several lines of text")),
        "number": message(N_("Number")),
        "date": message(N_("Date")),
        "choice": message(N_("Choice")),
        "check": message(N_("Yes or no")),
    }
)
"""What a field can hold."""

MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class FormField:
    """A field; `key` names its answers for good, an empty one gets its key when the form is saved."""

    key: str
    label: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What a manager says about a form."""

    name: str
    fields: tuple[FormField, ...] = ()

    def document(self) -> dict[str, Any]:
        """The fields as the database keeps them."""
        return {
            "fields": [
                {
                    "key": each.key,
                    "label": each.label,
                    "kind": each.kind,
                    "choices": list(each.choices) if each.kind == "choice" else [],
                    "is_required": each.is_required,
                }
                for each in self.fields
            ]
        }


def read_fields(document: Mapping[str, Any]) -> tuple[FormField, ...]:
    """Fields out of what the database keeps."""
    return tuple(
        FormField(
            each["key"], each["label"], each["kind"], tuple(each.get("choices", ())), each.get("is_required", False)
        )
        for each in document.get("fields", ())
    )


def keyed(draft: FormDraft, before: tuple[FormField, ...] = ()) -> FormDraft:
    """The draft with tidy words, and a key for each field that has none; a key that was in use is not given again."""
    used = {each.key for each in (*before, *draft.fields) if each.key}
    number = max((int(key[1:]) for key in used if key[1:].isdigit()), default=0)
    made: list[FormField] = []
    for each in draft.fields:
        key = each.key
        if not key:
            number += 1
            key = f"f{number}"
        choices = tuple(dict.fromkeys(" ".join(choice.split()) for choice in each.choices if choice.strip()))
        made.append(
            FormField(
                key, " ".join(each.label.split()), each.kind, choices if each.kind == "choice" else (), each.is_required
            )
        )
    return FormDraft(" ".join(draft.name.split()), tuple(made))


def problems(draft: FormDraft) -> dict[str, Message]:
    """What keeps a form from being saved: of its name under "name", of its fields under their places."""
    found: dict[str, Message] = {}
    if not draft.name.strip():
        found["name"] = message(N_("The name is missing."))
    if len(draft.fields) > MOST_FIELDS:
        found["fields"] = message(N_("A form has {most} fields at most."), most=MOST_FIELDS)
    labels: set[str] = set()
    for place, each in enumerate(draft.fields):
        label = " ".join(each.label.split()).casefold()
        if not label:
            found[str(place)] = message(N_("The field has no name."))
        elif label in labels:
            found[str(place)] = message(N_("“{name}” is there already."), name=each.label)
        elif each.kind not in KINDS:
            found[str(place)] = message(N_("Say what the field holds."))
        elif each.kind == "choice" and not any(choice.strip() for choice in each.choices):
            found[str(place)] = message(N_("“{name}” has nothing to choose from."), name=each.label)
        labels.add(label)
    return found
