"""Which tests stand for which row of tests/rows.toml: `make rows`.

Ends with 1 when a row has no test or a test names a row that does not exist.
"""

import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROWS = Path(__file__).resolve().parent.parent / "rows.toml"


def known() -> dict[str, str]:
    """The rows by their id, each with its sentence."""
    rows: dict[str, str] = tomllib.loads(ROWS.read_text())["rows"]
    return rows


class Naming:
    """A pytest plugin that notes which collected test names which row."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the rows of every test; the engines of one test count as one."""
        for item in items:
            for row in named(item):
                self.tests[row].add(item.nodeid.partition("[")[0])


def named(item: pytest.Item) -> Iterable[str]:
    """The rows a test names, its class and module included."""
    for mark in item.iter_markers("row"):
        yield from map(str, mark.args)


def table(rows: Mapping[str, str], tests: Mapping[str, set[str]]) -> tuple[list[str], bool]:
    """The lines to print, and whether every row has a test and every test names a row that exists."""
    lines = []
    for row, sentence in rows.items():
        lines.append(f"{row}: {sentence}")
        lines += [f"    {test}" for test in sorted(tests.get(row, ()))] or ["    NO TEST"]
    bare = [row for row in rows if not tests.get(row)]
    strange = sorted(set(tests) - set(rows))
    lines.append("")
    lines.append(f"{len(rows)} rows, {len(rows) - len(bare)} with a test")
    if bare:
        lines.append("without a test: " + ", ".join(bare))
    lines += [f"unknown row {row}: {test}" for row in strange for test in sorted(tests[row])]
    return lines, not bare and not strange


def main() -> int:
    """Collect the tests, print the table."""
    naming = Naming()
    quiet = ["--collect-only", "-qq", "-m", "", "-p", "no:randomly", "-p", "no:xdist", "--no-header", "--no-summary"]
    collected = pytest.main([*quiet, "-p", "no:terminalreporter"], plugins=[naming])
    if collected not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.stderr.write("The tests cannot be collected: run pytest --collect-only to see why.\n")
        return 1
    lines, sound = table(known(), naming.tests)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
