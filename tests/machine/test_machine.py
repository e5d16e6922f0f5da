"""One machine, two engines: whatever is done in whatever order, both answer and show the same."""

from pathlib import Path

import pytest

from tests.kit.office_machine import Pairs, work


@pytest.mark.row("R-X1", "U64")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(2))
def test_both_engines_answer_and_show_the_same(pairs: Pairs, tmp_path: Path, part: int) -> None:
    done = work(pairs, tmp_path, seed=part, runs=5, steps=200)
    assert sum(done.values()) > 900
    assert {"claim: done", "finish: done", "drop: done", "import: done", "hand over: done"} <= done.keys()
    assert {"claim: crashed", "finish: crashed", "import: crashed"} <= done.keys()
