"""The history of rows of Set-up: a button in the form, and Alt+H for the row at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.db.database import Database
from app.domain.people import Permission
from app.models.people import Role, User
from app.services.people.groups import save_group
from app.services.people.rows import GroupDraft
from tests.kit.robot import Desktop
from tests.kit.tickets_robot import furnish
from tests.unit.ui.history.test_history import shot, window
from ui.admin import SCREEN as SETUP
from ui.admin.screen import SetupScreen
from ui.admin.view import SectionView
from ui.kit.screen import Person

pytestmark = pytest.mark.row("R-X5")


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path, qtbot: QtBot) -> Iterator[Desktop]:
    database = Database(sqlite_url)
    office = furnish(database)
    with database.transaction() as session:
        session.get_one(User, office.dana).role_id = session.scalars(
            select(Role.id).where(Role.code == "administrator")
        ).one()
    person = Person(office.dana, "Dana", frozenset(Permission))
    made = Desktop(database, tmp_path, qtbot, person, [SETUP], other=None)
    yield made
    made.close()
    database.close()


def test_a_row_of_set_up_tells_its_history(desk: Desktop) -> None:
    desk.backend.execute(save_group, GroupDraft("North", False, (desk.window.desk.person.id or 0,)))
    screen = desk.window.show_screen("admin")
    assert isinstance(screen, SetupScreen)
    screen.show_entry("groups")
    desk.settle()
    view = screen.stack.currentWidget()
    assert isinstance(view, SectionView)
    view.table.selectRow(next(n for n in range(view.model.rowCount()) if "North" in view.model.index(n, 0).data()))
    desk.settle()
    assert view.form.history.isVisible()
    view.form.history.click()
    desk.settle()
    assert window(desk).view.lines == ["Dana added member of the group “Dana”", "Dana added group “North”"]
    shot(desk.window, "set_up")
    view.new()
    assert not view.form.history.isVisible()
