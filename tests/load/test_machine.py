"""The machine for hours: CALLBOARD_MACHINE_STEPS says how many steps (a million), CALLBOARD_MACHINE_SEED which ones."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.kit.office_machine import Pairs, work

STEPS = int(os.environ.get("CALLBOARD_MACHINE_STEPS", "1000000"))
SEED = int(os.environ.get("CALLBOARD_MACHINE_SEED", str(time.time_ns() % 1_000_000)))
PARTS, EACH = 10, 250


@pytest.mark.soak
@pytest.mark.row("R-X1", "U64")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
def test_both_engines_show_the_same_for_a_million_steps(
    pairs: Pairs, tmp_path: Path, part: int, capsys: pytest.CaptureFixture[str]
) -> None:
    started, seed = time.monotonic(), SEED * 100 + part
    runs = max(1, STEPS // PARTS // EACH)
    done = work(pairs, tmp_path, seed=seed, runs=runs, steps=EACH, may_shrink=True)
    took = time.monotonic() - started
    with capsys.disabled():
        sys.stdout.write(
            f"\nmachine, seed {seed}: {runs * EACH} steps in {took:.0f} s, 0 differences; {dict(done.most_common())}\n"
        )
