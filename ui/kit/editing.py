"""What a person is changing beside what is kept: typed values survive whatever others save meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app.domain.merging import Clash, differing, merge

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)
else:
    D = TypeVar("D")

__all__ = ["Editing", "flat", "put"]


class Editing(Generic[D]):
    """A row as it was read (`base`, of `version`) and as the person has it now (`draft`), both a frozen dataclass.

    `theirs` is what somebody else saved, while fields clash with it; `followed` are the fields that took others' values
    while something was typed here.

    A field that is a mapping is many fields: its entries are named "field.key" and changed one by one, as are those of
    mappings inside it.
    """

    def __init__(self, base: D, version: int | None = None) -> None:
        self.base = base
        self.draft = base
        self.version = version
        self.theirs: tuple[D, int] | None = None
        self.followed: frozenset[str] = frozenset()
        self._asked: tuple[Clash, ...] = ()

    @property
    def is_dirty(self) -> bool:
        """Whether anything is changed and not saved."""
        return self.draft != self.base

    def changed(self) -> frozenset[str]:
        """The names of the fields that were changed."""
        return differing(*self.flats(self.base, self.draft))

    # --- How a row is taken apart and put together; a row that is more than its fields says it otherwise

    def flats(self, *rows: D) -> list[dict[str, Any]]:
        """These rows by the names of their fields."""
        return [flat(row) for row in rows]

    def put(self, row: D, values: Mapping[str, Any]) -> D:
        """The row with these fields changed."""
        return put(row, values)

    def mixed(self, row: D, typed: D, names: Iterable[str]) -> D:
        """The row with these fields as they were typed."""
        return _with(row, typed, names)

    # --- Two people

    def meet(self, theirs: D, version: int) -> frozenset[str]:
        """Take in what somebody else saved: untouched fields follow; changed on both sides stay as typed, and are told.

        As long as there are such fields, the version stays the old one: saving would overwrite the other's words.
        """
        merged = merge(*self.flats(self.base, self.draft, theirs))
        both = frozenset(clash.field for clash in merged.clashes)
        if self.is_dirty:
            self.followed |= merged.followed
        base, mine, _theirs = self.flats(self.base, self.draft, theirs)
        self.draft = self.mixed(theirs, self.draft, differing(base, mine))
        if both:
            self.base, self.theirs = self.mixed(theirs, self.base, both), (theirs, version)
        else:
            self.base, self.version, self.theirs = theirs, version, None
        return both

    @property
    def met(self) -> frozenset[str]:
        """All fields that somebody else has changed since something was typed here, clashing or not."""
        return self.followed | {clash.field for clash in self.clashes()}

    def clashes(self) -> tuple[Clash, ...]:
        """The fields changed on both sides, until it is settled which of the two stays."""
        if self.theirs is None:
            return ()
        return merge(*self.flats(self.base, self.draft, self.theirs[0])).clashes

    def ask(self) -> tuple[Clash, ...]:
        """The clashes as the person is shown them now: what he chooses is about these values."""
        self._asked = self.clashes()
        return self._asked

    def keep_mine(self) -> None:
        """Stay with what was typed: saving overwrites what the other saved, which the person has seen."""
        self._asked = ()
        self.settle({})

    def settle(self, chosen: Mapping[str, Any]) -> bool:
        """Go on from what the other saved, with the chosen values in these fields and what was typed in the rest.

        False, with nothing done, when others saved yet other values than the person was shown: he is to be asked again.
        """
        asked, self._asked = self._asked, ()
        if asked and asked != self.clashes():
            return False
        if self.theirs is not None:
            base, mine, _theirs = self.flats(self.base, self.draft, self.theirs[0])
            (self.base, self.version), self.theirs = self.theirs, None
            self.draft = self.put(self.mixed(self.base, self.draft, differing(base, mine)), chosen)
        return True

    def take_theirs(self) -> None:
        """Drop what was typed for what the other saved."""
        if self.theirs is not None:
            (self.base, self.version), self.theirs = self.theirs, None
        self.draft, self.followed = self.base, frozenset()

    def discard(self) -> None:
        """Go back to what was read."""
        self.take_theirs()

    def restore(self, base: Mapping[str, Any], typed: Mapping[str, Any], version: int | None) -> None:
        """Type anew what an earlier run typed over `base`; what was saved since then is met as somebody else's."""
        now, number = self.base, self.version
        self.base, self.version, self.theirs = self.put(now, base), version, None
        self.draft = self.put(self.base, typed)
        self.meet(now, number or 0)
        if number is None:
            self.version = None

    def saved(self, sent: D, version: int) -> None:
        """What was sent is kept now; what was typed since then stays a change."""
        self.base, self.version, self.theirs, self.followed = sent, version, None, frozenset()


def flat(row: D) -> dict[str, Any]:
    """The row by the names of its fields."""
    found: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Mapping):
            found |= _entries(field.name, value)
        else:
            found[field.name] = value
    return found


def _entries(name: str, value: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, each in value.items():
        found |= _entries(f"{name}.{key}", each) if isinstance(each, Mapping) else {f"{name}.{key}": each}
    return found


def _with(row: D, typed: D, names: Iterable[str]) -> D:
    values = flat(typed)
    return put(row, {name: values.get(name, _GONE) for name in names})


def put(row: D, values: Mapping[str, Any]) -> D:
    """The row with these fields, and entries of mappings, changed; names it does not know are left out."""
    known = {field.name for field in fields(row)}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        field, dot, key = name.partition(".")
        if field not in known:
            continue
        if not dot:
            kept[field] = value
            continue
        _set(kept.setdefault(field, dict(getattr(row, field))), key, None if value is _GONE else value)
    return replace(row, **kept)


def _set(entries: dict[str, Any], path: str, value: Any) -> None:
    """Put an entry where its path leads, or take it and what is empty without it away."""
    key, _dot, rest = path.partition(".")
    inner = entries.get(key)
    if path in entries or not rest or not (inner is None or isinstance(inner, Mapping)):
        if value is None:
            entries.pop(path, None)
        else:
            entries[path] = value
        return
    within = dict(inner or {})
    _set(within, rest, value)
    if within:
        entries[key] = within
    else:
        entries.pop(key, None)


_GONE = object()
