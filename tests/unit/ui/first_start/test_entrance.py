"""Coming in: the first start, the log-in of a file, a server's connection; keys only where a person would use keys."""

from pathlib import Path

import keyring
import keyring.backend
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app import i18n
from app.backend import Backend
from app.bootstrap import Tls, file_url, open_database, shown_url
from app.db import address, safety
from app.services.company.profile import company, set_up
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.settings import Settings
from tests.kit.servers import PASSWORD, Server
from tests.unit.ui.first_start.conftest import Open
from ui.application import Desktop
from ui.first_start.connect import ConnectPage
from ui.first_start.entrance import Entrance
from ui.first_start.first_time import FirstTime
from ui.first_start.log_in import LogInPage
from ui.first_start.page import Page
from ui.kit.preferences import Preferences

DANA = FirstAdministrator("Dana Levi", "dana", PASSWORD)


def assistant(qtbot: QtBot, entrance: Entrance) -> FirstTime:
    """The assistant, once it is up."""
    qtbot.waitUntil(lambda: entrance.assistant is not None, timeout=60_000)
    assert isinstance(entrance.assistant, FirstTime)
    return entrance.assistant


def page(qtbot: QtBot, entrance: Entrance, kind: type[Page]) -> Page:
    """The page, once it is shown."""
    qtbot.waitUntil(lambda: entrance._window is not None and isinstance(entrance.window.page, kind), timeout=60_000)
    shown = entrance.window.page
    assert isinstance(shown, kind)
    return shown


def press(widget: object, *keys: object) -> None:
    """Type texts and press keys where the cursor is."""
    from PySide6.QtTest import QTest

    for key in keys:
        target = QApplication.focusWidget() or widget
        if isinstance(key, str):
            QTest.keyClicks(target, key)
        else:
            QTest.keyClick(target, key)


@pytest.fixture
def made(preferences: Preferences) -> str:
    """The usual file, set up by Dana."""
    database = open_database(file_url())
    Backend(database).execute(set_up, CompanyDraft("Bridge", "IL", "Asia/Jerusalem", "en"), DANA)
    database.close()
    return shown_url(file_url())


@pytest.mark.row("R-X2", "R-X6")
def test_the_first_start_by_keyboard_alone(qtbot: QtBot, come: Open, preferences: Preferences) -> None:
    entrance, came = come()
    course = assistant(qtbot, entrance)
    window = entrance.window
    with qtbot.waitActive(window):
        window.activateWindow()
    course.language.cards["he"].click()
    assert i18n.current().code == "he"
    assert window.layoutDirection() == Qt.LayoutDirection.RightToLeft
    press(window, Qt.Key.Key_Return)
    assert course.company.country.value() == "IL"
    assert course.company.zone.value() == "Asia/Jerusalem"
    press(window, Qt.Key.Key_Return)
    assert window.page is course.company, "a company needs a name"
    press(window, "Bridge", Qt.Key.Key_Return)
    assert window.page is course.administrator
    press(window, "Dana Levi", Qt.Key.Key_Tab, "dana", Qt.Key.Key_Tab, PASSWORD, Qt.Key.Key_Tab, PASSWORD)
    press(window, Qt.Key.Key_Return)
    assert window.page is course.start
    course.start.cards[list(course.start.cards)[2]].click()
    press(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(came), timeout=60_000)
    workplace, me = came[0]
    assert (me.name, me.login, me.role, me.language) == ("Dana Levi", "dana", "administrator", "he")
    made = workplace.backend.execute(company)
    assert made is not None
    assert (made.name, made.country, made.time_zone) == ("Bridge", "IL", "Asia/Jerusalem")
    assert Path(workplace.url.removeprefix("sqlite:///")).stat().st_mode & 0o077 == 0
    assert preferences.settings.staying_user(workplace.url) == "dana"


def test_importing_ones_own_data_opens_the_import(
    qtbot: QtBot, come: Open, preferences: Preferences, tmp_path: Path
) -> None:
    entrance, came = come()
    course = assistant(qtbot, entrance)
    course.company.name.setText("Bridge")
    course.company.begin()
    course.company.country.set_value("IT")
    course.company._follow_country("IT")
    course.administrator.name.setText("Dana")
    course.administrator.login.setText("dana")
    for field in (course.administrator.password, course.administrator.again):
        field.setText(PASSWORD)
    course.start.cards[list(course.start.cards)[1]].click()
    for each in course.pages:
        each.forward.emit()
    qtbot.waitUntil(lambda: bool(came), timeout=60_000)
    workplace, me = came.pop()
    desktop = Desktop(workplace, me, preferences, tmp_path)
    desktop.show()
    qtbot.waitUntil(lambda: type(desktop.window.current_screen).__module__.startswith("ui.imports"))
    desktop.close()


