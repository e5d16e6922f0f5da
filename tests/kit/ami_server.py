"""A small Asterisk for tests: the manager protocol on a real socket, with the events a real one sends for a call."""

import hashlib
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_CHALLENGE = "840415273"
_ENDS = {
    "busy": ("BUSY", 17),
    "no answer": ("NOANSWER", 19),
    "congestion": ("CONGESTION", 34),
    "gone": ("CHANUNAVAIL", 1),
}
_AGENT_FAULTS = {"agent busy": "5", "agent away": "3", "agent gone": "0"}


@dataclass
class AmiServer:
    """What was asked, and what becomes of the calls.

    `outcome` of the next calls: answer, busy, no answer, congestion, gone (no such number), hang (nothing more is heard
    once the agent has answered), refused, agent busy, agent away, agent gone. `numbering` gives the agent's leg a
    number of the server's own, as old ones do.
    """

    port: int = 0
    login: str = "callboard"
    secret: str = "pa ss;wörd"
    outcome: str = "answer"
    numbering: bool = False
    asked: list[Mapping[str, str]] = field(default_factory=list)
    logins: int = 0
    lines: list["_Line"] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    legs: int = 0
    news: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int) -> None:
        """Wait until so many actions came and were answered."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.asked) >= count, 60)

    def next_leg(self) -> str:
        """The number of another leg."""
        self.legs += 1
        return f"1700000000.{self.legs}"

    def cut(self) -> None:
        """Cut every line."""
        for line in list(self.lines):
            line.cut()

    def ring(self, channel: str, number: str) -> None:
        """Somebody calls the agent's channel."""
        for line in self.lines:
            line.tell(
                Event="DialBegin", Channel="PJSIP/trunk-9", Uniqueid="in.1", Linkedid="in.1", CallerIDNum=number,
                DestChannel=f"{channel}-000000aa", DestUniqueid="in.2", DestLinkedid="in.1",
            )  # fmt: skip

    def tell(self, **fields: str) -> None:
        """Send an event on every line."""
        for line in self.lines:
            line.tell(**fields)


