"""The rules of handing over and the profiles of a user, by keyboard, down to the database."""

import json
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from app.db.database import Database
from app.services.people.users import list_users
from app.services.processes.rehearsal import Change
from app.services.processes.rules import RulesDraft, rules, save_rules
from app.services.tickets.form import SAMPLE
from tests.kit.factory import add_profile
from tests.unit.ui.admin.conftest import Hands
from ui.kit.commands import Command


@pytest.fixture
def service(database: Database, office: dict[str, int]) -> int:
    """A worker profile nobody holds, and one that is no worker's."""
    with database.transaction() as session:
        add_profile(session, "Shop", main="customer")
        return add_profile(session, "Service").id


@pytest.mark.row("R-F25", "Q4", "Q5")
def test_every_rule_is_set_and_kept(hands: Hands, office: dict[str, int]):
    hands.go("hand_over")
    hands.type("administrator_id", "Ana")
    for field in ("counts_waiting", "keeps_absent", "heeds_hours", "reminds_day_before"):
        hands.qtbot.keyClick(hands.view.form.parts[field].widget, Qt.Key.Key_Space)
    hands.type("diary_days", "21")
    hands.save()
    assert hands.backend.execute(rules).draft == RulesDraft(office["Ana"], False, True, True, None, True, 21)


@pytest.mark.row("R-F25")
def test_the_sample_is_copied_as_it_is_accepted(hands: Hands):
    hands.go("hand_over")
    hands.click(hands.view.form.parts["sample"].widget.copy_button)
    assert json.loads(QGuiApplication.clipboard().text()) == SAMPLE
    assert not hands.view.form.is_changed


def test_rules_that_somebody_else_changed_are_met(hands: Hands):
    hands.go("hand_over")
    hands.type("diary_days", "21")
    hands.backend.execute(save_rules, RulesDraft(keeps_absent=True, diary_days=3), 1)
    hands.wait(hands.view.form.strip.isVisible)
    assert hands.value("diary_days") == 21


@pytest.mark.row("R-F17", "R-F18", "F10")
def test_profiles_are_given_on_the_user_and_tried_before(service: int, hands: Hands, office: dict[str, int]):
    asked: list[object] = []
    tried = Command("processes.rehearse", "What would change?", in_palette=False)
    hands.window.desk.commands.add(tried, partial(lambda *words: asked.extend(words)))
    hands.go("users")
    hands.choose("Ana")
    question = hands.view.form.findChild(QPushButton, "rehearse")
    assert question.isHidden()
    box = hands.view.form.parts["profiles"].widget
    box.add_button.setFocus()
    hands.press(Qt.Key.Key_Space)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Service"]
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_Return)
    hands.click(question)
    assert asked == [Change({office["Ana"]: frozenset({service})}), "Ana"]
    hands.save()
    held = {user.name: user.profile_names for user in hands.backend.execute(list_users)}
    assert held == {"Dana": (), "Ana": ("Service",)}
    assert question.isHidden()
