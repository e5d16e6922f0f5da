"""A small file that is whole after any crash: the old text or the new one."""

import os
from pathlib import Path

__all__ = ["put_in_place"]


def put_in_place(path: Path, text: str) -> None:
    """Write it beside, bring it to the disk, put it in its place; for its owner's eyes only. `text` is ASCII."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    if os.name != "posix":
        return
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
