"""Which column of a file means which field: guessed from its header, corrected by a person, saved by name."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from app.domain.errors import UserError
from app.domain.imports.fields import FIELDS, KEYS, Kind, fields_of
from app.domain.imports.headers import HEADERS
from app.domain.text import fold
from app.domain.words import N_, message

_NOT_WORDS = re.compile(r"[\W_]+")
_NUMBERED = re.compile(r" \d+$")


def header_words(header: str) -> str:
    """A header as it is compared: folded, only words (`Complaint_Type:` is `complaint type`)."""
    return _NOT_WORDS.sub(" ", fold(header)).strip()


@cache
def _synonyms(kind: Kind) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for field in FIELDS[kind]:
        for words in (*HEADERS[f"{kind}.{field.name}"].split("|"), field.name):
            known.setdefault(header_words(words), field.name)
    return known


def guess(kind: Kind, headers: Sequence[str]) -> dict[int, str]:
    """The field of each column that its header names in English, Italian or Hebrew; earlier synonyms win over later."""
    known = _synonyms(kind)
    ranked: list[tuple[int, int, str]] = []
    order = {words: rank for rank, words in enumerate(known)}
    for column, header in enumerate(headers):
        words = header_words(header)
        if words not in known:
            words = _NUMBERED.sub("", words)
        if words in known:
            ranked.append((order[words], column, known[words]))
    fields = fields_of(kind)
    mapping: dict[int, str] = {}
    taken: set[str] = set()
    for _rank, column, name in sorted(ranked):
        if fields[name].many or name not in taken:
            mapping[column] = name
            taken.add(name)
    return dict(sorted(mapping.items()))


def saved(mapping: Mapping[int, str], headers: Sequence[str]) -> dict[str, str]:
    """A mapping as it is kept: by header, so that it fits next month's file too."""
    return {headers[column]: name for column, name in mapping.items()}


def applied(kind: Kind, columns: Mapping[str, object], headers: Sequence[str]) -> dict[int, str]:
    """A kept mapping on the headers of a file; headers it does not know stay out."""
    by_words = {header_words(header): str(name) for header, name in columns.items()}
    fields = fields_of(kind)
    found = {column: by_words.get(header_words(header), "") for column, header in enumerate(headers)}
    return {column: name for column, name in found.items() if name in fields}


def check(kind: Kind, mapping: Mapping[int, str]) -> None:
    """Refuse a mapping from which no row could be made, or that fills one field twice."""
    names = list(mapping.values())
    if not KEYS[kind].intersection(names):
        raise UserError(
            message(N_("No column of this file says what is in it.")),
            message(N_("Nothing was imported. Say which column is the name, the phone or the type.")),
        )
    fields = fields_of(kind)
    for name in names:
        if names.count(name) > 1 and not fields[name].many:
            raise UserError(
                message(N_("Two columns are both meant to be “{field}”."), field=message(fields[name].label)),
                message(N_("Nothing was imported. Choose one of them.")),
            )
