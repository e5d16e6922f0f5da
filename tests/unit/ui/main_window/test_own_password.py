"""Somebody gives himself another password, on a file and by his log-in on a server."""

from pathlib import Path

import keyring
import pytest
from pytestqt.qtbot import QtBot

from app.adapters import passwords
from app.bootstrap import Workplace, open_database
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.services.people.logins import entry, log_in
from app.settings import Settings
from tests.kit.servers import PASSWORD, Server
from tests.unit.ui.first_start.test_entrance import Keys
from ui.application import Desktop
from ui.kit.preferences import Preferences
from ui.main_window.password_window import PasswordDialog

NEW = "another-horse-8"
GALIL = CompanyDraft("Galil", "IL", "Asia/Jerusalem", "en")


def change(qtbot: QtBot, desktop: Desktop) -> None:
    """Weak, then mistyped, then right."""
    desktop.window.desk.commands.run("window.password")
    dialog = desktop.window.findChild(PasswordDialog)
    assert dialog is not None
    for password, again in (("sunshine1", "sunshine1"), (NEW, "another-horse-9")):
        dialog.password.setText(password)
        dialog.again.setText(again)
        dialog.request_save()
        assert dialog.save_button.isEnabled(), "nothing was sent"
    dialog.again.setText(NEW)
    with qtbot.waitSignal(dialog.finished, timeout=60_000):
        dialog.request_save()
    qtbot.waitUntil(lambda: desktop.tasks.is_idle, timeout=60_000)


@pytest.fixture
def preferences(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preferences:
    """Nothing remembered, cheap hashes."""
    monkeypatch.setattr(passwords, "cost", passwords.Cost(1, 8, 1))
    made = Preferences(Settings(tmp_path / "settings.json"))
    made.dress()
    made.speak("en")
    return made


@pytest.mark.row("R-T1")
def test_on_a_file(qtbot: QtBot, preferences: Preferences, tmp_path: Path) -> None:
    workplace = Workplace(open_database(str(tmp_path / "one.sqlite")))
    workplace.backend.execute(set_up, GALIL, FirstAdministrator("Dana", "dana", PASSWORD))
    me = workplace.backend.execute(log_in, "dana", PASSWORD)
    desktop = Desktop(workplace, me, preferences, tmp_path)
    change(qtbot, desktop)
    assert workplace.backend.execute(log_in, "dana", NEW).id == me.id
    desktop.close()


@pytest.mark.row("R-T1")
def test_on_a_server_and_the_key_store_learns_it(
    qtbot: QtBot, preferences: Preferences, server: Server, tmp_path: Path
) -> None:
    before, keys = keyring.get_keyring(), Keys()
    with server.as_administrator() as dana:
        dana.execute(set_up, GALIL)
    workplace = Workplace(open_database(server.url_of(f"{server.name}_u1")))
    me = workplace.backend.execute(entry).me
    assert me is not None
    keys.kept["callboard", workplace.url] = PASSWORD
    keyring.set_keyring(keys)
    try:
        desktop = Desktop(workplace, me, preferences, tmp_path)
        change(qtbot, desktop)
        assert list(keys.kept.values()) == [NEW]
        desktop.close()
        with server.as_user(f"{server.name}_u1", NEW) as again:
            assert again.execute(entry).me == me
    finally:
        keyring.set_keyring(before)
