"""Two network namespaces joined by a wire of their own: baresip in one of them, sipp that answers in the other.

Made as root; both ends vanish with the processes that run in them.
"""

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

AGENT, OTHER = "10.213.7.1", "10.213.7.2"
PORTS = {"answer": 5070, "busy": 5071, "missing": 5072, "decline": 5073, "silent": 5079}
_CODES = {"busy": "486 Busy Here", "missing": "404 Not Found", "decline": "603 Decline"}
_NETWORK = 0x40000000
_NEEDED = {"baresip": "baresip-core", "sipp": "sip-tester", "ip": "iproute2"}
_REFUSAL = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="refusal">
<recv request="INVITE" crlf="true"/>
<send><![CDATA[
SIP/2.0 {code}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]SIPpTag01[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Content-Length: 0

]]></send>
<recv request="ACK"/>
</scenario>
"""


class Lab:
    """Runs programs on either side."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        self._running: list[subprocess.Popen[bytes]] = []

    def enter(self, side: str) -> tuple[str, ...]:
        """The words that run a program on a side, "agent" or "other"."""
        return ("ip", "netns", "exec", f"{self._name}-{side}")

    def inside(self, do: Callable[[], T]) -> T:
        """Do this on the agent's side: what it starts, threads and programs, stays there."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._go_in, do).result()

    def _go_in(self, do: Callable[[], T]) -> T:
        libc = ctypes.CDLL(None, use_errno=True)
        with Path(f"/run/netns/{self._name}-agent").open("rb") as place:
            assert libc.setns(place.fileno(), _NETWORK) == 0, os.strerror(ctypes.get_errno())
        return do()

    def answer(self) -> None:
        """Start what picks up, and what refuses."""
        for what, code in _CODES.items():
            (self._folder / f"{what}.xml").write_text(_REFUSAL.format(code=code), encoding="ascii")
            self._sipp("other", "-sf", f"{what}.xml", "-i", OTHER, "-p", str(PORTS[what]))
        self._sipp("other", "-sn", "uas", "-i", OTHER, "-p", str(PORTS["answer"]))
        for what in ("answer", *_CODES):
            self._wait_for_port(PORTS[what])

    def call(self, port: int, number: str) -> None:
        """Somebody on the other side calls the agent once, and hangs up after a second."""
        words = ("-sn", "uac", f"{AGENT}:{port}", "-s", number, "-i", OTHER, "-m", "1", "-d", "1000")
        self._sipp("other", *words)

    def signal(self, program: str, number: int) -> None:
        """Send a signal to the agent's program of this name."""
        for each in _out("ip", "netns", "pids", f"{self._name}-agent").split():
            if Path(f"/proc/{each}/comm").read_text(encoding="ascii").strip() == program:
                os.kill(int(each), number)

    def _sipp(self, side: str, *words: str) -> None:
        command = [*self.enter(side), "sipp", *words, "-nostdin"]
        out = subprocess.DEVNULL
        self._running.append(subprocess.Popen(command, cwd=self._folder, stdin=out, stdout=out, stderr=out))

    def _wait_for_port(self, port: int) -> None:
        end = time.monotonic() + 10
        while f":{port} " not in _out(*self.enter("other"), "ss", "-lun"):
            assert time.monotonic() < end, f"sipp does not listen at {port}"

    def close(self) -> None:
        """End what runs."""
        for process in self._running:
            process.kill()
            process.wait()


def _out(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@contextmanager
def telephone_lab(folder: Path) -> Iterator[Lab]:
    """The two sides; what is missing for them is said, because a lab that is left out proves nothing."""
    missing = sorted(package for program, package in _NEEDED.items() if shutil.which(program) is None)
    assert not missing, f"install what the telephones need: apt-get install --no-install-recommends {' '.join(missing)}"
    assert os.geteuid() == 0, "only root makes network namespaces: run make soak as root"
    name = f"callboard-{os.getpid()}"
    sides = {"agent": AGENT, "other": OTHER}
    lab = Lab(name, folder)
    try:
        for side in sides:
            _out("ip", "netns", "add", f"{name}-{side}")
        pair = ("ip", "link", "add", "call0", "netns", f"{name}-agent", "type", "veth")
        _out(*pair, "peer", "name", "call0", "netns", f"{name}-other")
        for side, address in sides.items():
            _out("ip", "-n", f"{name}-{side}", "address", "add", f"{address}/24", "dev", "call0")
            for device in ("lo", "call0"):
                _out("ip", "-n", f"{name}-{side}", "link", "set", device, "up")
        yield lab
    finally:
        lab.close()
        for side in sides:
            subprocess.run(("ip", "netns", "delete", f"{name}-{side}"), check=False, capture_output=True)
