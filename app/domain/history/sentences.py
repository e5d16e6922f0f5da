"""The sentences of a change: plain, one a field, in the reader's language when shown."""

from collections.abc import Iterator

from app.domain.history.change import Change, FieldChange, Value
from app.domain.words import N_, Message, message

__all__ = ["is_long", "sentence", "sentences"]

_LONG = 60


def is_long(value: Value) -> bool:
    """Whether a text is better read beside the other than within a sentence."""
    return isinstance(value, str) and (len(value) > _LONG or "\n" in value)


def sentences(change: Change) -> tuple[Message, ...]:
    """Everything a change did, one sentence each."""
    if change.verb == "update":
        return tuple(_updates(change))
    return (sentence(change), *_updates(change))


def sentence(change: Change) -> Message:
    """A change in one sentence: what came, what went, or the first field that changed."""
    if change.verb == "update":
        return next(_updates(change), message(N_("{who} changed {thing}"), who=change.who, thing=_thing(change)))
    text = _INSERTED if change.verb == "insert" else _DELETED
    return message(text, who=change.who, thing=_thing(change))


_INSERTED = N_("{who} added {thing}")
_DELETED = N_("{who} removed {thing}")


def _thing(change: Change) -> Message:
    if change.label:
        return message(N_("{kind} “{name}”"), kind=change.thing, name=change.label)
    return change.thing


def _updates(change: Change) -> Iterator[Message]:
    for field in change.fields:
        yield _update(change, field)


def _update(change: Change, field: FieldChange) -> Message:
    of_card, of_part = _words(field)
    old, new = _said(field.old), _said(field.new)
    if change.is_card:
        return message(of_card, who=change.who, field=field.name, old=old, new=new)
    return message(of_part, who=change.who, field=field.name, old=old, new=new, thing=_thing(change))


# Of the card itself, and of a row that hangs under it.
_CHANGED = N_("{who} changed {field}"), N_("{who} changed {field} of {thing}")
_ON = N_("{who} switched {field} on"), N_("{who} switched {field} of {thing} on")
_OFF = N_("{who} switched {field} off"), N_("{who} switched {field} of {thing} off")
_SET = N_("{who} set {field} to {new}"), N_("{who} set {field} of {thing} to {new}")
_EMPTIED = N_("{who} emptied {field}, which was {old}"), N_("{who} emptied {field} of {thing}, which was {old}")
_MOVED = N_("{who} changed {field} from {old} to {new}"), N_("{who} changed {field} of {thing} from {old} to {new}")


def _words(field: FieldChange) -> tuple[str, str]:
    if field.is_secret or is_long(field.old) or is_long(field.new):
        return _CHANGED
    if isinstance(field.new, bool) and isinstance(field.old, bool | None):
        return _ON if field.new else _OFF
    if _is_empty(field.old):
        return _SET
    return _EMPTIED if _is_empty(field.new) else _MOVED


def _is_empty(value: Value) -> bool:
    return value is None or value == ""


def _said(value: Value) -> Value:
    if value is True:
        return message(N_("Yes"))
    return message(N_("No")) if value is False else value
