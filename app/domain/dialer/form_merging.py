"""A call's form that two people change: each of its fields goes by itself, known by its key; new ones have none yet.

Names: "name", "field.k1" for a field, "new" for those without a key, "order" for the order of those that all have.
A field is told by its values, which a journal can write down.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields, replace
from typing import Any

from app.domain.dialer.forms import FormDraft, FormField

__all__ = ["as_fields", "field_of", "put_fields", "with_fields"]

_FIELD = "field."
_VALUES = fields(FormField)


def as_fields(*drafts: FormDraft) -> list[dict[str, Any]]:
    """The drafts by their fields, so that they can be compared."""
    common = set.intersection(*({each.key for each in draft.fields} for draft in drafts))
    return [_fields_of(draft, common) for draft in drafts]


def _fields_of(draft: FormDraft, common: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": draft.name}
    found |= {f"{_FIELD}{each.key}": astuple(each) for each in draft.fields if each.key}
    found["new"] = _new(draft)
    found["order"] = tuple(each.key for each in draft.fields if each.key and each.key in common)
    return found


def _new(draft: FormDraft) -> tuple[tuple[Any, ...], ...]:
    """The fields without a key, each followed by the key of the one it stands behind."""
    found, after = [], ""
    for each in draft.fields:
        if not each.key:
            found.append((*astuple(each), after))
        after = each.key or after
    return tuple(found)


def field_of(value: Sequence[Any]) -> FormField:
    """A field out of its values."""
    return FormField(*value[: len(_VALUES)])


def with_fields(draft: FormDraft, other: FormDraft, names: Iterable[str]) -> FormDraft:
    """The draft with these fields as the other one has them."""
    (known,) = as_fields(other)
    return put_fields(draft, {name: known.get(name) for name in names})


def put_fields(draft: FormDraft, values: Mapping[str, Any]) -> FormDraft:
    """The draft with these fields changed; one that it did not have comes last, a new one where it stood."""
    if not values:
        return draft
    kept = {each.key: each for each in draft.fields if each.key}
    order = [each.key for each in draft.fields if each.key]
    for name, value in values.items():
        key = name.removeprefix(_FIELD)
        if key == name:
            continue
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = field_of(value)
            order += [] if key in order else [key]
    wanted = [key for key in values.get("order") or () if key in kept]
    places = sorted(order.index(key) for key in wanted)
    for place, key in zip(places, wanted, strict=True):
        order[place] = key
    rows = [kept[key] for key in order if key in kept]
    for new in reversed(values.get("new", _new(draft)) or ()):
        after = new[len(_VALUES)]
        before = [place for place, each in enumerate(rows) if after and each.key == after]
        rows.insert(before[0] + 1 if before else len(rows) if after else 0, field_of(new))
    return replace(draft, name=values.get("name", draft.name), fields=tuple(rows))
