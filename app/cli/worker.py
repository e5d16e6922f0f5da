"""`callboard worker`: sends and reads the office's mail, gives tasks again, reminds, verifies, clears; for a server."""

import logging
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread
from types import FrameType

import click

from app.adapters.credentials import Credentials, CredentialsFile, Keyring
from app.adapters.drop_folder import DropFolder
from app.cli.options import backend_of, database_option, json_option, read_password, tell
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.services.context import require
from app.services.mail import accounts
from app.services.mail.mailroom import Open, by_smtp
from app.services.mail.rounds import Round, Rounds


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Make one round and end.")
@click.option(
    "--credentials", "file", type=click.Path(path_type=Path), metavar="FILE",
    help="Passwords of the mailboxes, a line each: address, space, password. Only its owner may read it (mode 600). "
    "Without it the keyring is asked.",
)  # fmt: skip
@click.option(
    "--drop",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Put the mail into a folder instead of sending it.",
)
@database_option
@json_option
@click.pass_context
def worker(
    context: click.Context, once: bool, file: Path | None, drop: Path | None, database: str, as_json: bool
) -> None:
    """Send the office's mail, read what comes in, give tasks again that waited for somebody, remind of what is due.

    Once a day the calling hours of the campaigns are laid out for the weeks to come, and the points are verified; once
    an hour the log of changes is cleared of what everybody has heard.

    Log in as an administrator of the database. It works until it is told to end; several may work at once.
    """
    if context.invoked_subcommand is not None:
        return
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    credentials: Credentials = CredentialsFile(file) if file else Keyring()
    stop = _until_told()
    with backend_of(database) as backend:
        backend.execute(require, Permission.ADMINISTER)
        rounds = Rounds(backend, credentials, _way_out(credentials, drop), stop)
        if once:
            _tell(rounds.once(), as_json=as_json)
        else:
            rounds.run(lambda done: _tell(done, as_json=as_json))


def _way_out(credentials: Credentials, drop: Path | None) -> Open:
    return by_smtp(credentials) if drop is None else lambda _box: DropFolder(drop)


def _until_told() -> Event:
    """Set when the program is told to end; what is in hand is finished."""
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        # On a thread of its own: this one may hold the event's lock at the moment it is interrupted.
        Thread(target=stop.set).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop


def _tell(done: Round, *, as_json: bool) -> None:
    words = "sent {sent}, failed {failed}, read {read}, handed over {rerouted}, reminded {reminded}, "
    words += "calling hours {laid_out}, points verified {verified}, cleared {cleared}"
    tell(done, as_json=as_json, text=words.format(**asdict(done)))


@worker.command("password")
@click.argument("address")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from the first line of the input.")
@click.option("--forget", is_flag=True, help="Keep no password for it any more.")
def password(address: str, *, from_stdin: bool, forget: bool) -> None:
    """Let this computer's keyring keep the password of a mailbox."""
    if forget:
        accounts.forget_password(address)
        return
    if not accounts.keep_password(address, read_password(from_stdin=from_stdin)):
        raise Refused(
            "KEYRING",
            message(N_("This computer has no key store that would keep the password.")),
            message(N_("Nothing was kept. Use a file with --credentials instead.")),
        )
