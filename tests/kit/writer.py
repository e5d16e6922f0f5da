"""A process that writes rows through the backend and says each one it was told is saved, until it is killed.

`python -m tests.kit.writer FILE SEED` is the process; `run_writer` starts it and kills it at a moment of its own.
Whoever wants many deaths has them from a `nursery`, a process that has read the program once and forks each writer.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.backend import Backend
from app.db.database import Database
from app.services.processes.named import save_site

ROOT = Path(__file__).resolve().parents[2]


def run_writer(live: Path, seed: int) -> None:
    """Start it, let it save for a moment, and kill it without a warning."""
    chance = random.Random(seed)
    told = _told(live)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kit.writer", str(live), str(seed)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        # The moment is counted in what it has saved, so that a busy computer does not kill it before its first.
        for _ in range(chance.randrange(1, 6)):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert told.exists()


class Nursery:
    """Bears a writer for each death."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run_writer(self, live: Path, seed: int) -> None:
        """Let one save for a moment, and kill it without a warning."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{live}\t{seed}\n")
        self._process.stdin.flush()
        pid, left = 0, random.Random(seed).randrange(1, 6)
        while not pid or left > 0:
            said = self._line()
            if said == "saved":
                left -= 1
            else:
                pid = int(said)
        os.kill(pid, signal.SIGKILL)
        while self._line() != "gone":
            pass

    def _line(self) -> str:
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        assert said, "the nursery is gone"
        return said


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery for the time of the block."""
    command = [sys.executable, "-m", "tests.kit.writer"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def acknowledged(live: Path) -> set[str]:
    """Every row any of them was told is saved."""
    # Killed in the middle of a line it had not said it yet.
    return {line for line in _told(live).read_text(encoding="utf-8").split("\n")[:-1] if line}


def _told(live: Path) -> Path:
    return live.with_name(f"{live.name}.told")


def _write(live: Path, seed: int) -> None:
    backend = Backend(Database(f"sqlite:///{live}"))
    told = os.open(_told(live), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    number = 0
    while True:
        name = f"w{seed}-{number}"
        backend.execute(save_site, name)
        os.write(told, f"{name}\n".encode())
        sys.stdout.write("saved\n")
        sys.stdout.flush()
        number += 1


def _bear() -> None:
    for line in sys.stdin:
        live, seed = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            _write(Path(live), int(seed))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        _bear()
    else:
        _write(Path(sys.argv[1]), int(sys.argv[2]))
