"""What a start may bring in: a desktop stands on the screen before anything heavy is wanted."""

import os
import subprocess
import sys

import pytest

HEAVY = (
    "alembic",
    "argon2",
    "asyncio.events",
    "babel",
    "cattrs",
    "click",
    "dateutil",
    "email",
    "holidays",
    "html.entities",
    "keyring",
    "numpy",
    "openpyxl",
    "phonenumbers",
    "psycopg",
    "pyqtgraph",
    "qtawesome",
    "rapidfuzz",
    "sqlalchemy.dialects.postgresql",
)
LATER = (
    "app.cli",
    "app.models.dialer",
    "app.services.dialer",
    "app.services.imports",
    "app.services.planner.conflicts",
    "ui.admin.screen",
    "ui.dialer.campaigns",
    "ui.dialer.desk",
    "ui.first_start.window",
    "ui.home.screen",
    "ui.home.watch",
    "ui.imports.screen",
    "ui.main_window.palette",
    "ui.planner.dialogs",
    "ui.preferences.window",
    "ui.tickets.screen",
    "ui.tickets.tasks.screen",
    "ui.tickets.tasks.windows",
)


@pytest.fixture(scope="module")
def brought_in() -> set[str]:
    """The modules of a process that has imported all that the first planner needs."""
    program = "import sys, ui.application, ui.first_start.entrance, ui.planner.screen; print(*sys.modules)"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_the_planner_is_there(brought_in: set[str]):
    assert {"ui.planner.screen", "app.services.planner.board", "sqlalchemy.dialects.sqlite"} <= brought_in


@pytest.mark.parametrize("name", HEAVY)
def test_no_heavy_package_comes_in(name: str, brought_in: set[str]):
    assert name not in brought_in


@pytest.mark.parametrize("name", LATER)
def test_other_screens_and_windows_wait_until_they_are_opened(name: str, brought_in: set[str]):
    assert name not in brought_in


def test_nothing_reads_the_source_of_what_is_imported():
    program = "import builtins, ui.application; print(builtins.__import__.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() != "__feature_import__"
