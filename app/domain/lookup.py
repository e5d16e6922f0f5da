"""What a person typed into a search field, understood: words, a telephone number, or a number of ours."""

import re
from dataclasses import dataclass

from app.domain.text import fold

TRIGRAM = 3
"""Words from this length on are in the trigram indexes."""

_TELEPHONE = re.compile(r"[+(]?[\d\s().+/-]{5,}")
_SHORTEST = 5
_LONGEST_KEY = 18


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: folded words that must all be found, the longest first, or a row by its number."""

    words: tuple[str, ...] = ()
    number: int | None = None

    @property
    def is_indexed(self) -> bool:
        """Whether the trigram indexes can answer it."""
        return bool(self.words) and len(self.words[0]) >= TRIGRAM


def read(text: str) -> Wanted:
    """Understand the text: a telephone number is searched by its digits, however it is written; #12 is a number."""
    typed = text.strip()
    digits = "".join(filter(str.isdecimal, typed))
    number = int(digits) if digits and digits == typed.removeprefix("#") and len(digits) <= _LONGEST_KEY else None
    if number is not None and typed.startswith("#"):
        return Wanted((), number)
    if _TELEPHONE.fullmatch(typed) and len(digits) >= _SHORTEST:
        return Wanted((digits.lstrip("0") or digits,), number)
    return Wanted(tuple(sorted(fold(typed).split(), key=len, reverse=True)), number)


def like(word: str) -> str:
    """The pattern for LIKE that finds the word anywhere."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def phrase(word: str) -> str:
    """The word as a phrase of SQLite's full-text search."""
    return '"' + word.replace('"', '""') + '"'
