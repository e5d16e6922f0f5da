"""Passwords of mailboxes, on the computer that sends and nowhere else: its keyring, or a file only its owner reads."""

import stat
import sys
from pathlib import Path
from typing import Protocol

from app.adapters import secrets
from app.domain.errors import UserError
from app.domain.words import N_, message

_PREFIX = "mail:"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Credentials(Protocol):
    """Where the password of a mailbox is known."""

    def password(self, address: str) -> str | None:
        """The password of this address, or None."""


class Keyring:
    """The computer's keyring."""

    def password(self, address: str) -> str | None:
        """What the keyring keeps for the mailbox."""
        return secrets.recall(_PREFIX + address)


class CredentialsFile:
    """A file for a host without a keyring: a line is an address, a space and its password; # begins a remark.

    It is read whenever a mailbox is opened, so that a change needs no restart.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read()

    def __repr__(self) -> str:
        """The place, never what is in it."""
        return f"CredentialsFile({self._path})"

    def password(self, address: str) -> str | None:
        """What the file says for the mailbox."""
        return self._read().get(address.lower())

    def _read(self) -> dict[str, str]:
        try:
            with self._path.open(encoding="utf-8") as file:
                mode = self._path.stat().st_mode
                if sys.platform != "win32" and mode & _OTHERS:
                    raise UserError(
                        message(N_("Others may read {path}, so its passwords are not used."), path=str(self._path)),
                        message(N_("Make it yours alone: chmod 600. Then start again.")),
                    )
                lines = file.read().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                message(N_("The passwords in {path} cannot be read."), path=str(self._path)),
                message(N_("Look whether the file is there and is yours. Then start again.")),
            ) from error
        pairs = (line.strip().split(None, 1) for line in lines if line.strip() and not line.lstrip().startswith("#"))
        return {pair[0].lower(): pair[1] for pair in pairs if len(pair) > 1}


def keep(address: str, password: str) -> bool:
    """Let the keyring keep the password of a mailbox; False when there is no keyring."""
    return secrets.keep(_PREFIX + address, password)


def forget(address: str) -> None:
    """Keep no password for this mailbox any more."""
    secrets.forget(_PREFIX + address)
