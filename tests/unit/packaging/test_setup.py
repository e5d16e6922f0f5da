"""`make setup` brings Debian's packages as root or through sudo, and else says exactly what is missing."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SETUP = ROOT / "packaging" / "debian" / "setup"
PACKAGES = (ROOT / "packaging" / "debian" / "packages.txt").read_text().split()
TOOLS = ("awk", "cat", "dirname", "env", "tr")


@dataclass
class Machine:
    """A Debian made of a few scripts, which note what was asked of them."""

    folder: Path
    installed: list[str] = field(default_factory=lambda: list(PACKAGES))
    user: int = 1000
    asked: Path = field(init=False)

    def __post_init__(self) -> None:
        self.asked = self.folder / "asked"
        self.asked.touch()
        for tool in TOOLS:
            (self.folder / tool).symlink_to(shutil.which(tool) or tool)
        self.command("sh", "exit 0")
        self.command("apt-get", f'echo "apt-get $*" >>{self.asked}')

    def command(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def with_sudo(self) -> None:
        self.command("sudo", f'[ "$1" = -n ] && exit 0; echo "sudo" >>{self.asked}; exec "$@"')

    def setup(self) -> subprocess.CompletedProcess[str]:
        rows = "\n".join(f"ii |{name}, " for name in self.installed)
        self.command("dpkg-query", f"cat <<'LIST'\n{rows}\nLIST")
        self.command("id", f"echo {self.user}")
        return subprocess.run(
            ["/bin/sh", SETUP, "packages"],
            env={"PATH": str(self.folder)}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def installs(self) -> list[str]:
        lines = [line for line in self.asked.read_text().splitlines() if line.startswith("apt-get install")]
        return [line.partition("--no-install-recommends ")[2].strip() for line in lines]


@pytest.fixture
def machine(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    return Machine(folder)


def without(*names):
    return [name for name in PACKAGES if name not in names]


def test_nothing_missing_asks_for_nothing(machine):
    done = machine.setup()
    assert (done.returncode, done.stdout, machine.installs()) == (0, "", [])


def test_root_installs_what_is_missing_and_says_so(machine):
    machine.user, machine.installed = 0, without("libegl1", "libgl1")
    done = machine.setup()
    assert done.returncode == 0
    assert "Installing Debian packages: libegl1 libgl1" in done.stdout
    assert machine.installs() == ["libegl1 libgl1"]


def test_an_ordinary_user_installs_through_sudo(machine):
    machine.with_sudo()
    machine.installed = without("libegl1")
    assert machine.setup().returncode == 0
    assert machine.asked.read_text().splitlines()[0] == "sudo"
    assert machine.installs() == ["libegl1"]


def test_with_neither_it_names_the_packages_and_stops(machine):
    machine.installed = without("libegl1", "python3-venv")
    done = machine.setup()
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends libegl1 python3-venv" in done.stderr
    assert machine.installs() == []


def test_a_sudo_that_wants_a_password_nobody_can_type_counts_as_none(machine):
    machine.command("sudo", "exit 1")
    machine.installed = without("libegl1")
    done = machine.setup()
    assert done.returncode == 1
    assert "libegl1" in done.stderr


def test_the_server_of_the_tests_may_come_from_the_python_packages(machine):
    """PostgreSQL alone is no reason to stop: the lock holds a wheel with one."""
    machine.installed = without("postgresql")
    done = machine.setup()
    assert done.returncode == 0
    assert "the tests use the server in the Python packages" in done.stdout


def test_root_without_debians_server_goes_on(machine):
    machine.user, machine.installed = 0, without("postgresql", "libegl1")
    machine.command("apt-get", f'echo "apt-get $*" >>{machine.asked}; case "$*" in *postgresql*) exit 100;; esac')
    done = machine.setup()
    assert done.returncode == 0
    assert machine.installs()[0] == "libegl1"
    assert "cannot be had" in done.stdout


def test_stale_package_lists_are_renewed_once(machine):
    machine.user, machine.installed = 0, without("libegl1")
    fresh = machine.folder / "fresh"
    machine.command(
        "apt-get",
        f'echo "apt-get $*" >>{machine.asked}; [ "$1" = update ] && {{ : >{fresh}; exit 0; }}; [ -e {fresh} ]',
    )
    assert machine.setup().returncode == 0
    assert [line.split()[1] for line in machine.asked.read_text().splitlines()] == ["install", "update", "install"]


def test_apt_that_cannot_stops_with_the_list(machine):
    machine.user, machine.installed = 0, without("libegl1")
    machine.command("apt-get", "exit 100")
    done = machine.setup()
    assert done.returncode == 1
    assert "Callboard needs: libegl1" in done.stderr


def test_a_package_under_a_newer_name_counts(machine):
    """Newer systems carry libglib2.0-0 as libglib2.0-0t64, which provides the old name."""
    machine.installed = [*without("libglib2.0-0"), "libglib2.0-0t64, libglib2.0-0 (= 2.80.0)"]
    assert machine.setup().stdout == ""


def test_another_system_is_told_and_goes_on(machine):
    rows = machine.folder / "dpkg-query"
    machine.setup()
    rows.unlink()
    done = subprocess.run(
        ["/bin/sh", SETUP, "packages"], env={"PATH": str(machine.folder)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "libegl1" in done.stdout
