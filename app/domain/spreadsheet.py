"""Cells for a spreadsheet that are never taken for a formula."""

import re
from collections.abc import Iterable, Sequence

_PLAIN = re.compile(r"[+-]?[\d\s.,:/()-]+")
_STARTS = "=+-@\t\r"


def defused(cell: str) -> str:
    """The cell as text, whatever it begins with; plain numbers stay numbers."""
    return f"'{cell}" if cell and cell[0] in _STARTS and not _PLAIN.fullmatch(cell) else cell


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a CSV file that Excel opens in any language: separated by commas, quoted where needed."""
    return "".join(",".join(_quoted(defused(cell)) for cell in row) + "\r\n" for row in rows)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell
