"""Asterisk by its manager interface: it rings the agent's own telephone, then the customer; what happens is told."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

from app.adapters.telephony.port import Tell
from app.adapters.telephony.wire import Wire, connected
from app.domain.dialer.calls import Fault, Sign, Told
from app.domain.words import N_, Message, message

__all__ = ["Account", "Asterisk", "Manager", "Packets", "packet"]

Packet = Mapping[str, str]

_LONGEST = 1 << 20
_DIALLED = re.compile(r"\+?[0-9*#]{1,30}", re.ASCII)
_RINGS_SECONDS = 30
_TURNED_DOWN = 21
_CAUSES = {
    1: Fault.WRONG_NUMBER,
    3: Fault.UNREACHABLE,
    17: Fault.BUSY,
    18: Fault.NO_ANSWER,
    19: Fault.NO_ANSWER,
    _TURNED_DOWN: Fault.REFUSED,
    22: Fault.WRONG_NUMBER,
    28: Fault.WRONG_NUMBER,
}
_ENDS = {
    "BUSY": Fault.BUSY,
    "NOANSWER": Fault.NO_ANSWER,
    "DONTCALL": Fault.REFUSED,
    "TORTURE": Fault.REFUSED,
}
_HANGING = message(N_("The connection to the telephone server is lost. Say yourself how the call goes."))


def packet(fields: Iterable[tuple[str, str]]) -> bytes:
    """One action; a line break in a value would begin another one, so such a value is refused."""
    lines: list[str] = []
    for name, value in fields:
        if any(sign in value for sign in "\r\n\0"):
            raise ValueError(f"a line break in {name}")
        lines.append(f"{name}: {value}\r\n")
    return ("".join(lines) + "\r\n").encode()


class Packets:
    """Cuts what comes into packets: lines `Name: value`, an empty line behind the last."""

    def __init__(self) -> None:
        self._rest = b""
        self.banner: str | None = None

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that are whole now; the first line of all is the greeting."""
        self._rest += data
        if len(self._rest) > _LONGEST:
            raise ValueError("a packet without an end")
        if self.banner is None:
            if b"\n" not in self._rest:
                return []
            greeting, self._rest = self._rest.split(b"\n", 1)
            self.banner = greeting.decode(errors="replace").strip()
            if not self.banner.startswith("Asterisk Call Manager"):
                raise ValueError("not a telephone server")
        *whole, self._rest = self._rest.split(b"\r\n\r\n")
        return [_read(each) for each in whole if each.strip()]


