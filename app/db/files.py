"""The file of a single seat: only its owner may read it, and it lies on this computer's own disk."""

import os
import sys
from pathlib import Path

from app.domain.errors import Refused, UserError
from app.domain.words import N_, message

_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs", "davfs"}


def prepare(path: Path) -> None:
    """Make the file for this user's eyes only; refuse a place that cannot hold it or that several computers share."""
    if is_remote(path):
        raise Refused(
            "REMOTE",
            message(N_("A database file may not lie on a network drive: two computers would damage it.")),
            message(N_("Choose a folder on this computer, or use a PostgreSQL server.")),
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(path)
        if not path.exists():
            # SQLite gives its journal files the mode of the database itself.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise UserError(
            message(N_("The file {name} cannot be written."), name=str(path)),
            message(N_("Choose a folder on this computer, or use a PostgreSQL server.")),
        ) from error


def is_remote(path: Path) -> bool:
    """Whether the path lies on a file system of another computer, as far as the system says."""
    if sys.platform == "win32":
        return str(path.absolute()).startswith("\\\\")
    wanted = path.absolute()
    best, kind = Path("/"), ""
    for line in read_mounts().splitlines():
        fields = line.split()
        where = Path(fields[1].replace("\\040", " "))
        if wanted.is_relative_to(where) and len(where.parts) >= len(best.parts):
            best, kind = where, fields[2]
    return kind in _REMOTE


def read_mounts() -> str:
    """What is mounted where, in the words of Linux; elsewhere nothing is known."""
    mounts = Path("/proc/self/mounts")
    return mounts.read_text(encoding="utf-8", errors="replace") if mounts.exists() else ""
