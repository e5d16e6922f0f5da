"""Runs the benches: `python -m tests.bench [--only ONLY]` prints a table and writes build/bench.json.

Each module of this folder with a function `run() -> Iterator[Result]` is a bench. ONLY is the name of a module or the
beginning of a figure's name ("planner", "planner.scroll"); figures measured in earlier runs of others are kept.
"""

import argparse
import importlib
import json
import os
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from tests.bench.results import Result

FOLDER = Path(__file__).resolve().parent
OUTPUT = FOLDER.parents[1] / "build" / "bench.json"


def benches(only: str) -> Iterator[tuple[str, Callable[[], Iterator[Result]]]]:
    """The benches that may measure what is asked for."""
    for name in sorted(each.name for each in pkgutil.iter_modules([str(FOLDER)])):
        feature = only.split(".", maxsplit=1)[0]
        if name == "__main__" or (feature and name.split("_")[0] != feature and name != feature):
            continue
        run = getattr(importlib.import_module(f"tests.bench.{name}"), "run", None)
        if run is not None:
            yield name, run


def measure(only: str) -> list[Result]:
    """Every figure asked for, printed as it comes."""
    found: list[Result] = []
    print(f"{'figure':<28}{'value':>12} {'unit':<6}{'limit':>12}{'ratio':>8}")
    for name, run in benches(only):
        for result in run():
            if name == only or result.name.startswith(only):
                found.append(result)
                print(line(result), flush=True)
    return found


def line(result: Result) -> str:
    """One line of the table."""
    limit = "" if result.baseline is None else f"{result.baseline:12.3f}"
    ratio = "" if result.ratio is None else f"{result.ratio:8.2f}"
    return f"{result.name:<28}{result.value:12.3f} {result.unit:<6}{limit:>12}{ratio:>8}"


def keep(found: list[Result]) -> None:
    """Write the figures, beside those of earlier runs that were not measured again."""
    OUTPUT.parent.mkdir(exist_ok=True)
    known = json.loads(OUTPUT.read_text(encoding="utf-8")) if OUTPUT.exists() else []
    fresh = {result.name for result in found}
    rows = [row for row in known if row["name"] not in fresh] + [asdict(result) for result in found]
    rows.sort(key=lambda row: str(row["name"]))
    OUTPUT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="a bench, or the beginning of a figure's name")
    parser.add_argument("--only", default="", help="the same")
    asked = parser.parse_args()
    only = asked.only or asked.name
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    started = time.perf_counter()
    found = measure(only)
    if not found:
        print(f"No bench measures {only}.", file=sys.stderr)
        return 1
    keep(found)
    print(f"{len(found)} figures in {time.perf_counter() - started:.0f} s, written to {OUTPUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
