"""A text of a moment taken to pieces: numbers, written times and dates, and phrases of a language."""

import functools
import re
from collections.abc import Iterator

from app.domain.dialer.moment_words import MINUTES, WORDS, Words
from app.domain.text import fold

__all__ = ["LONGEST_TEXT", "Piece", "pieces_of", "prepared"]

LONGEST_TEXT = 120

Piece = tuple[str, object]
"""What a part of the text is, and its value: ("number", "10"), ("weekday", 0), ("filler", None)."""

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DASHED = re.compile(r"(?<![\d-])(\d{1,2})-(\d{1,2})(?:-(\d{4}|\d{2}))?(?![\d-])")
_APOSTROPHE = re.compile(r"(?<=[a-z])['\u2019](?=[^\W\d_])", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:[/:.]\d+)+|\d+|[^\W\d_]+(?:\.[^\W\d_]+)*")
_BETWEEN = re.compile(r"[\s,;.!?()*|&+-]*")


def prepared(text: str) -> str:
    """The text folded, with dates in one form; empty when it is too long to be a moment."""
    if len(text) > LONGEST_TEXT:
        return ""
    dated = _DASHED.sub(lambda found: "/".join(filter(None, found.groups())), _ISO.sub(r"\3/\2/\1", text))
    return fold(_APOSTROPHE.sub(" ", dated))


def _folded(phrases: str) -> Iterator[tuple[str, ...]]:
    for phrase in filter(None, phrases.split("|")):
        yield tuple(_TOKEN.findall(prepared(phrase)))


@functools.cache
def _lexicon(code: str) -> dict[tuple[str, ...], Piece]:
    """Every phrase of a language with what it means."""
    words: Words = WORDS[code]
    found: dict[tuple[str, ...], Piece] = {}

    def add(kind: str, value: object, phrases: str) -> None:
        for phrase in _folded(phrases):
            found.setdefault(phrase, (kind, value))

    for (count, unit), phrases in words.lengths.items():
        add("length", count * MINUTES[unit] if MINUTES[unit] < MINUTES["day"] else (count, unit), phrases)
    for number, phrases in enumerate(words.weekdays):
        add("weekday", number, phrases)
    for number, phrases in enumerate(words.months, 1):
        add("month", number, phrases)
    for days, phrases in words.days.items():
        add("day", days, phrases)
    for kind, table in (("today", words.today_parts), ("part", words.parts), ("unit", words.units)):
        for meaning, phrases in table.items():
            add(kind, meaning, phrases)
    for count, phrases in words.numbers.items():
        add("count", int(count), phrases)
    add("plus", 0.5, words.plus_half)
    add("plus", 0.25, words.plus_quarter)
    add("half_past", None, words.half_past)
    add("next", None, words.following)
    add("after", None, words.after)
    add("filler", None, words.fillers)
    return found


_LONGEST_PHRASE = 5


def pieces_of(text: str, code: str) -> list[Piece] | None:
    """What each part of the text means in a language; None where a word is not of it."""
    tokens, place = [], 0
    for found in _TOKEN.finditer(text):
        if not _BETWEEN.fullmatch(text, place, found.start()):
            return None
        tokens.append(found.group())
        place = found.end()
    if not _BETWEEN.fullmatch(text, place):
        return None
    pieces: list[Piece] = []
    at = 0
    while at < len(tokens):
        piece, length = _number(tokens[at]), 1
        if piece is None:
            piece, length = _phrase(tokens, at, code)
        if piece is None:
            return None
        pieces.append(piece)
        at += length
    return pieces


def _number(token: str) -> Piece | None:
    if not token[0].isdecimal():
        return None
    if token.isdecimal():
        return ("number", token) if len(token) <= 5 else ("wrong", token)
    return ("written", token)


def _phrase(tokens: list[str], at: int, code: str) -> tuple[Piece | None, int]:
    """The longest phrase that begins here; a letter that belongs to the word before it is taken off if need be."""
    lexicon, first = _lexicon(code), tokens[at]
    starts = [first]
    if len(first) > 2 and first[0] in WORDS[code].attached:
        starts.append(first[1:])
    for start in starts:
        for length in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
            piece = lexicon.get((start, *tokens[at + 1 : at + length]))
            if piece is not None:
                return piece, length
    return None, 1
