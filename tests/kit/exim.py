"""A real Debian mail server for the soak: exim4 with a configuration, spool and mailboxes of the test's own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_WHERE = ("/usr/sbin/exim4", "/usr/sbin/exim")
_PACKAGE = "exim4-daemon-light"
_CONFIGURATION = """
primary_hostname = mail.rossi.test
spool_directory = {folder}/spool
keep_environment =
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
message_size_limit = 50M
smtp_accept_max = 50
tls_advertise_hosts =
host_lookup =
rfc1413_query_timeout = 0s
exim_user = {user}
exim_group = {group}
deliver_drop_privilege = true
never_users =
acl_smtp_rcpt = recipients
begin acl
recipients:
  deny local_parts = nobody
    message = No such user here
  defer local_parts = full
    message = Mailbox full
  accept authenticated = *
begin routers
here:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  create_directory
  directory = {folder}/mail
  user = {user}
  group = {group}
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and {{{{eq{{$auth2}}{{office}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


@dataclass(frozen=True)
class Exim:
    """The running server and the mail it has put into its mailbox."""

    port: int
    folder: Path

    def delivered(self) -> list[EmailMessage]:
        """What has arrived so far."""
        files = sorted((self.folder / "mail" / "new").glob("*"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def flush(self) -> None:
        """Let everything that was taken arrive."""
        subprocess.run([program(), "-C", str(self.folder / "exim.conf"), "-qff"], check=True, capture_output=True)

    def log(self) -> str:
        """What the server says of itself."""
        return "\n".join(path.read_text(errors="replace") for path in sorted((self.folder / "log").glob("*log")))


def program() -> str:
    """The server's program, installed where the test may; an assertion says what is missing."""
    found = next((path for path in _WHERE if Path(path).exists()), None)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "--yes", "--no-install-recommends", _PACKAGE]
        subprocess.run(install, env=quiet, check=False, capture_output=True)
        found = next((path for path in _WHERE if Path(path).exists()), None)
    assert found is not None, f"The soak needs a Debian mail server: apt-get install {_PACKAGE}"
    return found


@contextmanager
def exim(password: str) -> Iterator[Exim]:
    """The server on a port of its own until the block ends, in a folder its own user can reach."""
    with tempfile.TemporaryDirectory(prefix="callboard-exim-", ignore_cleanup_errors=True) as name:
        yield from _serve(Path(name), password)


def _serve(folder: Path, password: str) -> Iterator[Exim]:
    user = pwd.getpwnam("Debian-exim") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir(parents=True)
    _hand_over(folder, user)
    configuration = folder / "exim.conf"
    values = {"folder": folder, "user": user.pw_name, "group": user.pw_gid, "password": password}
    configuration.write_text(_CONFIGURATION.format(**values), encoding="utf-8")
    with closing(socket.create_server(("127.0.0.1", 0))) as drawn:
        port = drawn.getsockname()[1]
    words = [program(), "-C", str(configuration), "-bdf", "-q1m", "-oX", f"[127.0.0.1]:{port}"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        try:
            _wait(server, port)
            yield Exim(port, folder)
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(60)
            server.kill()


def _hand_over(folder: Path, user: pwd.struct_passwd) -> None:
    """The server works as a user of its own, who must reach its folder."""
    if os.geteuid() != 0:
        return
    for each in (folder, *folder.iterdir()):
        os.chown(each, user.pw_uid, user.pw_gid)


def _wait(server: subprocess.Popen[str], port: int) -> None:
    """Until it greets."""
    while server.poll() is None:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 5)) as greeting:
            if greeting.recv(3) == b"220":
                return
    assert server.stderr is not None
    raise AssertionError(f"the mail server did not start: {server.stderr.read()}")