def test_a_password_is_typed_twice_and_not_weak(qtbot: QtBot, come: Open) -> None:
    entrance, _came = come()
    you = assistant(qtbot, entrance).administrator
    you.name.setText("Dana")
    you.login.setText("dana")
    for password, again, is_good in (("short", "short", False), (PASSWORD, "other", False), (PASSWORD, PASSWORD, True)):
        you.password.setText(password)
        you.again.setText(again)
        assert you.check() is is_good
    you.login.setText("דנה")
    assert you.check() is False


def test_who_stays_logged_in_is_asked_nothing(qtbot: QtBot, come: Open, preferences: Preferences, made: str) -> None:
    preferences.settings.stay(made, "dana")
    entrance, came = come()
    qtbot.waitUntil(lambda: bool(came), timeout=60_000)
    assert came[0][1].login == "dana"
    assert entrance._window is None, "no window where there is nothing to ask"


def test_logging_out_asks_and_forgets(qtbot: QtBot, come: Open, preferences: Preferences, made: str) -> None:
    preferences.settings.stay(made, "dana")
    entrance, came = come(ask=True)
    log_in = page(qtbot, entrance, LogInPage)
    assert isinstance(log_in, LogInPage)
    assert preferences.settings.staying_user(made) == ""
    log_in.login.setText("Dana")
    log_in.password.setText("wrong password")
    log_in.forward.emit()
    qtbot.waitUntil(log_in.forward_button.isEnabled, timeout=60_000)
    assert came == []
    log_in.password.setText(PASSWORD)
    log_in.forward.emit()
    qtbot.waitUntil(lambda: bool(came), timeout=60_000)
    assert preferences.settings.staying_user(made) == "", "the tick was not set"
    assert preferences.settings.last_user(made) == "dana"


def test_the_log_in_of_a_file_says_what_it_is(qtbot: QtBot, come: Open, made: str) -> None:
    entrance, _came = come()
    log_in = page(qtbot, entrance, LogInPage)
    said = " ".join(label.text() for label in log_in.findChildren(QLabel))
    assert "does not protect the file" in said


def test_a_file_that_is_no_database_is_told_and_can_be_left(qtbot: QtBot, come: Open, tmp_path: Path) -> None:
    from ui.first_start.waiting import TroublePage

    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    entrance, came = come(str(broken))
    trouble = page(qtbot, entrance, TroublePage)
    assert isinstance(trouble, TroublePage)
    trouble.another_wanted.emit()
    page(qtbot, entrance, ConnectPage)
    with qtbot.waitSignal(entrance.left):
        entrance.window.close()
    assert came == []


def test_a_server_is_tried_explained_and_entered(
    qtbot: QtBot, come: Open, preferences: Preferences, server: Server
) -> None:
    backend_url = server.url_of(f"{server.name}_u1", "wrong-password")
    entrance, came = come(backend_url)
    connect = page(qtbot, entrance, ConnectPage)
    assert isinstance(connect, ConnectPage)
    assert connect.password.text() == ""
    assert connect.login.text() == f"{server.name}_u1"
    connect.login.setText("u1")
    connect.password.setText(PASSWORD)
    connect.test_wanted.emit()
    qtbot.waitUntil(lambda: "PostgreSQL" in connect._found.text(), timeout=60_000)
    connect.forward.emit()
    course = assistant(qtbot, entrance)
    assert course.administrator not in course.pages, "the server's administrator is there already"
    course.company.name.setText("Bridge")
    course.company.country.set_value("IT")
    course.company._follow_country("IT")
    course.start.cards[list(course.start.cards)[2]].click()
    for each in course.pages:
        each.forward.emit()
    qtbot.waitUntil(lambda: bool(came), timeout=60_000)
    assert came[0][1].login == "dana"
    assert PASSWORD not in preferences.settings.path.read_text()
    assert preferences.settings.last_database == shown_url(server.url_of(f"{server.name}_u1"))


def test_a_port_is_a_port(qtbot: QtBot, preferences: Preferences) -> None:
    connect = ConnectPage()
    qtbot.addWidget(connect)
    connect.database.setText("crm")
    connect.login.setText("7")
    for host, is_good in (("crm.example.com", True), ("10.0.0.1:5433", True), ("h:x", False), ("h:99999", False)):
        connect.host.setText(host)
        assert connect.check() is is_good, host
    connect.host.setText("10.0.0.1:5433")
    assert connect.url().startswith("postgresql://crm_u7@10.0.0.1:5433/crm?")


def test_a_known_server_fills_the_fields_and_nothing_is_missing_any_more(
    qtbot: QtBot, preferences: Preferences
) -> None:
    connect = ConnectPage()
    qtbot.addWidget(connect)
    connect.show()
    assert not connect.check()
    assert missing(connect) == 3
    connect.show_url("postgresql://crm_u7@crm.example.com:5433/crm")
    assert missing(connect) == 0
    assert connect.database.text() == "crm"


