"""A client that stands still in the middle of what it does (SIGSTOP), and goes on as if nothing had been."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from sqlalchemy import make_url

from tests.kit.fault_actions import Action
from tests.kit.proxy import Message, Proxy
from tests.kit.standby import until
from tests.kit.whole_office import Names

ROOT = Path(__file__).resolve().parents[2]


class Signaller:
    """Counts what a process asks, and sends it a signal over one question."""

    def __init__(self, pid: int, step: int, number: signal.Signals, counts: Callable[[Message], bool]) -> None:
        self._pid, self._left, self._number, self._counts = pid, step, number, counts
        self.sent = Event()

    def __call__(self, message: Message) -> bool:
        """Whether it was this message."""
        if self._left == 0 or message.is_starting or not self._counts(message):
            return False
        self._left -= 1
        if self._left == 0:
            with suppress(ProcessLookupError):
                os.kill(self._pid, self._number)
            self.sent.set()
        return self._left == 0


class Client:
    """A process with one request under way."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def goes_on(self) -> str:
        """Let it go on to its end; what it was told."""
        self._process.send_signal(signal.SIGCONT)
        told, _problems = self._process.communicate(timeout=120)
        assert self._process.returncode == 0
        return told.decode().strip()

    def _stands(self) -> bool:
        return Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@contextmanager
def stopped_client(
    proxy: Proxy, names: Names, action: Action, key: str, step: int, counts: Callable[[Message], bool], patience: str
) -> Iterator[Client]:
    """A client that stands still at this step; the server hears the step, and waits `patience` for the next."""
    settings = f"-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout={patience}"
    url = make_url(proxy.url).update_query_dict({"options": settings}).render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kit.doomed_client"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            stop = Signaller(process.pid, step, signal.SIGSTOP, counts)
            proxy.watch(stop)
            assert process.stdin is not None
            request = (url, names.users[action.user], action.service, action.arguments, action.named, key)
            process.stdin.write(pickle.dumps(request))
            process.stdin.close()
            process.stdin = None
            assert stop.sent.wait(60), f"there is no step {step}"
            client = Client(process)
            until(client._stands, "it stands still")
            yield client
        finally:
            proxy.disarm()
            process.kill()
