"""Choosing a telephone: what is asked, what is refused at its field, and what a test of it says."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.adapters import secrets
from app.db.database import Database
from app.services.dialer.lines import LineDraft, Server, my_line, save_server, server
from tests.kit.ami_server import ami_server
from tests.unit.ui.dialer.phone.conftest import PhoneDesk
from ui.dialer import DESK
from ui.dialer.phone.window import TelephoneWindow
from ui.preferences.window import PreferencesWindow


@pytest.fixture
def window(desk: PhoneDesk) -> TelephoneWindow:
    """The window, read and shown."""
    made = TelephoneWindow(desk.desk, desk.window)
    made.show()
    desk.wait(made.save_button.isEnabled)
    return made


def choose(window: TelephoneWindow, kind: str) -> list[str]:
    """Choose a kind; the fields it asks for."""
    window.kind.set_value(kind)
    window.kind.changed.emit(kind)
    return [
        key
        for key in ("scheme", "host", "extension", "login", "password", "registers")
        if getattr(window, key).isVisible()
    ]


@pytest.mark.row("U40")
def test_each_kind_asks_for_its_own(desk: PhoneDesk, window: TelephoneWindow) -> None:
    assert choose(window, "handoff") == ["scheme"]
    assert choose(window, "ami") == ["extension", "password"]
    assert choose(window, "baresip") == ["host", "extension", "login", "password", "registers"]
    assert choose(window, "simulator") == []
    window.request_save()
    desk.wait(lambda: not window.isVisible())
    assert desk.backend.execute(my_line).draft.kind == "simulator"


def test_what_is_missing_is_said_at_its_field(desk: PhoneDesk, window: TelephoneWindow) -> None:
    choose(window, "ami")
    window.extension.setText("10 0\r\n")
    window.request_save()
    desk.wait(lambda: window.fields["extension"].has_error)
    assert desk.backend.execute(my_line).version == 0


@pytest.mark.row("U40")
def test_the_test_says_what_happened(desk: PhoneDesk, window: TelephoneWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(secrets, "recall", kept.get)
    monkeypatch.setattr(secrets, "keep", lambda key, password: not kept.update({key: password}))
    choose(window, "ami")
    window.extension.setText("100")
    window.test_button.click()
    desk.wait(window.save_button.isEnabled)
    assert "The company's telephone server is not set up." in window._wrong.text()
    with ami_server() as asterisk:
        version = desk.backend.execute(server).version
        draft = Server("127.0.0.1", asterisk.port, login="callboard", version=version)
        desk.backend.execute(save_server, draft)
        window.close()
        again = TelephoneWindow(desk.desk, desk.window)
        desk.wait(again.save_button.isEnabled)
        again.password.setText(asterisk.secret)
        again.test_button.click()
        desk.wait(again.save_button.isEnabled)
        assert again.outcome.text() == "The telephone server lets you in."
        assert desk.backend.execute(my_line).draft == LineDraft("ami", extension="100")
        again.close()
    assert kept == {f"telephone:ami:callboard@127.0.0.1:{asterisk.port}": asterisk.secret}


def test_it_is_opened_from_the_preferences_once(database: Database, tmp_path: Path, qtbot: QtBot, qapp: object) -> None:
    desk = PhoneDesk(database, tmp_path, qtbot, DESK)
    desk.window.open_preferences()
    preferences = desk.window.findChild(PreferencesWindow)
    assert preferences is not None
    for _press in range(2):
        preferences.telephone_button.click()
    (window,) = desk.window.findChildren(TelephoneWindow)
    desk.wait(window.save_button.isEnabled)
    window.close()
    preferences.close()
    desk.tasks.close()
    desk.bridge.close()
    desk.window.close()
