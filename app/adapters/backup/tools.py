"""PostgreSQL's own programs for backups: found on this computer, as new as the server, no password in their words."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL

from app.db.connecting import driver_words
from app.db.database import never_bare
from app.domain.errors import Refused
from app.domain.words import N_, message

_OVERRIDING = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE", "PGOPTIONS")

_TOLD = ("host", "port", "user", "dbname", "channel_binding", "target_session_attrs")

__all__ = ["FOLDERS", "address", "environment", "find"]

FOLDERS: tuple[str, ...] = (
    "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin", "/opt/homebrew/opt/libpq/bin", "/Library/PostgreSQL/*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin", "C:/Program Files/PostgreSQL/*/bin",
)  # fmt: skip
"""Where PostgreSQL's programs usually lie when they are not on the path."""


def find(name: str, server_version: int) -> Path:
    """The program of this name that is as new as the server (150018 and the like), the nearest where there are more."""
    wanted = server_version // 10000
    found = {path: version for path in _candidates(name) if (version := _version(path)) is not None}
    fitting = sorted((version, place) for place, (path, version) in enumerate(found.items()) if version >= wanted)
    if fitting:
        return list(found)[fitting[0][1]]
    hint = message(
        N_("Nothing was changed. Install PostgreSQL's client programs of version {version} or newer on this computer."),
        version=wanted,
    )
    if found:
        newest = max(found.values())
        what = N_("{name} on this computer is of version {own}, the server is of version {version}.")
        raise Refused("TOOLS", message(what, name=name, own=newest, version=wanted), hint)
    raise Refused("TOOLS", message(N_("{name} was not found on this computer."), name=name), hint)


def _candidates(name: str) -> Iterator[Path]:
    file = f"{name}.exe" if sys.platform == "win32" else name
    if on_path := shutil.which(name):
        yield Path(on_path)
    for pattern in FOLDERS:
        start = Path(pattern).anchor
        if start:
            yield from sorted(Path(start).glob(f"{pattern.removeprefix(start)}/{file}"))


def _version(path: Path) -> int | None:
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(found[1]) if found else None


def address(url: URL) -> str:
    """The server's address for these programs, without the password: every user of a computer sees their words."""
    told = {key: value for key, value in driver_words(url).items() if key in _TOLD or key.startswith("ssl")}
    return " ".join(f"{key}={_quoted(value)}" for key, value in told.items() if value and key != "sslpassword")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def environment(url: URL) -> dict[str, str]:
    """What these programs run with: the password, and words that do not depend on the computer's language."""
    kept = {key: value for key, value in os.environ.items() if key not in _OVERRIDING}
    kept |= {"LC_MESSAGES": "C", "LANGUAGE": "C", "PGCONNECT_TIMEOUT": "10"}
    # Row policies must never make a backup smaller without a word: with this PostgreSQL refuses instead.
    kept |= {"PGOPTIONS": "-c row_security=off -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"}
    # Programs older than 16 do not know this word here, and would stop at it in their address.
    kept |= {f"PG{key.replace('_', '').upper()}": value for key, value in never_bare(url).items()}
    return kept | ({"PGPASSWORD": str(url.password)} if url.password is not None else {})
