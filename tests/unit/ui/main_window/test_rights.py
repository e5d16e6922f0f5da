"""What my log-in may do: said by table, tried at a click; a file has no such rights."""

import pytest
from pytestqt.qtbot import QtBot

from app.domain.rights import Reach, TableRight, Tried
from tests.unit.ui.main_window.conftest import Office
from ui.rights import window
from ui.rights.window import RightsWindow

ALL, SOME, NONE = Reach
FOUND = (TableRight("tickets", ALL, SOME, SOME, NONE), TableRight("user_passwords", NONE, NONE, NONE, NONE))


def opened(office: Office) -> RightsWindow:
    """The window, by its command."""
    assert office.window.desk.commands.run("window.rights")
    found = office.window.findChild(RightsWindow)
    assert found is not None
    return found


@pytest.mark.row("F3")
def test_a_closed_table_is_marked_and_its_refusal_told(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"tickets": Tried("tickets", 3, is_refused=False), "user_passwords": Tried("user_passwords", 0, True)}
    monkeypatch.setattr(window, "rights", lambda _session: FOUND)
    monkeypatch.setattr(window, "try_table", lambda _session, table: answers[table])
    shown = opened(office)
    qtbot.waitUntil(lambda: bool(shown.rows))
    assert shown.model.warned == {1}
    assert shown.model.texts[0] == ("tickets", "All rows", "Some rows", "Some rows", "Nothing")
    shown.choose("user_passwords")
    shown.try_button.click()
    qtbot.waitUntil(lambda: "refused" in shown.answer.text())
    shown.choose("tickets")
    shown.try_button.click()
    qtbot.waitUntil(lambda: "3 rows" in shown.answer.text())


@pytest.mark.row("F3")
def test_a_file_says_whose_it_is_and_promises_nothing(
    qtbot: QtBot, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "rights", lambda _session: ())
    shown = opened(office)
    qtbot.waitUntil(lambda: shown.stack.currentWidget() is shown.empty)
    assert not any(each.isVisible() for each in (shown.title, shown.try_button))
