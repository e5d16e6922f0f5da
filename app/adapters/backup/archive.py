"""The file of a server's backup: PostgreSQL's own dump and a page about it, held together by checksums."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from app.adapters.backup.held import Held, Progress, Table, cut, foreign
from app.domain.errors import UserError
from app.domain.words import N_, message

__all__ = ["is_archive", "read_about", "reading_dump", "verify", "writing"]

DUMP, ABOUT = "database.dump", "about.json"
_FORMAT = "callboard-backup-1"
_PIECE = 1 << 20


def is_archive(path: Path) -> bool:
    """Whether the file begins as a server's backup does."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError as error:
        raise UserError(message(N_("The file {name} cannot be read."), name=str(path))) from error


@contextmanager
def writing(path: Path, held: Held) -> Iterator[IO[bytes]]:
    """Where the dump is written; what it holds is told in front, so that it can be looked at quickly."""
    # The dump is compressed already, and may be larger than the zip format foresaw at first.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr(ABOUT, json.dumps(_plain(held), indent=1, default=str))
        with archive.open(DUMP, "w", force_zip64=True) as dump:
            yield dump


def read_about(path: Path) -> Held:
    """What the backup holds, by the page in front."""
    with _opened(path) as archive:
        try:
            about = json.loads(archive.read(ABOUT))
            archive.getinfo(DUMP)
        except (KeyError, ValueError) as error:
            raise foreign(path.name) from error
    if not isinstance(about, dict) or about.pop("format", None) != _FORMAT:
        raise foreign(path.name)
    about["made_at"] = datetime.fromisoformat(about["made_at"])
    about["tables"] = {name: Table(**table) for name, table in about["tables"].items()}
    return Held(**about)


def verify(path: Path, progress: Progress) -> None:
    """Read the whole backup once; one that is not as it was written is refused."""
    with _opened(path) as archive:
        total, done = archive.getinfo(DUMP).file_size, 0
        with archive.open(DUMP) as dump:
            while piece := dump.read(_PIECE):
                done += len(piece)
                progress(done, total)


@contextmanager
def reading_dump(path: Path) -> Iterator[IO[bytes]]:
    """The dump as PostgreSQL's own programs read it."""
    with _opened(path) as archive, archive.open(DUMP) as dump:
        yield dump


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not is_archive(path):
        raise foreign(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError) as error:
        raise cut(path.name) from error


def _plain(held: Held) -> dict[str, Any]:
    return {"format": _FORMAT, **asdict(held), "made_at": held.made_at.isoformat()}
