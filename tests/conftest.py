"""What holds for every test: an off-screen Qt, nothing of the person who runs it, the program's own fonts."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.kit.databases"]

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"

# Before anything imports Qt. CALLBOARD_TEST_DISPLAY=1 shows the windows of a test that is being looked at.
if not os.environ.get("CALLBOARD_TEST_DISPLAY"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["LANGUAGE"] = "en"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
os.environ.pop("CALLBOARD_DATABASE", None)

settings.register_profile("callboard", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("callboard")

_PERSON = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Settings, data and caches of the person who runs the tests stay out of reach."""
    person = tempfile.TemporaryDirectory(prefix="callboard-person-")
    config.stash[_PERSON] = person
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        folder = Path(person.name) / variable.lower()
        folder.mkdir(mode=0o700)
        os.environ[variable] = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nothing is left behind."""
    config.stash[_PERSON].cleanup()


@pytest.fixture(scope="session")
def qapp(qapp: object) -> object:
    """The application of every Qt test, with the fonts that the program brings."""
    from PySide6.QtGui import QFontDatabase

    for path in sorted(FONTS.glob("*.ttf")):
        assert QFontDatabase.addApplicationFont(str(path)) >= 0, f"{path.name} is not a font"
    return qapp
