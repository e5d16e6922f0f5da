"""The two commands of the README."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def make_run(tmp_path):
    """`make run` with a program that only notes how it was called."""
    asked = tmp_path / "asked"
    program = tmp_path / "callboard"
    program.write_text(f'#!/bin/sh\necho "callboard $*" >>{asked}\n')
    program.chmod(0o755)

    def run(**environment):
        done = subprocess.run(
            [shutil.which("make") or "make", "-o", "setup", f"BIN={tmp_path}", "run"],
            cwd=ROOT, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout, asked.read_text().strip()

    return run


@pytest.mark.parametrize("display", [{"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_with_a_display_run_opens_the_window(make_run, display):
    assert make_run(**display) == ("", "callboard")


def test_without_a_display_run_says_so_and_performs_the_tour(make_run):
    said, asked = make_run()
    assert asked == "callboard tour --out build/tour"
    assert "no display" in said


def test_the_readme_and_the_checks_of_a_change_name_one_test_command():
    assert "    make test " in (ROOT / "README.md").read_text()
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"
