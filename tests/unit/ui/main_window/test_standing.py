"""What somebody may do changes while his window is open: it follows, keeps what is typed, and says so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.adapters import passwords
from app.backend import Backend
from app.bootstrap import Workplace, open_database
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import message
from app.i18n import N_
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft, FirstAdministrator
from app.services.people.logins import entry
from app.services.people.roles import list_roles, save_role
from app.services.people.rows import RoleDraft, UserDraft, UserRow
from app.services.people.users import list_users, save_user, set_active
from app.settings import Settings
from tests.kit.servers import PASSWORD, Server
from tests.unit.ui.main_window.conftest import Form
from ui.application import Desktop
from ui.kit.bridge import Connection
from ui.kit.commands import Command
from ui.kit.person import shown_to
from ui.kit.preferences import Preferences
from ui.kit.screen import Act, Desk, Door, Screen

GALIL = CompanyDraft("Galil", "IL", "Asia/Jerusalem", "en")
WAIT = 60_000
OPEN = Command("campaigns.open", N_("Open the campaign"), "campaign")
TELL = Command("home.tell", N_("New task"), "new")


class Page(Form):
    """A screen with a button for those who may edit tickets."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.button = QLineEdit(self)
        self.is_on_the_telephone = False
        shown_to(desk.person, Permission.EDIT_TICKETS, self.button)

    def is_held(self) -> bool:
        """Whether it cannot be left now."""
        return self.is_on_the_telephone

    def open_campaign(self, *_args: object) -> None:
        """By its door."""
        self.calls.append("opened")


SCREENS = (
    Screen("home", N_("Home"), "home", Page, acts=(Act(TELL, lambda _desk: None, Permission.WORK_TASKS),)),
    Screen("dialer", N_("Dial desk"), "dialer", Page, needs=Permission.DIAL),
    Screen(
        "campaigns",
        N_("Campaigns"),
        "campaign",
        Page,
        needs=Permission.RUN_CAMPAIGNS,
        doors=(Door(OPEN, "open_campaign"),),
    ),
    Screen("setup", N_("Set-up"), "administrator", Page, needs=Permission.ADMINISTER),
)


@pytest.fixture
def preferences(qapp: object, tmp_path: Path) -> Preferences:
    """Nothing remembered."""
    made = Preferences(Settings(tmp_path / "settings.json"))
    made.dress()
    made.speak("en")
    return made


class Open:
    """Somebody's window, and what its bar has said."""

    def __init__(self, workplace: Workplace, preferences: Preferences, folder: Path, qtbot: QtBot) -> None:
        me = workplace.backend.execute(entry).me
        assert me is not None
        self.desktop = Desktop(workplace, me, preferences, folder, SCREENS)
        self.window, self.qtbot = self.desktop.window, qtbot
        self.window.resize(1280, 800)
        self.window.open_first()
        self.window.show()
        self.said: list[str] = []
        self.window.desk.messages.posted.connect(lambda notice: self.said.append(notice.words()))

    @property
    def offered(self) -> list[str]:
        """The screens whose buttons are in the rail."""
        return [each.id for each in SCREENS if not self.window.rail.button(each.id).isHidden()]

    def wait(self, until: Callable[[], bool]) -> None:
        """Until it is so."""
        self.qtbot.waitUntil(until, timeout=WAIT)

    def page(self, screen_id: str) -> Page:
        """Bring a screen to the front."""
        found = self.window.show_screen(screen_id)
        assert isinstance(found, Page)
        return found


def role(backend: Backend, name: str, *permissions: Permission) -> int:
    """A role of the company's own, made now or given these permissions."""
    known = next((each for each in backend.execute(list_roles) if each.name == name), None)
    draft = RoleDraft(name, permissions)
    if known is None:
        return backend.execute(save_role, draft).id
    return backend.execute(save_role, draft, role_id=known.id, version=known.version).id


def user(backend: Backend, login: str, role_id: int, password: str | None = None) -> UserRow:
    """This user, made now or given this role."""
    known = next((each for each in backend.execute(list_users) if each.login == login), None)
    draft = UserDraft(login, login.title(), role_id)
    if known is None:
        return backend.execute(save_user, draft, password=password)
    return backend.execute(save_user, draft, user_id=known.id, version=known.version)


@pytest.fixture
def file(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Workplace, Backend]]:
    """A single seat's file, open for Rina and, beside her, for the administrator."""
    monkeypatch.setattr(passwords, "cost", passwords.Cost(1, 8, 1))
    workplace = Workplace(open_database(sqlite_url))
    dana = workplace.backend.execute(set_up, GALIL, FirstAdministrator("Dana", "dana", PASSWORD))
    workplace.backend.actor = dana
    beside = open_database(sqlite_url)
    yield workplace, Backend(beside, actor=dana)
    beside.close()


