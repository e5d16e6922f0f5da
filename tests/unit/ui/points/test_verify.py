"""The strip that says whether the points agree with their rows: in words, live, and with what is wrong by name."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from app.db.database import Database
from app.domain.people import Permission
from app.domain.points.differences import Difference, Wrong
from app.models.customers import Customer
from app.services.points.verifying import Verified, keep
from tests.kit.factory import add_process, add_profile, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter
from tests.kit.robot import Desktop
from ui.kit.screen import Person
from ui.points import verify as strip_module
from ui.points.verify import VerifyStrip

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


class Strip(Desktop):
    """A desktop with the strip alone."""

    strip: VerifyStrip

    def show_strip(self) -> None:
        """Put it up."""
        self.strip = VerifyStrip(self.window.desk)
        self.qtbot.addWidget(self.strip)
        self.strip.resize(900, 200)
        self.strip.show()
        self.settle()


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path, qtbot: QtBot) -> Iterator[Strip]:
    """Dana, who may see all points; one row in the ledger."""
    database = Database(sqlite_url)
    with database.transaction() as session:
        dana = add_user(session, "Dana", "manager")
        rossi = Customer(name="Rossi")
        session.add(rossi)
        stages = add_process(session, "Sale", Called=add_profile(session, "Sales", dana))
        add_setting(session, stages["Called"], 0, "0.5")
        enter(session, add_scored_task(session, dana, rossi), stages["Called"], dana, AT)
        person = Person(dana.id, dana.name, frozenset({Permission.SEE_POINTS}))
    opened = Strip(database, tmp_path, qtbot, person, (), other=person.id)
    yield opened
    opened.close()
    database.close()


@pytest.mark.row("U42")
def test_it_says_what_the_check_came_to_and_follows_the_checks_of_others(desk: Strip) -> None:
    desk.show_strip()
    assert desk.strip.words.text() == "These points were not verified yet."
    desk.click(desk.strip.button)
    desk.settle()
    said = desk.strip.words.text()
    assert said.startswith("1 row checked: every total is what its rows come to. Verified ")
    assert said.endswith(" by Dana.")
    assert not desk.strip.differences.isVisible()
    wrong = Difference(Wrong.DAY, desk.window.desk.person.id or 0, AT.date(), Decimal("0.5"), Decimal(-3))
    desk.elsewhere.execute(keep, Verified(7, 3, (wrong,), 12, AT))
    desk.settle()
    assert desk.strip.words.text().startswith("7 rows checked: 3 differences were found. Verified ")
    assert desk.strip.differences.toPlainText() == (
        "Dana on 1 Mar 2026: 0.5 points are kept, the rows come to −3.\nAnd 2 more."
    )


def test_a_check_is_cancelled_and_another_may_begin(desk: Strip, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Event()

    def slow(_execute: object, tell: Callable[[int, int], object]) -> None:
        while not waiting.wait(0.01):
            tell(1, 2)

    monkeypatch.setattr(strip_module, "verify", slow)
    desk.show_strip()
    desk.click(desk.strip.button)
    desk.qtbot.waitUntil(desk.strip.busy.isVisible)
    assert not desk.strip.button.isEnabled()
    desk.strip.busy.cancel()
    desk.settle()
    assert not desk.strip.busy.isVisible()
    assert desk.strip.button.isEnabled()
    assert desk.strip.words.text() == "These points were not verified yet."
