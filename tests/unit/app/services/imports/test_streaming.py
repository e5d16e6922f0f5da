import tracemalloc
from collections import deque
from pathlib import Path

import pytest
import xlsxwriter

from app.services.imports.sheets import open_sheet

ROWS = 8_000
MEGABYTE = 1 << 20


def as_csv(path: Path) -> None:
    path.write_text("key,name,notes\n" + "".join(f"C{n},Anna {n},{'x' * 200}\n" for n in range(ROWS)), encoding="utf-8")


def as_workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["key", "name", "notes"])
        for number in range(ROWS):
            sheet.write_row(number + 1, 0, [f"C{number}", f"Anna {number}", f"{number}" * 20])


@pytest.mark.parametrize("make", [as_csv, as_workbook])
def test_a_file_is_read_row_by_row_in_little_memory(tmp_path: Path, make: object) -> None:
    path = tmp_path / "rows"
    make(path)  # type: ignore[operator]
    sheet = open_sheet(path)
    tracemalloc.start()
    try:
        deque(sheet.rows(), maxlen=0)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # All rows at once would be some 4 MB; the shared texts of a workbook are kept packed.
    assert peak < 1.5 * MEGABYTE