@pytest.mark.row("R-T1")
def test_a_role_changes_under_an_open_window(
    qtbot: QtBot, file: tuple[Workplace, Backend], preferences: Preferences, tmp_path: Path
) -> None:
    workplace, dana = file
    leads = role(dana, "Leads", Permission.DIAL, Permission.RUN_CAMPAIGNS, Permission.EDIT_TICKETS)
    workplace.backend.actor = user(dana, "rina", leads).id
    rina = Open(workplace, preferences, tmp_path, qtbot)
    commands = rina.window.desk.commands
    assert rina.offered == ["home", "dialer", "campaigns"]
    page = rina.page("campaigns")
    page.setText("half a sente")
    assert commands.run("campaigns.open", 1)

    role(dana, "Leads", Permission.DIAL, Permission.WORK_TASKS)
    rina.wait(lambda: rina.offered == ["home", "dialer"])
    assert rina.said[-1] == "Your permissions were changed. You can no longer open Campaigns."
    assert rina.window.current_screen is not page
    assert rina.window.show_screen("campaigns") is None
    assert not commands.run("campaigns.open", 1)
    assert not commands.action("go.campaigns").isEnabled()
    assert commands.run("home.tell")
    assert rina.page("home").button.isHidden()

    role(dana, "Leads", Permission.DIAL, Permission.RUN_CAMPAIGNS, Permission.ADMINISTER, Permission.EDIT_TICKETS)
    rina.wait(lambda: rina.offered == ["home", "dialer", "campaigns", "setup"])
    assert rina.said[-1] == "Your permissions were changed. You can now open Campaigns, Set-up."
    assert not rina.page("home").button.isHidden()
    assert rina.page("campaigns") is page
    assert page.text() == "half a sente"
    assert page.calls[-1] == "refresh"
    qtbot.keyClick(rina.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert rina.window.windowTitle() == "Set-up - Callboard"

    role(dana, "Leads", Permission.DIAL, Permission.RUN_CAMPAIGNS, Permission.ADMINISTER)
    rina.wait(rina.page("home").button.isHidden)
    assert rina.said[-1] == "Your permissions were changed. What you may do on the screens is different now."

    # Whoever is on the telephone is not taken away from it.
    page = rina.page("dialer")
    page.is_on_the_telephone = True
    role(dana, "Leads")
    rina.wait(lambda: rina.offered == ["home"])
    assert rina.window.current_screen is page
    page.is_on_the_telephone = False
    rina.wait(lambda: rina.window.current_screen is not page)
    rina.desktop.close()


@pytest.mark.row("R-T1")
def test_a_disabled_user_is_told_and_finds_everything_when_he_is_let_in_again(
    qtbot: QtBot, file: tuple[Workplace, Backend], preferences: Preferences, tmp_path: Path
) -> None:
    workplace, dana = file
    row = user(dana, "rina", role(dana, "Agents", Permission.DIAL))
    workplace.backend.actor = row.id
    rina = Open(workplace, preferences, tmp_path, qtbot)
    page = rina.page("dialer")
    page.setText("half a sente")
    beside = QWidget(rina.window, Qt.WindowType.Window)
    beside.show()
    menu = QMenu(rina.window)
    menu.addAction("Open")
    menu.popup(rina.window.pos())

    row = dana.execute(set_active, row.id, row.version, on=False)
    rina.wait(lambda: not page.isVisible())
    assert not beside.isVisible()
    assert not menu.isVisible()
    assert "Your log-in was disabled." in rina.window.barred_words()
    assert not rina.window.desk.commands.run("go.home")
    assert {each.id for each in rina.window.desk.commands.possible()} >= {"window.log_out", "window.quit"}

    dana.execute(set_active, row.id, row.version, on=True)
    rina.wait(page.isVisible)
    assert beside.isVisible()
    assert not menu.isVisible(), "a menu is no place to come back to"
    assert page.text() == "half a sente"
    assert rina.said[-1] == "Your log-in works again."
    assert rina.window.desk.commands.run("go.home")

    # A server that is too busy to say who this is says nothing of the log-in.
    rina.desktop.standing._take_refusal(Refused("BUSY", message("Too long."), message("Try again.")))
    assert rina.window.barred_words() == ""

    # What became of the line meanwhile is told to whoever comes in again.
    rina.window.connection_news.rest(on=True)
    rina.window.desk.bridge._change(Connection.READ_ONLY)
    rina.window.connection_news.rest(on=False)
    assert rina.said[-1].startswith("The server takes no changes now")
    rina.desktop.close()


@pytest.mark.row("R-T1")
def test_on_a_server_the_sessions_end_and_the_window_follows(
    qtbot: QtBot, server: Server, preferences: Preferences, tmp_path: Path
) -> None:
    with server.as_administrator() as dana:
        dana.execute(set_up, GALIL)
        roles = {each.code: each.id for each in dana.execute(list_roles)}
        row = user(dana, "moshe", roles["manager"], PASSWORD)
        assert row.db_role is not None
        workplace = Workplace(open_database(server.url_of(row.db_role)))
        moshe = Open(workplace, preferences, tmp_path, qtbot)
        page = moshe.page("campaigns")
        page.setText("half a sente")

        user(dana, "moshe", roles["agent"])
        moshe.wait(lambda: moshe.offered == ["home", "dialer"])
        assert "Your permissions were changed. You can no longer open Campaigns." in moshe.said

        row = user(dana, "moshe", roles["manager"])
        moshe.wait(lambda: "campaigns" in moshe.offered)
        assert moshe.page("campaigns").text() == "half a sente"

        row = dana.execute(set_active, row.id, row.version, on=False)
        moshe.wait(lambda: not page.isVisible())
        assert "Your log-in was disabled." in moshe.window.barred_words()
        dana.execute(set_active, row.id, row.version, on=True)
        moshe.wait(page.isVisible)
        moshe.desktop.close()
