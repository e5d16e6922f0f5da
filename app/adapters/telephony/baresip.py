"""baresip as the built-in telephone: a process of our own, told what to do over its control socket."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from app.adapters.telephony.port import Tell
from app.adapters.telephony.wire import Wire, connected
from app.domain.dialer.calls import Fault, Sign, Told
from app.domain.errors import Refused
from app.domain.words import N_, Message, message

__all__ = ["Baresip", "Control", "Netstrings", "SipAccount", "netstring"]

_LONGEST = 1 << 20
_DIALLED = re.compile(r"\+?[0-9*#]{1,30}", re.ASCII)
_SECRET = re.compile(r"[^\s;<>\"\x00-\x1f\x7f]{1,100}")
_CODE = re.compile(r"([3-6]\d\d)\b")
_CODES = {
    "404": Fault.WRONG_NUMBER,
    "408": Fault.NO_ANSWER,
    "410": Fault.WRONG_NUMBER,
    "484": Fault.WRONG_NUMBER,
    "486": Fault.BUSY,
    "600": Fault.BUSY,
    "401": Fault.NO_TELEPHONE,
    "403": Fault.REFUSED,
    "407": Fault.NO_TELEPHONE,
    "487": Fault.NO_ANSWER,
    "603": Fault.REFUSED,
    "604": Fault.WRONG_NUMBER,
}
_HANGING = message(N_("The built-in telephone has stopped. Say yourself how the call goes."))
_PAUSES = (0.1, 0.1, 0.2, 0.2, 0.5, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_MODULES = (
    Path("/usr/lib/baresip/modules"),
    Path("/usr/local/lib/baresip/modules"),
    Path("/usr/lib64/baresip/modules"),
)


def netstring(data: bytes) -> bytes:
    """Bytes behind their length, with a comma at their end."""
    return b"%d:%b," % (len(data), data)


class Netstrings:
    """Cuts what comes into the bytes that were wrapped."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The strings that are whole now; anything else is a ValueError."""
        self._rest += data
        found: list[bytes] = []
        while self._rest:
            length, colon, rest = self._rest.partition(b":")
            if not (length or b"0").isdigit() or len(length) > 7 or int(length or b"0") > _LONGEST:
                raise ValueError("not a netstring")
            size = int(length or b"0")
            if not colon or len(rest) <= size:
                break
            if rest[size : size + 1] != b",":
                raise ValueError("a netstring without an end")
            found.append(rest[:size])
            self._rest = rest[size + 1 :]
        return found


@dataclass(frozen=True, slots=True)
class SipAccount:
    """The extension at a SIP server; `secret` is asked for at each start and stays in the telephone's memory."""

    extension: str
    host: str
    secret: Callable[[], str | None] = field(repr=False)
    login: str = ""
    registers: bool = True

    def line(self) -> str:
        """The account as baresip reads it."""
        parts = [f"<sip:{self.extension}@{self.host}>", f"regint={600 if self.registers else 0}", "answermode=manual"]
        secret = self.secret()
        if secret is not None:
            if not _SECRET.fullmatch(secret):
                raise ValueError("a password baresip cannot take")
            parts += [f"auth_user={self.login or self.extension}", f"auth_pass={secret}"]
        return ";".join(parts)


@dataclass(slots=True)
class _Call:
    """A call of ours: its address, and its id once baresip has said it."""

    token: str
    address: str
    id: str = ""
    was_answered: bool = False
    wants_end: bool = False
    is_incoming: bool = False


