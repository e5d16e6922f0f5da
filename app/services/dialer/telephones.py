"""A user's telephone put together from his line, and tried out; its password stays with this computer."""

import queue
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from app.adapters import secrets
from app.adapters.telephony.numbers import dialable, dialled
from app.adapters.telephony.port import Clock, Telephone, Tell
from app.domain.dialer.calls import Sign, Told
from app.domain.errors import Refused
from app.domain.words import N_, Message, message
from app.services.context import writes
from app.services.dialer.lines import Line, LineDraft, Server, save_line, save_server
from app.services.saving import wrong

__all__ = [
    "Telephone",
    "dialled_form",
    "pretend",
    "keep_password",
    "password_key",
    "save_telephone",
    "save_telephone_server",
    "telephone",
    "try_out",
    "try_server",
]

_PREFIX = "telephone:"
_TRIES_SECONDS = 15.0


def dialled_form(line: Line, number: str) -> str:
    """The number as this telephone dials it; a `Refused` says why it is none. Slow the first time."""
    read = dialable(number, line.country)
    if line.draft.kind != "ami":
        return read
    return dialled(read, line.server.form, line.server.prefix, line.country)


def telephone(line: Line, tell: Tell, clock: Clock, folder: Path) -> Telephone:
    """The telephone of this line; it tells by `tell`, and keeps files it needs below `folder`."""
    draft = line.draft
    if draft.kind == "simulator":
        from app.adapters.telephony.simulator import Simulator

        return Simulator(tell, clock, draft.pace)
    if draft.kind == "ami":
        return _asterisk(line.server, draft.extension, tell)
    if draft.kind == "baresip":
        from app.adapters.telephony.baresip import Baresip, SipAccount

        secret = partial(secrets.recall, password_key(line))
        account = SipAccount(draft.extension, draft.host, secret, draft.login, registers=draft.registers)
        return Baresip(account, tell, folder / "baresip")
    from app.adapters.telephony.handoff import Handoff

    return Handoff(tell, draft.scheme, draft.host)


def pretend(used: Telephone | None, number: str, token: str) -> None:
    """Let a telephone that only pretends ring; nothing happens with any other."""
    from app.adapters.telephony.simulator import Simulator

    if isinstance(used, Simulator):
        used.call_in(number, token)


def _asterisk(server: Server, extension: str, tell: Tell) -> Telephone:
    from app.adapters.telephony.ami import Account, Asterisk

    if not server.host:
        raise Refused(
            "SERVER",
            message(N_("The company's telephone server is not set up.")),
            message(N_("Ask your administrator to name it in the set-up.")),
        )
    channel = server.channel.replace("{extension}", extension)
    secret = partial(secrets.recall, _server_key(server))
    is_safe = server.security == "tls"
    return Asterisk(Account(server.host, server.port, server.login, channel, server.context, secret, is_safe), tell)


def password_key(line: Line) -> str:
    """Under what name this computer's key store keeps the password of this telephone; empty where it needs none."""
    if line.draft.kind == "ami":
        return _server_key(line.server)
    if line.draft.kind == "baresip":
        return f"{_PREFIX}sip:{line.draft.login or line.draft.extension}@{line.draft.host}"
    return ""


def _server_key(server: Server) -> str:
    return f"{_PREFIX}ami:{server.login}@{server.host}:{server.port}"


def keep_password(line: Line, password: str) -> None:
    """Let this computer's key store keep the telephone's password; slow, so never on the window's thread."""
    key = password_key(line)
    if key and password and not secrets.keep(key, password):
        raise wrong("KEYRING", message(N_("This computer has no key store, so it cannot keep the password.")))


def try_out(line: Line, folder: Path) -> Message:
    """Whether this telephone works, in words; a `Refused` says what does not. Slow."""
    if line.draft.kind == "simulator":
        return message(N_("This telephone only pretends: the last digit of a number decides what comes of a call."))
    if line.draft.kind == "handoff":
        return message(N_("Numbers are handed to the telephone program of this computer. You say how a call goes."))
    heard: queue.Queue[Sign] = queue.Queue()
    tried = telephone(line, heard.put, _NoClock(), folder / "try-out")
    try:
        return _hear(heard, line)
    finally:
        tried.close()


def try_server(server: Server, folder: Path) -> Message:
    """Log in to the company's telephone server and leave."""
    return try_out(_of_server(server), folder)


def _of_server(server: Server) -> Line:
    return Line(LineDraft("ami", extension="100"), server, None)


def _hear(heard: "queue.Queue[Sign]", line: Line) -> Message:
    """What the telephone says of itself; starting and registering take a while, so trouble must last."""
    trouble: Message | None = None
    try:
        while (sign := heard.get(timeout=_TRIES_SECONDS if trouble is None else 4.0)).told is not Told.READY:
            trouble = sign.said or trouble
    except queue.Empty:
        what = trouble or message(N_("The telephone does not answer."))
        raise Refused("TELEPHONE", what, message(N_("Nothing was dialled."))) from None
    if line.draft.kind == "ami":
        return message(N_("The telephone server lets you in."))
    return message(N_("The built-in telephone is ready."))


class _NoClock:
    """Nothing that is tried out waits for a clock."""

    def later(self, _seconds: float, _do: object) -> None:
        """Nothing."""


@writes
def save_telephone(session: Session, draft: LineDraft, password: str = "", *, version: int = 0) -> Line:
    """Choose one's own telephone; a password that is given goes into this computer's key store, which must take it."""
    saved = save_line(session, draft, version=version)
    keep_password(saved, password)
    return saved


@writes
def save_telephone_server(session: Session, draft: Server, password: str = "") -> Server:
    """Say where the company's telephone server is; the password stays on this computer."""
    saved = save_server(session, draft)
    keep_password(_of_server(saved), password)
    return saved
