"""A server's backup: PostgreSQL's own dump of one moment, with the rows and checksum of every table at that moment."""

import os
import re
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy.engine import URL

from app.adapters.backup import archive, server, tools
from app.adapters.backup.held import Held, Progress
from app.db import files
from app.domain.errors import Refused, UserError
from app.domain.words import N_, message

__all__ = ["back_up"]

_PIECE = 1 << 18
_TABLE = re.compile(r'dumping contents of table "?public"?\."?([^"\n]+?)"?$')


def back_up(url: URL, target: Path, progress: Progress) -> Held:
    """Write the backup of this moment, read it back, then give it its name; nobody's work is held up meanwhile."""
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
        held = _write(url, part, progress)
        archive.verify(part, lambda done, total: progress(90 + 10 * done // max(total, 1), 100))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        files.flush_folder(target.parent)
    except OSError as error:
        raise UserError(
            message(N_("The backup {name} cannot be written."), name=str(target)),
            message(N_("Nothing was left behind. Choose a folder with enough room that you may write to.")),
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return held


def _write(url: URL, part: Path, progress: Progress) -> Held:
    with server.connect(url) as connection:
        owner = server.require_owner(connection)
        dump = tools.find("pg_dump", connection.info.server_version)
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = connection.execute("SELECT pg_export_snapshot(), clock_timestamp()").fetchone()
            assert row is not None
            held = server.facts(connection, {}, row[1].astimezone(UTC))
            names = server.sizes(connection)
            total = max(sum(names.values()), 1)
            held = replace(held, tables=server.sums(connection, names, lambda b: progress(40 * b // total, 100)))
            words = [
                str(dump),
                "--format=custom",
                "--verbose",
                "--no-password",
                f"--role={owner}",
                f"--snapshot={row[0]}",
            ]
            words += [f"--exclude-table-data=public.{server.NOT_KEPT}", f"--dbname={tools.address(url)}"]
            with archive.writing(part, held) as file:
                _dump(words, tools.environment(url), file, _Told(names, progress))
    return held


class _Told:
    """How far the dump is, by the tables it says it has come to."""

    def __init__(self, sizes: Mapping[str, int], progress: Progress) -> None:
        self._left = dict(sizes)
        self._progress = progress
        self._total = max(sum(sizes.values()), 1)
        self.said: list[str] = []
        self._behind = 0

    def hear(self, line: str) -> None:
        """A line the program says."""
        if found := _TABLE.search(line):
            self._behind += self._left.pop(found[1], 0)
        elif "error" in line or "fatal" in line.casefold():
            self.said.append(line)

    def tell(self) -> None:
        """Say it on; may raise to give up."""
        self._progress(40 + 50 * self._behind // self._total, 100)


def _dump(words: list[str], environment: Mapping[str, str], file: IO[bytes], told: _Told) -> None:
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        listener = threading.Thread(target=_listen, args=(process.stderr, told), daemon=True)
        listener.start()
        try:
            while piece := process.stdout.read(_PIECE):
                file.write(piece)
                told.tell()
        except BaseException:
            process.kill()
            raise
        listener.join()
        if process.wait():
            raise _failed(told.said)


def _listen(lines: IO[bytes], told: _Told) -> None:
    for line in lines:
        told.hear(line.decode("utf-8", "replace").rstrip())


def _failed(said: list[str]) -> Refused:
    reason = said[0] if said else ""
    return Refused(
        "DUMP",
        message(N_("PostgreSQL could not write the backup: {reason}"), reason=reason),
        message(N_("Nothing was left behind. The backups made before are as they were.")),
    )


def suggested_name(database: str) -> str:
    """What a backup of this moment is called."""
    return f"{database}-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.callboard-backup"