class Control:
    """The conversation with baresip, without a socket."""

    def __init__(self, account: SipAccount, tell: Tell) -> None:
        self._account = account
        self._tell = tell
        self._out = bytearray()
        self._strings = Netstrings()
        self._calls: dict[str, _Call] = {}
        self._trouble: Message | None = message(N_("The built-in telephone is starting."))
        self.is_ready = False
        self.is_over = False

    # --- The wire

    def opened(self) -> None:
        """Make the account known, with its password, which is written nowhere."""
        self._strings = Netstrings()
        self._out.clear()
        try:
            line = self._account.line()
        except ValueError:
            self.is_over = True
            self._trouble = message(N_('The built-in telephone cannot take a password with spaces or ; < > " in it.'))
            return
        self._send("uanew", "account", line)

    def received(self, data: bytes) -> None:
        """Hear what came."""
        for each in self._strings.feed(data):
            said = json.loads(each)
            if not isinstance(said, dict):
                raise ValueError("not what baresip says")
            if said.get("event"):
                self._event(said)
            elif said.get("response"):
                self._response(said)

    def lost(self, _problem: Exception | None) -> None:
        """The program has stopped, or has not started."""
        was_ready, self.is_ready = self.is_ready, False
        self._out.clear()
        if not self.is_over and was_ready:
            self._trouble = message(N_("The built-in telephone has stopped. It is started again."))
        self._tell(Sign(Told.TROUBLE, said=self._trouble))
        for call in self._calls.values():
            self._tell(Sign(Told.FAILED, call.token, Fault.HUNG, said=_HANGING))
        self._calls.clear()

    def to_send(self) -> bytes:
        """What is to be sent now."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def _send(self, command: str, token: str, params: str = "") -> None:
        said = {"command": command, "params": params, "token": token}
        self._out += netstring(json.dumps(said).encode())

    # --- What is asked

    def dial(self, number: str, token: str) -> None:
        """Call a number at the server."""
        if not _DIALLED.fullmatch(number):
            self._tell(Sign(Told.FAILED, token, Fault.WRONG_NUMBER))
        elif not self.is_ready or self._trouble is not None:
            self._tell(Sign(Told.FAILED, token, Fault.NO_TELEPHONE, said=self._trouble))
        else:
            address = f"sip:{number.replace('#', '%23')}@{self._account.host}"
            self._calls[token] = _Call(token, address)
            self._send("dial", token, address)

    def answer(self, token: str) -> None:
        """Take the call that comes in."""
        call = self._calls.get(token)
        if call is not None and call.is_incoming:
            self._choose(call)
            self._send("accept", f"accept-{token}")

    def hang_up(self, token: str) -> None:
        """End the call."""
        call = self._calls.get(token)
        if call is None:
            return
        call.wants_end = True
        self._choose(call)
        # Of a call that nothing was heard of yet there is no event when it ends before it rang.
        self._send("hangup", f"end-{token}")

    def quit(self) -> None:
        """End the program."""
        self._send("quit", "quit")

    def _choose(self, call: _Call) -> None:
        """Make it the call that commands are about; the only one is that by itself."""
        if call.id and len(self._calls) > 1:
            self._send("callfind", f"find-{call.token}", call.id)

    # --- What baresip says

    def _response(self, said: dict[str, Any]) -> None:
        token, is_good = str(said.get("token", "")), bool(said.get("ok"))
        if token == "account":
            self.is_ready = is_good
            if not is_good:
                self.is_over = True
                self._trouble = message(N_("The built-in telephone does not take this extension and server."))
            elif not self._account.registers:
                self._be_well()
            else:
                self._trouble = message(N_("The telephone server has not let the built-in telephone in yet."))
        elif token in self._calls and not is_good:
            del self._calls[token]
            self._tell(Sign(Told.FAILED, token, Fault.NO_TELEPHONE))
        elif token.startswith("end-") and (call := self._calls.pop(token[4:], None)) is not None:
            self._tell(Sign(Told.ENDED, call.token))

    def _be_well(self) -> None:
        self._trouble = None
        self._tell(Sign(Told.READY))

    def _event(self, said: dict[str, Any]) -> None:
        kind, number = str(said.get("type", "")), str(said.get("id", ""))
        if kind == "REGISTER_OK":
            self._be_well()
        elif kind == "REGISTER_FAIL":
            reason = str(said.get("param", ""))
            self._trouble = message(
                N_("The telephone server does not let the built-in telephone in: {reason}"), reason=reason
            )
            self._tell(Sign(Told.TROUBLE, said=self._trouble))
        elif kind == "CALL_INCOMING":
            token = f"in-{number}"
            self._calls[token] = _Call(token, str(said.get("peeruri", "")), number, is_incoming=True)
            self._tell(Sign(Told.INCOMING, token, text=str(said.get("peeruri", ""))))
        elif number and (call := self._call(number, said)) is not None:
            self._step(call, kind, str(said.get("param", "")))

    def _call(self, number: str, said: dict[str, Any]) -> _Call | None:
        """The call with this id; the first event of one we dialled is known by its address."""
        for call in self._calls.values():
            if call.id == number:
                return call
        if said.get("direction") != "outgoing":
            return None
        for call in self._calls.values():
            if not call.id and call.address == said.get("peeruri"):
                call.id = number
                return call
        return None

    def _step(self, call: _Call, kind: str, why: str) -> None:
        if kind in ("CALL_RINGING", "CALL_PROGRESS"):
            self._tell(Sign(Told.RINGING, call.token))
        elif kind == "CALL_ESTABLISHED":
            call.was_answered = True
            self._tell(Sign(Told.ANSWERED, call.token))
        elif kind == "CALL_CLOSED":
            self._calls.pop(call.token, None)
            if call.was_answered or call.wants_end or call.is_incoming:
                self._tell(Sign(Told.ENDED, call.token))
            else:
                self._tell(Sign(Told.FAILED, call.token, _fault(why)))


def _fault(why: str) -> Fault:
    found = _CODE.match(why)
    return _CODES.get(found[1], Fault.UNREACHABLE) if found else Fault.UNREACHABLE


class Baresip:
    """The built-in telephone of one agent: the program runs as long as this object is open.

    `audio` names baresip's module and device for the ear, the microphone and the bell.
    """

    sees_state: ClassVar[bool] = True
    can_answer: ClassVar[bool] = True

    def __init__(
        self, account: SipAccount, tell: Tell, folder: Path, *, audio: str = "alsa,default", listen: str = ""
    ) -> None:
        self._folder = folder
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._program = _program()
        _write_config(folder, self._port, audio, listen)
        self._control = Control(account, tell)
        self._wire = Wire(self._control, self._connect, pauses=_PAUSES)

    def dial(self, number: str, token: str) -> None:
        """Call this number at the server."""
        self._wire.do(partial(self._control.dial, number, token))

    def answer(self, token: str) -> None:
        """Take the call that comes in."""
        self._wire.do(partial(self._control.answer, token))

    def hang_up(self, token: str) -> None:
        """End the call."""
        self._wire.do(partial(self._control.hang_up, token))

    def close(self) -> None:
        """End the calls and the program."""
        self._wire.do(self._control.quit)
        self._wire.close()
        if self._process is not None:
            _end(self._process)

    def _connect(self) -> socket.socket:
        """Runs on the wire's thread: start the program where it does not run, then reach it."""
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                _end(self._process)
            self._process = _start(self._program, self._folder)
        return connected("127.0.0.1", self._port)


