"""What has to be so around the window: nothing fails unseen, and the desktop ends clean."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app import bootstrap, logs
from app.db.database import Database
from app.domain.people import Permission
from app.models.company import Company
from app.models.dialer import CallWindow
from app.models.planner import Holiday
from app.services.people.me import Me
from app.settings import Settings
from tests.kit.dial_factory import add_campaign
from tests.kit.factory import add_user
from ui import application
from ui.application import Desktop
from ui.kit.preferences import Preferences
from ui.kit.screen import Person, Screen
from ui.kit.tasks import Tasks
from ui.main_window.horizon import Horizon

ME = Me(1, "dana", "Dana Levi", "en", "administrator", (Permission.ADMINISTER,))


@pytest.fixture
def log_lines(tmp_path: Path) -> Iterator[list[str]]:
    """The lines the log takes during the test."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(logs.JsonLines())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def test_what_nobody_caught_is_logged_and_shown_from_any_thread(qtbot: QtBot, qapp: QApplication, log_lines: list[str]):
    net = application._Net(qapp)
    seen: list[BaseException] = []
    net.caught.connect(seen.append)
    try:
        sys.excepthook(ValueError, ValueError("one"), None)
        thread = threading.Thread(target=[].pop)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(seen) == 2)
        qWarning("Qt says something")
    finally:
        net.close()
    assert [type(problem) for problem in seen] == [ValueError, IndexError]
    told = [json.loads(line) for line in log_lines]
    assert [line["level"] for line in told] == ["error", "error", "warning"]
    assert told[2]["text"] == "Qt says something"


@pytest.mark.row("R-X1")
def test_a_desktop_opens_on_its_file_hears_of_changes_and_leaves_nothing_running(
    qtbot: QtBot, qapp: QApplication, sqlite_url: str, tmp_path: Path
):
    preferences = Preferences(Settings(tmp_path / "settings.json"))
    preferences.dress()
    preferences.speak("en")
    before = set(threading.enumerate())
    desktop = Desktop(
        bootstrap.open_desktop(sqlite_url),
        ME,
        preferences,
        tmp_path,
        [Screen("one", "One", "list", lambda desk: QLabel())],
    )
    desktop.show()
    assert desktop.window.desk.person.may(Permission.ADMINISTER)
    with qtbot.waitSignal(desktop.window.ended):
        desktop.window.log_out()
    assert desktop.window.is_logging_out
    desktop.close()
    assert set(threading.enumerate()) <= before


def test_what_a_desktop_was_to_begin_later_ends_with_its_window(
    qtbot: QtBot, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It once came down on a window that was gone, and took the process with it."""
    for name in ("_WATCHES_MS", "_MAIL_BEGINS_MS", "_LOOKS_AHEAD_MS"):
        monkeypatch.setattr(application, name, 1)
    preferences = Preferences(Settings(tmp_path / "settings.json"))
    screens = [Screen("one", "One", "list", lambda desk: QLabel())]
    desktop = Desktop(bootstrap.open_desktop(sqlite_url), ME, preferences, tmp_path, screens)
    desktop.show()
    bell = desktop.bell
    with qtbot.waitSignal(desktop.window.destroyed):
        desktop.window.close()
        desktop.close()
    del desktop
    qtbot.wait(50)
    assert bell.watch is None


@pytest.mark.row("R-T30")
def test_the_holidays_of_the_years_to_come_are_filled_in_behind_the_window(
    qtbot: QtBot, database_url: str, tmp_path: Path
):
    def filled() -> set[int]:
        with database.reading() as session:
            return {day.year for day in session.scalars(select(Holiday.day))}

    database = Database(database_url)
    now = datetime(2031, 12, 31, 23, tzinfo=UTC)  # in Jerusalem the new year has begun
    with database.transaction() as session:
        session.add(Company(id=1, name="Test", country="IL", time_zone="Asia/Jerusalem", language="en"))
        add_user(session, "Dana", "administrator")
        midnight = [datetime(2033, 1, day, tzinfo=UTC) for day in range(1, 8)]
        session.add_all(
            Holiday(day=at.date(), names={"en": "x"}, starts_at=at, ends_at=at + timedelta(1)) for at in midnight
        )
    workplace = bootstrap.open_desktop(database_url, clock=lambda: now)
    workplace.backend.actor = 1
    tasks = Tasks(workplace.backend)
    horizon = Horizon(tasks, tasks, Person(1, "Dana", frozenset({Permission.PLAN})))
    horizon.look()
    qtbot.waitUntil(lambda: filled() == {2033, 2034}, timeout=60_000)
    qtbot.waitUntil(lambda: tasks.is_idle)
    tasks.close()
    workplace.close()
    database.close()


@pytest.mark.parametrize("permission", [Permission.RUN_CAMPAIGNS, Permission.DIAL])
def test_calling_hours_are_laid_out_behind_the_window_of_who_runs_campaigns(
    qtbot: QtBot, database_url: str, permission: Permission
):
    def laid_out() -> int:
        with database.reading() as session:
            return len(session.scalars(select(CallWindow.zone)).all())

    database = Database(database_url)
    with database.transaction() as session:
        session.add(Company(id=1, name="Test", country="IL", time_zone="Asia/Jerusalem", language="en"))
        add_user(session, "Dana", "administrator")
        add_campaign(session, "Spring", zones=())
    workplace = bootstrap.open_desktop(database_url)
    workplace.backend.actor = 1
    tasks = Tasks(workplace.backend)
    horizon = Horizon(tasks, tasks, Person(1, "Dana", frozenset({permission})))
    horizon.begin()
    if permission is Permission.RUN_CAMPAIGNS:
        qtbot.waitUntil(lambda: laid_out() > 0, timeout=60_000)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert bool(laid_out()) == (permission is Permission.RUN_CAMPAIGNS)
    tasks.close()
    horizon.look()  # the daily look of a window on its way out asks nothing
    workplace.close()
    database.close()
