"""What a file is, by its content and never by its name: workbook or text, and of a text its encoding and delimiter."""

import codecs
import csv
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from app.domain.errors import UserError
from app.domain.words import N_, message
from app.services.imports.limits import empty, has_nul, not_a_table, refuse

ENCODINGS = ("utf-8-sig", "windows-1255", "windows-1252", "utf-16")
DELIMITERS = (",", ";", "\t", "|")

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_OTHER_FORMATS = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM\x00"),
    *(b"%PDF", b"{\\rtf", b"SQLite format 3"),
    *(b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"MZ\x90", b"\x7fELF"),
)
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|svg)", re.IGNORECASE)
_LETTER_RUNS = re.compile(rb"[\xe0-\xfa]{2,}")
_LETTERS = bytes(range(0xE0, 0xFB))
# Bytes that windows-1255 leaves undefined; in windows-1252 they are letters (Ù to ß, û, ü, ÿ).
_NOT_1255 = bytes([*range(0xD9, 0xE0), 0xFB, 0xFC, 0xFF])
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def is_workbook(path: Path) -> bool:
    """Whether the file is a zip, as XLSX is; refuses what is neither that nor a text."""
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
    except OSError as error:
        raise refuse(message(N_("The file {name} cannot be opened."), name=path.name)) from error
    if not head.strip():
        raise empty()
    if head.startswith(b"PK\x03\x04"):
        return True
    if head.startswith(_OLD_WORKBOOK):
        raise refuse(
            message(N_("This workbook is in the old format or has a password.")),
            message(N_("Nothing was imported. Save it as XLSX without a password and choose that file.")),
        )
    if head.startswith(_OTHER_FORMATS) or _MARKUP.match(head):
        raise not_a_table()
    return False


def find_encoding(path: Path) -> str:
    """The encoding of a text, from all of it: UTF-8 where it is valid, else Hebrew or western by how the letters lie.

    In Hebrew the letters stand in words, side by side; in Italian an accented letter stands alone among plain ones.
    """
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    letters = in_runs = undefined = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if file.tell() == len(chunk) and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            if b"\x00" in chunk:
                raise has_nul()
            if chunk.isascii():
                continue
            is_utf8 = is_utf8 and _continues(utf8, chunk)
            letters += len(chunk) - len(chunk.translate(None, _LETTERS))
            undefined += len(chunk) - len(chunk.translate(None, _NOT_1255))
            in_runs += sum(map(len, _LETTER_RUNS.findall(chunk)))
    if is_utf8 and _continues(utf8, b"", final=True):
        return "utf-8-sig"
    return "windows-1255" if not undefined and letters and in_runs * 2 > letters else "windows-1252"


def _continues(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def head_of(path: Path, encoding: str) -> str:
    """The first lines of a text."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            return file.read(_SAMPLE)
    except UnicodeError as error:
        raise wrong_encoding(encoding) from error


def wrong_encoding(encoding: str) -> UserError:
    """The text has bytes that this encoding does not know."""
    return refuse(
        message(N_("This file cannot be read as {encoding}."), encoding=encoding.removesuffix("-sig").upper()),
        message(N_("Nothing was imported. Choose another encoding.")),
    )


def separator_line(head: str) -> str | None:
    """The delimiter that a first line `sep=;` names (spreadsheets write and hide it)."""
    found = _SEPARATOR_LINE.match(head)
    return found[1] if found else None


def find_delimiter(head: str) -> str:
    """The delimiter under which the lines have the most columns, the same number in most lines."""
    if named := separator_line(head):
        return named
    best, best_score = DELIMITERS[0], 0.0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in islice(csv.reader(_lines(head), delimiter=delimiter), 60) if row)
        except csv.Error:
            continue
        width, times = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        score = (width > 1) * times / max(1, widths.total()) * (1 + min(width, 20) / 100)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _lines(head: str) -> list[str]:
    lines = head.splitlines(keepends=True)
    return lines[:-1] if len(head) >= _SAMPLE and len(lines) > 1 else lines
