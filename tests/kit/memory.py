"""Where tests put what they write: in memory where there is room, since nothing of it has to outlive them.

A commit then waits for no disk, and the some 500 files of a fresh PostgreSQL database are written in no time.
"""

import os
import shutil
from pathlib import Path

_SHARED = Path("/dev/shm")
_ROOM = 2 << 30
"""Some 150 MB a worker, and what one import of many rows or one mail of 30 MB takes for a moment."""


def _with_room(folder: Path) -> Path | None:
    if not (folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
        return None
    return folder if shutil.disk_usage(folder).free >= _ROOM else None


FOLDER = _with_room(_SHARED)
"""A folder in memory, or none."""


def write_there() -> None:
    """Let pytest's folders lie in memory, unless somebody named another place."""
    if FOLDER is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(FOLDER))
