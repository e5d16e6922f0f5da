"""The backups of a single seat's file: one a day by itself, more when asked for; and the way back to one of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from app.adapters.backup import of_file
from app.adapters.backup.held import Held, Progress

__all__ = [
    "Backup",
    "Checked",
    "Held",
    "back_up_now",
    "check",
    "examine",
    "folder_of",
    "kept",
    "prepare_restore",
    "sound",
]

DAILY = "daily"
BY_HAND = "backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """One file with what it was made for: `daily` ones are removed by themselves, the others by people."""

    path: Path
    made_at: datetime
    bytes: int
    is_daily: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """The look at the file after a start: whether it is sound, what was made today, and the newest good backup."""

    is_sound: bool
    made: Path | None
    newest: Backup | None


def folder_of(live: Path, chosen: str) -> Path:
    """Where the file's backups lie: where somebody chose, or beside the file."""
    return Path(chosen) if chosen else live.absolute().parent / "backups"


def kept(live: Path, folder: Path) -> tuple[Backup, ...]:
    """The backups of this file that are there, newest first."""
    found = []
    for path in folder.glob(f"{_escaped(live.stem)}-*.sqlite"):
        middle = path.stem.removeprefix(f"{live.stem}-").partition("-")[0]
        if middle in (DAILY, BY_HAND):
            told = path.stat()
            found.append(Backup(path, datetime.fromtimestamp(told.st_mtime, UTC), told.st_size, middle == DAILY))
    return tuple(sorted(found, key=lambda each: (each.made_at, each.path.name), reverse=True))


def sound(live: Path, folder: Path) -> Backup | None:
    """The newest of them that is good."""
    return next((each for each in kept(live, folder) if of_file.is_sound(each.path, thorough=True)), None)


def back_up_now(progress: Progress, live: Path, folder: Path) -> Backup:
    """Make a backup that stays until somebody removes it."""
    moment = datetime.now().astimezone()
    path = of_file.back_up(live, folder / f"{live.stem}-{BY_HAND}-{moment:%Y-%m-%d-%H%M%S}.sqlite", progress)
    told = path.stat()
    return Backup(path, datetime.fromtimestamp(told.st_mtime, UTC), told.st_size, is_daily=False)


def check(live: Path, folder: Path, keep: int, today: date | None = None) -> Checked:
    """Look whether the file is sound; if so make today's backup where it is missing and keep so many daily ones.

    Of a damaged file none is made, and none of the older ones is removed.
    """
    if not of_file.is_sound(live):
        return Checked(False, None, sound(live, folder))
    day = today or datetime.now().astimezone().date()
    path = folder / f"{live.stem}-{DAILY}-{day:%Y-%m-%d}.sqlite"
    made = None if path.exists() else of_file.back_up(live, path)
    daily = [each for each in kept(live, folder) if each.is_daily]
    # By the day in their names: a copied file bears the time of the copy.
    for old in sorted(daily, key=lambda each: each.path.name, reverse=True)[keep:]:
        old.path.unlink(missing_ok=True)
    return Checked(True, made, next(iter(kept(live, folder)), None))


def examine(path: Path) -> Held:
    """What a chosen file holds; refuses one that cannot be gone back to."""
    from app.adapters.backup import archive
    from app.adapters.backup.held import other_engine

    if archive.is_archive(path):
        raise other_engine(is_server=True)
    return of_file.examine(path)


def prepare_restore(progress: Progress, backup: Path, live: Path) -> Held:
    """Lay the backup ready; it takes the file's place when the program next opens it, and the file is kept."""
    return of_file.stage(backup, live, progress)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
