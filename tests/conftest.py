"""What holds for every test: an off-screen Qt, nothing of the person who runs it, no unknown row."""

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

from app import i18n
from app.models import whole
from tests.kit import log_ins, memory, rows, versions

assert whole.__all__, "tests write rows without a backend, which would see to it that every table is mapped"

pytest_plugins = ["tests.kit.databases", "tests.kit.servers"]

# Before anything imports Qt. CALLBOARD_TEST_DISPLAY=1 shows the windows of a test that is being looked at.
if not os.environ.get("CALLBOARD_TEST_DISPLAY"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LANGUAGE"] = "en"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
os.environ.pop("CALLBOARD_DATABASE", None)
memory.write_there()
versions.listen()
if log_ins.IS_ON:
    log_ins.take_log_ins()

_ANY_TIME = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
settings.register_profile("search", **_ANY_TIME)
settings.register_profile("callboard", **_ANY_TIME, derandomize=True)

# What is waited for comes at once or not at all; how long that takes is the machine's affair, not a test's.
for waiting in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed):
    waiting.__kwdefaults__["timeout"] = 60_000

_LONGEST = frozenset(
    {
        "test_every_window.py",
        "test_tour.py",
        "test_machine.py",
        "test_one_card_two_desktops.py",
        "test_simulate_dialer.py",
        "test_bad_input.py",
    }
)
_TURN = sys.getswitchinterval()
_PERSON = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Settings, data and caches of the person who runs the tests stay out of reach.

    New examples are searched for in the soak; what is asked of every change has the same answer each time.
    """
    is_soak = log_ins.IS_ON or config.getoption("markexpr") == "soak"
    settings.load_profile("search" if is_soak else "callboard")
    person = tempfile.TemporaryDirectory(prefix="callboard-person-")
    config.stash[_PERSON] = person
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        folder = Path(person.name) / variable.lower()
        folder.mkdir(mode=0o700)
        os.environ[variable] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nothing is left behind."""
    config.stash[_PERSON].cleanup()


def pytest_runtest_setup() -> None:
    """The cycle collector waits for its call: on a worker thread it would destroy Qt objects (ui.kit.collector).

    Before each test, because a test may have run the program's own start, which wakes it.
    """
    gc.disable()
    # A simulation lets its desktops' threads change places more often.
    sys.setswitchinterval(_TURN)
    # A test that changes the language changes it for itself.
    i18n.use("en")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Garbage is collected here, on the thread that made it, once the module's last test has put everything away.

    What is left stays: modules, and what SQLAlchemy and Babel keep. It is not looked through again, or each look would
    take longer than the one before: after half of a run, two seconds.
    """
    yield
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that names a row which does not exist stands for nothing; the longest begin, whatever the order."""
    known = rows.known()
    strange = [f"{item.nodeid}: {row}" for item in items for row in rows.named(item) if row not in known]
    if strange:
        raise pytest.UsageError("not in tests/rows.toml: " + ", ".join(strange))
    if log_ins.IS_ON:
        items[:] = [item for item in items if item.path.name not in log_ins.BEHIND_THE_CLOCK]
    # One of half a minute that came last would keep one worker busy and the other waiting.
    items.sort(key=lambda item: item.path.name not in _LONGEST)
