"""Texts with `{field}` places: read, checked and filled; a doubled brace is a brace."""

import re
from collections.abc import Iterable, Mapping

from app.domain.errors import Refused
from app.domain.words import N_, message

LONGEST_SUBJECT = 300
LONGEST_TEXT = 100_000

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_FIELD = re.compile(r"[a-z_]+\Z")
_BREAKS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_NOISE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")
_TAG = re.compile(r"\[#([^\[\]#\s]+)\]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u02af]")


def check(text: str, known: Iterable[str]) -> None:
    """Refuse a text with a field that does not exist there, or with a brace that stands alone."""
    names = sorted(known)
    for part in _PART.finditer(text):
        found = part[0]
        if found in {"{{", "}}"}:
            continue
        if len(found) == 1:
            raise Refused(
                "BRACE",
                message(N_("A brace stands alone near “{place}”."), place=_around(text, part.start())),
                message(N_("Nothing was saved. To show a brace, write two.")),
            )
        if part[1] not in names:
            raise Refused(
                "UNKNOWN_FIELD",
                message(N_("There is no field {name} here."), name=found),
                message(N_("Nothing was saved. The fields are {names}."), names=_listed(names)),
            )


def fields_of(text: str) -> frozenset[str]:
    """The fields a text asks for."""
    return frozenset(part[1] for part in _PART.finditer(text) if part[1] is not None)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled; a field without value is empty, what values hold is text and nothing more."""

    def filled(part: re.Match[str]) -> str:
        if part[1] is not None and _FIELD.match(part[1]):
            return values.get(part[1], "")
        return part[0][0] if part[0] in {"{{", "}}"} else part[0]

    return _PART.sub(filled, text)


def one_line(text: str) -> str:
    """The text as a header may hold it: no line ends, no control characters, single spaces."""
    return _BREAKS.sub(" ", _sound(text)).strip()


def plain(text: str) -> str:
    """The text as a body may hold it: line ends of one kind, no control characters."""
    lines = _sound(text).replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return _NOISE.sub("", lines)


def apart(value: str, *, is_rtl: bool) -> str:
    """A value of the other writing direction set apart (Unicode's isolates), so that it turns nothing around it."""
    other = _LEFT_TO_RIGHT if is_rtl else _RIGHT_TO_LEFT
    return f"\u2068{value}\u2069" if "\n" not in value and other.search(value) else value


def tagged(subject: str, number: str) -> str:
    """The subject with the ticket's number, by which an answer finds its ticket."""
    tag = f"[#{number}]"
    if not number or tag in subject:
        return subject
    return f"{subject} {tag}".strip()


def number_in(subject: str) -> str | None:
    """The ticket's number that a subject carries, if any."""
    found = _TAG.findall(subject)
    return found[-1] if found else None


def _sound(text: str) -> str:
    """Halves of a character, which no encoding can carry, become the sign of something unreadable."""
    return _SURROGATES.sub("�", text)


def _around(text: str, index: int) -> str:
    return one_line(text[max(0, index - 12) : index + 13])


def _listed(names: list[str]) -> str:
    return ", ".join("{" + name + "}" for name in names)