class _Line(socketserver.StreamRequestHandler):
    """One connection."""

    server: "_Server"

    def handle(self) -> None:
        """Greet, then answer action by action."""
        self._kit = self.server.kit
        self._lock = threading.Lock()
        self._legs: dict[str, dict[str, str]] = {}
        self._kit.lines.append(self)
        self.wfile.write(b"Asterisk Call Manager/7.0.3\r\n")
        fields: dict[str, str] = {}
        try:
            for line in self.rfile:
                self._kit.raw += line
                text = line.decode().rstrip("\r\n")
                if text:
                    name, _, value = text.partition(": ")
                    fields[name] = value
                elif fields:
                    self._answer(fields)
                    with self._kit.news:
                        self._kit.asked.append(fields)
                        self._kit.news.notify_all()
                    fields = {}
        except OSError:
            pass
        finally:
            self._kit.lines.remove(self)

    def cut(self) -> None:
        """End the connection without a word."""
        with suppress(OSError):
            self.connection.shutdown(2)

    def tell(self, **fields: str) -> None:
        """Send one packet."""
        text = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        with self._lock:
            self.connection.sendall((text + "\r\n").encode())

    def _answer(self, asked: Mapping[str, str]) -> None:
        number, action = asked.get("ActionID", ""), asked.get("Action")
        if action == "Challenge":
            self.tell(Response="Success", ActionID=number, Challenge=_CHALLENGE)
        elif action == "Login":
            self._log_in(asked)
        elif action == "Originate":
            self._originate(asked)
        elif action == "Hangup":
            self.tell(Response="Success", ActionID=number, Message="Channel Hungup")
            self._hang_up(asked["Channel"])

    def _log_in(self, asked: Mapping[str, str]) -> None:
        self._kit.logins += 1
        key = hashlib.md5((_CHALLENGE + self._kit.secret).encode()).hexdigest()
        if (asked["Username"], asked["Key"]) == (self._kit.login, key):
            self.tell(Response="Success", ActionID=asked["ActionID"], Message="Authentication accepted")
            self.tell(Event="FullyBooted", Privilege="system,all", Status="Fully Booted")
        else:
            self.tell(Response="Error", ActionID=asked["ActionID"], Message="Authentication failed")
            self.cut()

    def _originate(self, asked: Mapping[str, str]) -> None:
        token, outcome = asked["ActionID"], self._kit.outcome
        if outcome == "refused":
            self.tell(Response="Error", ActionID=token, Message="Permission denied")
            return
        self.tell(Response="Success", ActionID=token, Message="Originate successfully queued")
        agent = self._kit.next_leg() if self._kit.numbering else asked["ChannelId"]
        channel = f"{asked['Channel']}-0000000{self._kit.legs}"
        leg = {"Channel": channel, "Uniqueid": agent, "Linkedid": agent}
        answer = {"Event": "OriginateResponse", "ActionID": token, "Channel": channel, "Exten": asked["Exten"]}
        if reason := _AGENT_FAULTS.get(outcome):
            self.tell(
                **{**answer, "Response": "Failure", "Reason": reason, "Uniqueid": "<null>", "Channel": asked["Channel"]}
            )
            return
        self.tell(Event="Newchannel", ChannelState="0", ChannelStateDesc="Down", **leg)
        dest = {f"Dest{name}": value for name, value in leg.items()}
        self.tell(Event="DialBegin", DialString="100", **dest)
        self.tell(Event="Newstate", ChannelState="5", ChannelStateDesc="Ringing", **leg)
        self.tell(Event="DialEnd", DialStatus="ANSWER", **dest)
        self.tell(Event="Newstate", ChannelState="6", ChannelStateDesc="Up", **leg)
        self.tell(**{**answer, "Response": "Success", "Reason": "4", "Uniqueid": agent})
        self._legs[channel] = leg
        if outcome != "hang":
            self._customer(leg)

    def _customer(self, agent: dict[str, str]) -> None:
        """The leg to the customer: it rings, and then what was said becomes of it."""
        leg = {"Channel": "PJSIP/trunk-00000002", "Uniqueid": self._kit.next_leg(), "Linkedid": agent["Uniqueid"]}
        both = {**agent, **{f"Dest{name}": value for name, value in leg.items()}}
        self.tell(Event="Newchannel", ChannelState="0", ChannelStateDesc="Down", **leg)
        self.tell(Event="DialBegin", DialString="trunk", **both)
        if self._kit.outcome in ("answer", "no answer", "busy"):
            self.tell(Event="Newstate", ChannelState="5", ChannelStateDesc="Ringing", **leg)
        if self._kit.outcome == "answer":
            self.tell(Event="Newstate", ChannelState="6", ChannelStateDesc="Up", **leg)
            self.tell(Event="DialEnd", DialStatus="ANSWER", **both)
            return
        status, cause = _ENDS[self._kit.outcome]
        self.tell(Event="DialEnd", DialStatus=status, **both)
        self.tell(Event="Hangup", Cause=str(cause), **leg)

    def _hang_up(self, channel: str) -> None:
        leg = self._legs.pop(channel, None)
        if leg is not None:
            self.tell(Event="Hangup", Cause="16", **leg)
        if channel.endswith("-000000aa"):
            self.tell(Event="Hangup", Cause="16", Channel=channel, Uniqueid="in.2", Linkedid="in.1")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    kit: AmiServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that is cut while it is being written to is no news."""


@contextmanager
def ami_server(port: int = 0, **options: Any) -> Iterator[AmiServer]:
    """A telephone server on a port of this computer."""
    kit = AmiServer(**options)
    with _Server(("127.0.0.1", port), _Line) as server:
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