# The shell outlives neither side: it ends with the program, and ends the program once the pipe to us closes, however
# we ended.
_WATCH = """
exec 3<&0
"$1" -f "$2" >"$2/log" 2>&1 </dev/null 3<&- &
program=$!
(read -r line <&3; kill $program; sleep 0.5; kill -9 $program) 2>/dev/null &
watch=$!
wait $program
kill $watch 2>/dev/null
"""


def _program() -> str:
    found = shutil.which("baresip")
    if found is None:
        raise Refused(
            "BARESIP",
            message(N_("The built-in telephone is not installed on this computer.")),
            message(N_("Ask your administrator to install the package baresip-core.")),
        )
    return found


def _start(program: str, folder: Path) -> subprocess.Popen[bytes]:
    words = ["sh", "-c", _WATCH, "callboard-telephone", program, str(folder)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _write_config(folder: Path, port: int, audio: str, listen: str) -> None:
    """What baresip reads at its start; the account is told over the socket, so that no password lies in a file."""
    modules = next((place for place in _MODULES if place.is_dir()), _MODULES[0])
    sound = audio.partition(",")[0]
    lines = [
        "poll_method epoll",
        *([f"sip_listen {listen}"] if listen else []),
        *(f"audio_{end} {audio}" for end in ("player", "source", "alert")),
        f"ctrl_tcp_listen 127.0.0.1:{port}",
        "call_max_calls 4",
        f"module_path {modules}",
        "module g711.so",
        f"module {sound}.so",
        "module_tmp uuid.so",
        "module_tmp account.so",
        "module_app menu.so",
        "module_app ctrl_tcp.so",
    ]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("accounts", "contacts"):
        (folder / name).write_text("", encoding="utf-8")
