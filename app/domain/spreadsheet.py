"""Cells for a spreadsheet that are never taken for a formula."""

import re
from collections.abc import Iterable, Sequence

STARTS = "=+-@\t\r"
"""What a spreadsheet begins to calculate at, unless NUMBER is all there is."""

NUMBER = "[+-]?[0-9]+([.,][0-9]+)?"
_NUMBER = re.compile(NUMBER)


def defused(text: str) -> str:
    """The text with a mark before what a spreadsheet would calculate: 03-555 after a minus is arithmetic already.

    Whoever writes a file by other means keeps to STARTS and NUMBER.
    """
    return f"'{text}" if text and text[0] in STARTS and not _NUMBER.fullmatch(text) else text


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a CSV file that Excel opens in any language: separated by commas, quoted where needed."""
    return "".join(",".join(_quoted(defused(cell)) for cell in row) + "\r\n" for row in rows)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell
