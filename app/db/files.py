"""The file of a single seat: for its owner's eyes only, on this computer's own disk, replaced whole by a backup."""

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

from app.domain.errors import Refused, UserError
from app.domain.words import N_, Message, message

_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs", "davfs"}
_REMOTE |= {"fuse.rclone", "fuse.gvfsd-fuse", "fuse.s3fs", "fuse.glusterfs", "fuse.davfs2", "ncpfs", "webdav", "afpfs"}
_REMOTE_DRIVE = 4
"""What Windows calls a drive letter that stands for a folder of another computer."""

_SYNC_FOLDERS = {
    "dropbox": "Dropbox", "onedrive": "OneDrive", "google drive": "Google Drive", "googledrive": "Google Drive",
    "my drive": "Google Drive", "icloud drive": "iCloud Drive", "iclouddrive": "iCloud Drive",
    "mobile documents": "iCloud Drive", "cloudstorage": "CloudStorage", "nextcloud": "Nextcloud",
    "owncloud": "ownCloud", "pcloud drive": "pCloud", "pclouddrive": "pCloud", "box sync": "Box", "megasync": "MEGA",
}  # fmt: skip
_SYNC_MARKS = {
    ".dropbox": "Dropbox", ".dropbox.cache": "Dropbox", ".stfolder": "Syncthing", ".owncloudsync.log": "ownCloud",
    ".nextcloudsync.log": "Nextcloud", ".tmp.driveupload": "Google Drive", ".tmp.drivedownload": "Google Drive",
}  # fmt: skip

_ELSEWHERE = message(N_("Choose a folder on this computer, or use a PostgreSQL server."))


def prepare(path: Path) -> None:
    """Make the file for this user's eyes only; refuse a place that cannot hold it or that several computers share.

    A backup that waits to take the file's place takes it now.
    """
    refuse_shared(path)
    settle(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(path)
        if not path.exists():
            # SQLite gives its journal files the mode of the database itself.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise _not_written(path) from error


def _not_written(path: Path) -> UserError:
    return UserError(message(N_("The file {name} cannot be written."), name=str(path)), _ELSEWHERE)


def refuse_shared(path: Path) -> None:
    """Stop before a folder whose files another computer writes too: two of them would damage the database."""
    if is_remote(path):
        reason = message(N_("A database file may not lie on a network drive: two computers would damage it."))
        raise Refused("REMOTE", reason, _ELSEWHERE)
    if service := sync_service(path):
        raise Refused("SYNCED", _synced(service), _ELSEWHERE)


def _synced(service: str) -> Message:
    return message(
        N_("A database file may not lie in a folder that {service} keeps the same on several computers."),
        service=service,
    )


def is_remote(path: Path) -> bool:
    """Whether the path lies on a file system of another computer, as far as the system says."""
    if sys.platform == "win32":
        return _is_remote_on_windows(path)
    wanted = path.absolute()
    best, kind = Path("/"), ""
    for line in read_mounts().splitlines():
        fields = line.split()
        where = Path(fields[1].replace("\\040", " "))
        if wanted.is_relative_to(where) and len(where.parts) >= len(best.parts):
            best, kind = where, fields[2]
    return kind in _REMOTE


def _is_remote_on_windows(path: Path) -> bool:
    import ctypes

    whole = str(path.absolute())
    if whole.startswith(("\\\\", "//")):
        return not whole.startswith(("\\\\?\\", "\\\\.\\")) or whole.upper().startswith("\\\\?\\UNC")
    system = getattr(ctypes, "windll", None)
    return bool(system and system.kernel32.GetDriveTypeW(f"{whole[:2]}\\") == _REMOTE_DRIVE)


def read_mounts() -> str:
    """What is mounted where, in the words of Linux; elsewhere nothing is known."""
    mounts = Path("/proc/self/mounts")
    return mounts.read_text(encoding="utf-8", errors="replace") if mounts.exists() else ""


def sync_service(path: Path) -> str:
    """Which service copies the folder of this path to other computers, or "" where none is known to."""
    for folder in path.absolute().parents:
        name = folder.name.casefold()
        for start, service in _SYNC_FOLDERS.items():
            # Several accounts are told apart behind the name: OneDrive - Company.
            if name == start or name.startswith((f"{start} -", f"{start} (", f"{start}-")):
                return service
        for mark, service in _SYNC_MARKS.items():
            if (folder / mark).exists():
                return service
    return ""


def waiting(path: Path) -> Path:
    """Where a backup waits to take the place of the database file."""
    return path.with_name(f"{path.name}.restoring")


def settle(path: Path) -> Path | None:
    """Let a backup that waits take the file's place in one step; gives the name the file before is kept under.

    Nobody else may have the file open. Stopped at any moment, either the one or the other is there, whole.
    """
    fresh = waiting(path)
    if not fresh.exists():
        return None
    kept = None
    try:
        if path.exists():
            _end_other_sessions(path)
            kept = path.with_name(
                f"{path.stem}-before-restore-{datetime.now().astimezone():%Y%m%d-%H%M%S}{path.suffix}"
            )
            _name_also(path, kept)
            for tail in ("-wal", "-shm"):
                journal = path.with_name(path.name + tail)
                if journal.exists():
                    journal.replace(kept.with_name(kept.name + tail))
        fresh.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        raise _not_written(path) from error
    return kept


def _end_other_sessions(path: Path) -> None:
    """Write the journal into the file and see that nobody has it open; a damaged file is taken as it is."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            # Leaving the write-ahead log is what SQLite does only for the last one who has the file open.
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise Refused(
                "IN_USE",
                message(N_("The backup cannot take the file's place: Callboard still has it open in another window.")),
                message(N_("Nothing was changed. Close the other windows, then start Callboard again.")),
            ) from error
    except sqlite3.DatabaseError:
        return


def _name_also(path: Path, kept: Path) -> None:
    try:
        os.link(path, kept)
    except OSError:
        # Not every file system gives a file two names.
        shutil.copy2(path, kept)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system knows how."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
