"""What an XLSX file holds besides its rows: where the first sheet is, its shared texts, which styles are dates."""

import posixpath
import re
import zipfile
import zlib
from array import array
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from xml.parsers import expat

from app.services.imports.limits import (
    LONGEST_CELL,
    MOST_RATIO,
    MOST_UNPACKED,
    RATIO_COUNTS_FROM,
    damaged,
    not_a_table,
    too_big,
)

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    LookupError,
    ValueError,
    OverflowError,
    EOFError,
    OSError,
    RuntimeError,  # an encrypted member
)
"""What reading a broken workbook raises, here and there."""

CHUNK = 1 << 16
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')

Attributes = Mapping[str, str]


def parser(
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> expat.XMLParserType:
    """An XML parser that refuses document types, so that no entity can ever expand; names come without prefix."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_doctype
    made.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        made.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        made.CharacterDataHandler = text
    return made


def _refuse_doctype(*_declaration: object) -> None:
    raise damaged()


class SharedTexts:
    """The texts that cells name by number, packed: a few bytes each beside their own length."""

    def __init__(self) -> None:
        self._packed = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        """Keep one more."""
        self._packed += text.encode("utf-8", "replace")
        self._ends.append(len(self._packed))

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        return self._packed[self._ends[number] : self._ends[number + 1]].decode()


class Package:
    """An opened workbook; close it when the rows are read."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)
        try:
            self._check_sizes()
            workbook = self._related("", "officeDocument")
            if workbook is None or not workbook.endswith(".xml"):
                raise not_a_table()
            self.sheet, self.epoch = self._first_sheet(workbook)
            styles, texts = self._related(workbook, "styles"), self._related(workbook, "sharedStrings")
            self.date_styles = self._date_styles(styles) if styles else frozenset()
            self.texts = self._shared_texts(texts) if texts else SharedTexts()
        except BaseException:
            self.zip.close()
            raise

    def open(self, part: str) -> IO[bytes]:
        """A part of the package as a stream."""
        return self.zip.open(part)

    def _check_sizes(self) -> None:
        parts = self.zip.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise too_big()
        for part in parts:
            if part.file_size > RATIO_COUNTS_FROM and part.file_size > MOST_RATIO * part.compress_size:
                raise too_big()

    def _walk(self, part: str, *handlers: Callable[..., None]) -> None:
        reading = parser(*handlers)
        with self.open(part) as stream:
            while chunk := stream.read(CHUNK):
                reading.Parse(chunk, False)
        reading.Parse(b"", True)

    def _related(self, part: str, kind: str) -> str | None:
        """The part that `part` is related to in this way."""
        folder, name = posixpath.split(part)
        found: dict[str, str] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "Relationship":
                found.setdefault(attributes["Type"].rpartition("/")[2], attributes["Target"])
                found[attributes["Id"]] = attributes["Target"]

        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self.zip.namelist():
            return None
        self._walk(relations, start)
        target = found.get(kind)
        return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") if target else None

    def _first_sheet(self, workbook: str) -> tuple[str, datetime]:
        """The first sheet that is not hidden, and the day its day numbers count from."""
        sheets: list[str] = []
        from_1904: list[bool] = []

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "sheet" and attributes.get("state", "visible") == "visible":
                sheets.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
            elif tag == "workbookPr":
                from_1904.append(attributes.get("date1904") in {"1", "true"})

        self._walk(workbook, start)
        part = self._related(workbook, sheets[0])
        if part is None:
            raise damaged()
        return part, datetime(1904, 1, 1, tzinfo=UTC) if any(from_1904) else datetime(1899, 12, 30, tzinfo=UTC)

    def _date_styles(self, part: str) -> frozenset[str]:
        """The style numbers, as cells name them, under which a number is a date or a time."""
        custom: set[int] = set()
        styles: list[bool] = []
        in_cell_styles: list[bool] = []

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "numFmt":
                if re.search("[dmyhs]", _LITERALS.sub("", attributes.get("formatCode", "")).lower()):
                    custom.add(int(attributes["numFmtId"]))
            elif tag == "cellXfs":
                in_cell_styles.append(True)
            elif tag == "xf" and in_cell_styles:
                number = int(attributes.get("numFmtId", 0))
                styles.append(number in custom or number in _BUILT_IN_DATES)

        def end(tag: str) -> None:
            if tag == "cellXfs":
                in_cell_styles.clear()

        self._walk(part, start, end)
        return frozenset(str(number) for number, is_date in enumerate(styles) if is_date)

    def _shared_texts(self, part: str) -> SharedTexts:
        texts = SharedTexts()
        pieces: list[str] = []
        open_tags: list[str] = []

        def start(tag: str, _attributes: Attributes) -> None:
            open_tags.append(tag)

        def end(tag: str) -> None:
            open_tags.pop()
            if tag == "si":
                texts.append("".join(pieces))
                pieces.clear()

        def text(data: str) -> None:
            # rPh is how a Japanese name is pronounced, not part of the text.
            if open_tags[-1] == "t" and "rPh" not in open_tags and len(pieces) <= LONGEST_CELL:
                pieces.append(data[: LONGEST_CELL + 1])

        self._walk(part, start, end, text)
        return texts
