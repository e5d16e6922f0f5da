"""A process that writes rows through the backend and says each one it was told is saved, until it is killed.

`python -m tests.kit.writer FILE SEED` is the process; `run_writer` starts it and kills it at a moment of its own.
"""

import os
import random
import signal
import subprocess
import sys
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


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]))
