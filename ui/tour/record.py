"""The transcript of a tour: a picture for each step, and tour.json saying what held and how long it took."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from ui.tour.hands import settle

TRANSCRIPT = "tour.json"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """What tour.json tells of one step; `ms` is the whole step, waiting included."""

    step: str
    ok: bool
    ms: int
    picture: str


class Record:
    """Performs steps one after the other; a step that fails is told and does not stop the next."""

    def __init__(self, out: Path, tell: Callable[[str], None]) -> None:
        self._out = out
        self._tell = tell
        self.steps: list[Step] = []
        out.mkdir(parents=True, exist_ok=True)

    def perform(self, name: str, act: Callable[[], QWidget]) -> bool:
        """Do one step and take the picture of the window it gives back; whether it held."""
        started = time.perf_counter()
        problem = ""
        try:
            picture: QWidget | None = act()
        except Exception as error:
            log.exception("the step %s failed", name)
            problem = f": {type(error).__name__} {error}"
            picture = QApplication.activeWindow()
        ms = round((time.perf_counter() - started) * 1000)
        file = f"{len(self.steps) + 1:02d}-{name}.png"
        if picture is not None:
            settle()
            picture.grab().save(str(self._out / file))
        step = Step(name, not problem, ms, file if picture is not None else "")
        self.steps.append(step)
        self._tell(f"{'ok    ' if step.ok else 'FAILED'} {name} ({ms} ms){problem}")
        return step.ok

    def close(self) -> bool:
        """Write tour.json; whether every step held."""
        told = json.dumps([asdict(step) for step in self.steps], indent=1)
        (self._out / TRANSCRIPT).write_text(told + "\n", encoding="utf-8")
        return all(step.ok for step in self.steps)
