"""What baresip's control socket says, as recorded from version 1.0.0, on a real socket; calls end as a test says."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from app.adapters.telephony.baresip import Netstrings, netstring

_AOR = "sip:agent@pbx.test"


@dataclass
class BaresipPeer:
    """What was asked, and how the next calls end: answer, hang, stuck, or what a server said ("486 Busy Here").

    "hang" rings without an end, of "stuck" nothing is ever heard. `registration` answers the account.
    """

    port: int = 0
    outcome: str = "answer"
    registration: str = "REGISTER_OK"
    asked: list[dict[str, str]] = field(default_factory=list)
    lines: list["_Line"] = field(default_factory=list)

    def cut(self) -> None:
        """End every connection."""
        for line in list(self.lines):
            with suppress(OSError):
                line.connection.shutdown(2)

    def ring(self, address: str, number: str = "a0") -> None:
        """Somebody calls."""
        for line in self.lines:
            line.call(number, address, "CALL_INCOMING", address, direction="incoming")


class _Line(socketserver.BaseRequestHandler):
    """One connection."""

    server: "_Server"

    def handle(self) -> None:
        """Answer command by command."""
        self.connection = self.request
        self._kit = self.server.kit
        self._calls: dict[str, tuple[str, str]] = {}
        self._chosen = ""
        self._count = 0
        self._kit.lines.append(self)
        strings = Netstrings()
        try:
            while data := self.connection.recv(65536):
                for each in strings.feed(data):
                    asked = json.loads(each)
                    self._kit.asked.append(asked)
                    self._answer(asked["command"], asked["params"], asked["token"])
        except OSError:
            pass
        finally:
            self._kit.lines.remove(self)

    def tell(self, said: dict[str, Any]) -> None:
        """Send one message."""
        self.connection.sendall(netstring(json.dumps(said, separators=(",", ":")).encode()))

    def call(self, number: str, address: str, kind: str, param: str, direction: str = "outgoing") -> None:
        """Tell something of a call."""
        if kind == "CALL_INCOMING":
            self._calls[number] = (address, direction)
            self._chosen = number
        said = {"event": True, "type": kind, "class": "call", "accountaor": _AOR, "direction": direction}
        self.tell(said | {"peeruri": address, "id": number, "param": param})

    def _respond(self, token: str, data: str = "", *, is_good: bool = True) -> None:
        self.tell({"response": True, "ok": is_good, "data": data, "token": token})

    def _answer(self, command: str, params: str, token: str) -> None:
        if command == "uanew":
            self._respond(token, f"Creating UA for {params} ...\n")
            said = {"event": True, "type": self._kit.registration, "class": "register", "accountaor": _AOR}
            self.tell(said | {"param": "200 OK" if self._kit.registration == "REGISTER_OK" else "401 Unauthorized"})
        elif command == "dial":
            self._dial(params, token)
        elif command == "callfind":
            self._chosen = params
            self._respond(token)
        elif command == "accept":
            self._respond(token)
            self.call(self._chosen, self._calls[self._chosen][0], "CALL_ESTABLISHED", "", "incoming")
        elif command == "hangup":
            if found := self._calls.pop(self._chosen, None):
                self.call(self._chosen, found[0], "CALL_CLOSED", "Connection reset by user", found[1])
            self._respond(token)
        else:
            self._respond(token, f"command not found ({command})\n", is_good=False)

    def _dial(self, address: str, token: str) -> None:
        sdp = {"event": True, "type": "CALL_LOCAL_SDP", "class": "other", "accountaor": _AOR, "direction": "outgoing"}
        self.tell(sdp | {"peeruri": address, "param": "offer"})
        self._respond(token)
        self._count += 1
        self._chosen = number = f"c{self._count}"
        self._calls[number] = (address, "outgoing")
        outcome = self._kit.outcome
        if outcome in ("answer", "hang"):
            self.call(number, address, "CALL_RINGING", address)
        if outcome == "answer":
            self.call(number, address, "CALL_ESTABLISHED", address)
        elif outcome not in ("hang", "stuck"):
            del self._calls[number]
            self.call(number, address, "CALL_CLOSED", outcome)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    kit: BaresipPeer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that is cut while it is being written to is no news."""


@contextmanager
def baresip_peer(**options: Any) -> Iterator[BaresipPeer]:
    """The other side of a control socket, on a port of this computer."""
    kit = BaresipPeer(**options)
    with _Server(("127.0.0.1", 0), _Line) as server:
        server.kit = kit
        kit.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield kit
        finally:
            kit.cut()
            server.shutdown()
            thread.join()