def missing(connect: ConnectPage) -> int:
    """Under how many fields it says so."""
    labels = connect.findChildren(QLabel)
    return sum(each.isVisible() and each.text() == "This is missing." for each in labels)


def test_leaving_closes_everything(qtbot: QtBot, come: Open, preferences: Preferences) -> None:
    entrance, came = come()
    assistant(qtbot, entrance)
    with qtbot.waitSignal(entrance.left):
        entrance.window.close()
    assert came == []
    assert preferences.settings.last_database == Settings.last_database.default


class Keys(keyring.backend.KeyringBackend):
    """A key store of this test's own."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.mark.row("R-T1", "F3")
def test_the_key_store_is_asked_and_servers_leave_the_list(
    qtbot: QtBot, come: Open, preferences: Preferences, server: Server
) -> None:
    before, keys = keyring.get_keyring(), Keys()
    keyring.set_keyring(keys)
    try:
        url = server.url_of(f"{server.name}_u1")
        with server.as_administrator() as dana:
            dana.execute(set_up, CompanyDraft("Bridge", "IL", "Asia/Jerusalem", "en"))
        entrance, came = come(shown_url(url))
        connect = page(qtbot, entrance, ConnectPage)
        assert isinstance(connect, ConnectPage)
        assert connect.line.tls is Tls.OFFERED, "what stays on this computer needs no certificate"
        connect.name.setText("Our office")
        connect.password.setText(PASSWORD)
        connect.keep.setChecked(True)
        connect.forward.emit()
        qtbot.waitUntil(lambda: bool(came), timeout=60_000)
        assert list(keys.kept.values()) == [PASSWORD]
        (known,) = preferences.settings.databases
        assert (known.name, known.url) == ("Our office", shown_url(url))
        assert known.used.endswith("+00:00")
        again, _came = come(shown_url(url), ask=True)
        connect = page(qtbot, again, ConnectPage)
        assert isinstance(connect, ConnectPage)
        qtbot.waitUntil(lambda: "Kept" in connect.password.placeholderText(), timeout=60_000)
        assert connect.password.text() == "", "a kept password is never shown"
        connect.keep.setChecked(False)
        connect.forward.emit()
        qtbot.waitUntil(lambda: len(came) == 2, timeout=60_000)
        assert keys.kept == {}, "what is wanted no longer is forgotten"
        assert PASSWORD not in preferences.settings.path.read_text()
        third, _came = come(shown_url(url), ask=True)
        connect = page(qtbot, third, ConnectPage)
        assert isinstance(connect, ConnectPage)
        assert "Our office" in connect.known.name_of(known.url)
        connect.known.set_value(known.url)
        connect.forget_button.setEnabled(True)
        connect.forget_button.click()
        assert preferences.settings.databases == ()
    finally:
        keyring.set_keyring(before)


@pytest.mark.row("F3")
def test_nobody_works_on_an_open_line_unsaid(
    qtbot: QtBot, come: Open, preferences: Preferences, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test's server is on this computer; here it counts as one across the network."""
    monkeypatch.setattr(address, "is_here", lambda host: False)
    monkeypatch.setattr(safety, "is_line_open", lambda session: True)
    with server.as_administrator() as dana:
        dana.execute(set_up, CompanyDraft("Bridge", "IL", "Asia/Jerusalem", "en"))
    url = server.url_of(f"{server.name}_u1")
    entrance, came = come(url)
    connect = page(qtbot, entrance, ConnectPage)
    assert isinstance(connect, ConnectPage)
    assert "not encrypted" in connect.line._told.text()
    assert came == []
    connect.password.setText(PASSWORD)
    connect.forward.emit()
    qtbot.waitUntil(lambda: bool(came), timeout=60_000)
    come(url)
    qtbot.waitUntil(lambda: len(came) == 2, timeout=60_000)


@pytest.mark.row("F3")
def test_a_new_server_is_met_with_a_checked_certificate(qtbot: QtBot, preferences: Preferences, tmp_path: Path) -> None:
    connect = ConnectPage()
    qtbot.addWidget(connect)
    for field, text in ((connect.host, "crm.example.com"), (connect.database, "crm"), (connect.login, "u7")):
        field.setText(text)
    assert "sslmode=verify-full&sslrootcert=system" in connect.url()
    connect.line.show_line(Tls.COMPANY, "", is_chosen=True)
    assert connect.check() is False, "the certificate is missing"
    certificate = tmp_path / "ca.crt"
    certificate.write_text("-----BEGIN CERTIFICATE-----")
    connect.line.file.path.setText(str(certificate))
    assert connect.check() is True
    connect.host.setText("localhost")
    assert "sslmode=verify-full" in connect.url(), "what was chosen stays"
    connect.second.setText("other.example.com:x")
    assert connect.check() is False
    connect.second.setText("other.example.com")
    assert "target_session_attrs=read-write" in connect.url()