def _read(data: bytes) -> Packet:
    found: dict[str, str] = {}
    for line in data.decode(errors="replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


@dataclass(frozen=True, slots=True)
class Account:
    """Who logs in where, and the channel (`PJSIP/100`) of the agent's telephone; `secret` is asked for each time."""

    host: str
    port: int
    login: str
    channel: str
    context: str
    secret: Callable[[], str | None] = field(repr=False)
    tls: bool = False


@dataclass(slots=True)
class _Call:
    """A call by its agent's leg; `legs` are those to the customer with how each ended, "" while it lives."""

    token: str
    unique: str
    channel: str = ""
    legs: dict[str, str] = field(default_factory=dict)
    cause: Fault | None = None
    is_talking: bool = False
    is_told: bool = False
    wants_end: bool = False


class Manager:
    """The conversation with Asterisk, without a socket."""

    def __init__(self, account: Account, tell: Tell) -> None:
        self._account = account
        self._tell = tell
        self._out = bytearray()
        self._packets = Packets()
        self._calls: dict[str, _Call] = {}
        self._coming: dict[str, tuple[str, str]] = {}
        self._trouble: Message | None = message(N_("The telephone server has not answered yet."))
        self.is_ready = False
        self.is_over = False

    # --- The wire

    def opened(self) -> None:
        """Begin: the greeting comes by itself."""
        self._packets = Packets()
        self._out.clear()
        self._send(("Action", "Challenge"), ("ActionID", "challenge"), ("AuthType", "MD5"))

    def received(self, data: bytes) -> None:
        """Hear what came."""
        for each in self._packets.feed(data):
            if "Event" in each:
                self._event(each)
            elif "Response" in each:
                self._response(each)

    def lost(self, problem: Exception | None) -> None:
        """Calls may go on, but nobody sees how."""
        was_ready, self.is_ready = self.is_ready, False
        self._out.clear()
        if not self.is_over:
            self._trouble = _no_line(problem, self._account.host, is_cut=was_ready)
        self._tell(Sign(Told.TROUBLE, said=self._trouble))
        for call in self._calls.values():
            if not call.is_told:
                self._tell(Sign(Told.FAILED, call.token, Fault.HUNG, said=_HANGING))

    def to_send(self) -> bytes:
        """What is to be sent now."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def _send(self, *fields: tuple[str, str]) -> None:
        self._out += packet(fields)

    # --- What is asked

    def dial(self, number: str, token: str) -> None:
        """Ring the agent, then the number."""
        if not _DIALLED.fullmatch(number):
            self._tell(Sign(Told.FAILED, token, Fault.WRONG_NUMBER))
            return
        if not self.is_ready:
            self._tell(Sign(Told.FAILED, token, Fault.NO_TELEPHONE, said=self._trouble))
            return
        unique = f"callboard-{token}"
        self._calls[unique] = _Call(token, unique)
        self._send(
            ("Action", "Originate"),
            ("ActionID", token),
            ("Channel", self._account.channel),
            ("ChannelId", unique),
            ("Context", self._account.context),
            ("Exten", number),
            ("Priority", "1"),
            ("Timeout", str(_RINGS_SECONDS * 1000)),
            ("Async", "true"),
        )

    def hang_up(self, token: str) -> None:
        """End the agent's leg, which ends the other; before there is one, as soon as there is."""
        for call in self._calls.values():
            if call.token == token:
                call.wants_end = True
                self._end_leg(call)
                return
        if token in self._coming:
            self._hang_up_channel(self._coming[token][0], token)
        elif not self.is_ready:
            self._tell(Sign(Told.ENDED, token))

    def _end_leg(self, call: _Call) -> None:
        if call.channel and call.wants_end and self.is_ready:
            self._hang_up_channel(call.channel, call.token)

    def _hang_up_channel(self, channel: str, token: str) -> None:
        self._send(("Action", "Hangup"), ("ActionID", f"end-{token}"), ("Channel", channel), ("Cause", "16"))

    # --- What Asterisk says

    def _response(self, said: Packet) -> None:
        action, is_good = said.get("ActionID", ""), said["Response"] == "Success"
        if action == "challenge":
            self._log_in(said.get("Challenge", "")) if is_good else self._bar()
        elif action == "login":
            self._let_in() if is_good else self._bar()
        elif not is_good and (call := self._by_token(action)) is not None:
            reason = message(N_("The telephone server refuses: {reason}"), reason=said.get("Message", ""))
            self._fail(call, Fault.NO_TELEPHONE, reason)
            del self._calls[call.unique]

    def _log_in(self, challenge: str) -> None:
        secret = self._account.secret()
        if secret is None:
            self._stop(message(N_("This computer does not have the password of the telephone server.")))
            return
        # The password itself never crosses the network.
        key = hashlib.md5((challenge + secret).encode(), usedforsecurity=False).hexdigest()
        self._send(
            ("Action", "Login"),
            ("ActionID", "login"),
            ("AuthType", "MD5"),
            ("Username", self._account.login),
            ("Key", key),
            ("Events", "call"),
        )

    def _let_in(self) -> None:
        self.is_ready, self._trouble = True, None
        self._tell(Sign(Told.READY))

    def _bar(self) -> None:
        self._stop(message(N_("The telephone server does not accept this log-in and password.")))

    def _stop(self, why: Message) -> None:
        """Trying again would only lock the log-in."""
        self.is_over, self._trouble = True, why

    def _event(self, said: Packet) -> None:
        name = said["Event"]
        if name == "OriginateResponse":
            self._originated(said)
            return
        call = self._calls.get(said.get("Uniqueid", ""))
        if call is not None and not call.channel and said.get("Channel"):
            call.channel = said["Channel"]
            self._end_leg(call)
        if name == "DialBegin":
            self._dial_begins(said)
        elif name in ("Newstate", "DialState"):
            self._rings(said)
        elif name == "DialEnd":
            self._dial_ends(said)
        elif name == "Hangup":
            self._hung_up(said)

    def _originated(self, said: Packet) -> None:
        call = self._by_token(said.get("ActionID", ""))
        if call is None:
            return
        if said.get("Response") != "Success":
            del self._calls[call.unique]
            if call.wants_end:
                self._end(call)
            else:
                self._fail(call, Fault.NO_TELEPHONE, _agent_fault(said.get("Reason", "")))
            return
        unique = said.get("Uniqueid") or call.unique
        # A server that gives a number of its own to the leg says it here.
        self._calls[unique] = self._calls.pop(call.unique)
        call.unique, call.channel = unique, said.get("Channel", call.channel)
        self._end_leg(call)

    def _dial_begins(self, said: Packet) -> None:
        leg, source = said.get("DestUniqueid", ""), said.get("Uniqueid", "")
        if leg in self._calls:
            return
        call = self._calls.get(source) or self._calls.get(said.get("Linkedid", ""))
        if call is not None:
            call.legs[leg] = ""
            self._tell(Sign(Told.DIALLING, call.token))
        elif source and said.get("DestChannel", "").startswith(f"{self._account.channel}-"):
            token = f"in-{leg}"
            self._coming[token] = (said["DestChannel"], leg)
            self._tell(Sign(Told.INCOMING, token, text=said.get("CallerIDNum", "")))

    def _rings(self, said: Packet) -> None:
        is_ringing = said.get("ChannelStateDesc") == "Ringing" or said.get("DialStatus") in ("RINGING", "PROGRESS")
        call = self._by_leg(said.get("DestUniqueid") or said.get("Uniqueid", ""))
        if call is not None and is_ringing:
            self._tell(Sign(Told.RINGING, call.token))

    def _dial_ends(self, said: Packet) -> None:
        leg, status = said.get("DestUniqueid", ""), said.get("DialStatus", "")
        if f"in-{leg}" in self._coming:
            if status == "ANSWER":
                self._tell(Sign(Told.ANSWERED, f"in-{leg}"))
            return
        call = self._by_leg(leg)
        if call is None:
            return
        call.legs[leg] = status
        if status == "ANSWER":
            call.is_talking = True
            self._tell(Sign(Told.ANSWERED, call.token))
        elif fault := _ENDS.get(status):
            call.cause = fault
            self._settle(call)

    def _hung_up(self, said: Packet) -> None:
        unique = said.get("Uniqueid", "")
        cause = int(said["Cause"]) if said.get("Cause", "").isdigit() else 0
        if f"in-{unique}" in self._coming:
            del self._coming[f"in-{unique}"]
            self._tell(Sign(Told.ENDED, f"in-{unique}"))
        elif (call := self._calls.pop(unique, None)) is not None:
            self._agent_gone(call, cause)
        elif (call := self._by_leg(unique)) is not None:
            was_answered = call.legs[unique] == "ANSWER"
            call.legs[unique] = call.legs[unique] or "HANGUP"
            if was_answered:
                self._end(call)
            else:
                call.cause = call.cause or _CAUSES.get(cause)
                self._settle(call)

    def _agent_gone(self, call: _Call, cause: int) -> None:
        """The agent's leg is gone: by his own hand, or because there was nobody to connect it to."""
        fault = call.cause or _CAUSES.get(cause)
        if call.is_talking or call.wants_end or (fault is None and cause in (0, 16)):
            self._end(call)
        else:
            self._fail(call, fault or Fault.UNREACHABLE)

    def _settle(self, call: _Call) -> None:
        """Once every leg to the customer has ended without an answer, the call has failed; the agent is let go."""
        if all(call.legs.values()) and not call.is_talking and not call.is_told:
            call.wants_end = True
            self._end_leg(call)
            self._fail(call, call.cause or Fault.UNREACHABLE)

    def _fail(self, call: _Call, fault: Fault, said: Message | None = None) -> None:
        if not call.is_told:
            call.is_told = True
            self._tell(Sign(Told.FAILED, call.token, fault, said=said))

    def _end(self, call: _Call) -> None:
        if not call.is_told:
            call.is_told = True
            self._tell(Sign(Told.ENDED, call.token))

    def _by_token(self, token: str) -> _Call | None:
        return next((call for call in self._calls.values() if call.token == token), None)

    def _by_leg(self, leg: str) -> _Call | None:
        return next((call for call in self._calls.values() if leg in call.legs), None)


def _agent_fault(reason: str) -> Message:
    """Why the agent's own telephone was not connected, by the number Asterisk gives for it."""
    if reason == "5":
        return message(N_("Your own telephone is busy."))
    if reason in ("1", "3"):
        return message(N_("Your own telephone was not answered."))
    return message(N_("Your own telephone cannot be reached."))


def _no_line(problem: Exception | None, host: str, *, is_cut: bool) -> Message:
    if isinstance(problem, ValueError) and not isinstance(problem, OSError):
        return message(N_("What answers at “{name}” is no telephone server."), name=host)
    if is_cut:
        return message(N_("The connection to the telephone server is lost. It is tried again."))
    return message(N_("The telephone server “{name}” does not answer. It is tried again."), name=host)


class Asterisk:
    """An agent's telephone at the company's Asterisk."""

    sees_state: ClassVar[bool] = True
    can_answer: ClassVar[bool] = False

    def __init__(self, account: Account, tell: Tell, pauses: tuple[float, ...] | None = None) -> None:
        self._manager = Manager(account, tell)
        connect = partial(connected, account.host, account.port, tls=account.tls)
        self._wire = Wire(self._manager, connect) if pauses is None else Wire(self._manager, connect, pauses=pauses)

    def dial(self, number: str, token: str) -> None:
        """Ring the agent, then the number."""
        self._wire.do(partial(self._manager.dial, number, token))

    def answer(self, token: str) -> None:
        """The agent lifts the receiver of his telephone."""

    def hang_up(self, token: str) -> None:
        """End the call."""
        self._wire.do(partial(self._manager.hang_up, token))

    def close(self) -> None:
        """Leave; calls that go on go on."""
        self._wire.close()
