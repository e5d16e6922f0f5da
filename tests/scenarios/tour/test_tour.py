"""The tour, as the command performs it: the main job on a database of its own, from first start to planned day."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.row("R-F9", "R-F12", "R-M11", "F2", "F3", "U17")
@pytest.mark.row("R-T24", "R-T25", "R-T26", "R-T27", "R-T28", "R-T29", "R-T31", "R-T33", "R-T41", "R-X1", "R-X2", "F6")
@pytest.mark.timeout(180)
@pytest.mark.parametrize(("language", "theme"), [("he", "dark"), ("it", "light"), ("en", "light")])
def test_the_main_job_is_performed_and_leaves_pictures(language: str, theme: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ui", "tour", "--out", str(tmp_path), "--language", language, "--theme", theme]
    command += ["--database", str(tmp_path / "not-touched.sqlite"), "--json"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = json.loads((tmp_path / "tour.json").read_text())
    assert json.loads(done.stdout) == steps
    assert not (tmp_path / "not-touched.sqlite").exists()
    assert [step["step"] for step in steps if not step["ok"]] == []
    assert {
        "demo",
        "import-done",
        "intake",
        "why",
        "earlier-handler",
        "close-refused",
        "refused",
        "scheduled",
        "second-desktop",
        "moved",
        "who-was-first",
        "unscheduled",
        "next-customer",
        "why-this-one",
        "agreed",
        "called-back-later",
        "skipped",
        "by-keys-alone",
        "wall",
        "shared-log-in",
        "table-refused",
    } <= {step["step"] for step in steps}
    for step in steps:
        assert (tmp_path / step["picture"]).stat().st_size > 5_000
        assert isinstance(step["ms"], int)


def test_a_step_that_fails_is_told_and_the_rest_goes_on(qapp: object, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QLabel

    from ui.tour.hands import TourError
    from ui.tour.record import Record

    told: list[str] = []
    record = Record(tmp_path, told.append)
    label = QLabel("here")

    def fail() -> QLabel:
        raise TourError("the door is shut")

    assert not record.perform("shut", fail)
    assert record.perform("open", lambda: label)
    assert not record.close()
    steps = json.loads((tmp_path / "tour.json").read_text())
    assert [(step["step"], step["ok"]) for step in steps] == [("shut", False), ("open", True)]
    assert "the door is shut" in told[0]
