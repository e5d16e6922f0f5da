"""The roles of Set-up: their words, and a role put together by hand."""

import pytest

from app.domain.people import ROLES, Permission
from app.services.people.roles import list_roles
from tests.unit.ui.admin.conftest import Hands
from ui.admin.more_parts import ChecksPart, ShownPart
from ui.admin.sections import roles


def test_every_permission_a_role_can_hold_has_its_words():
    assert set(roles._WORDS) == set(Permission)


@pytest.mark.row("R-T1", "R-X3")
def test_an_administrator_puts_a_role_together(hands: Hands) -> None:
    hands.go("roles")
    hands.choose("Agent")
    form = hands.view.form
    assert not form.parts["name"].widget.isEnabled()
    assert not form.parts["permissions"].widget.isEnabled()
    assert set(hands.value("permissions")) == {permission.value for permission in ROLES["agent"]}
    hands.new()
    hands.type("name", "Planners")
    checks = form.parts["permissions"]
    assert isinstance(checks, ChecksPart)
    checks.box.boxes["plan"].click()
    checks.box.boxes["work_tasks"].setChecked(True)
    reach = form.parts["reach"]
    assert isinstance(reach, ShownPart)
    assert reach.label.text() == "Back office"
    hands.save()
    hands.wait(lambda: "Planners" in hands.names())
    made = next(row for row in hands.backend.execute(list_roles) if row.name == "Planners")
    assert set(made.permissions) == {Permission.PLAN, Permission.WORK_TASKS}
    hands.new()
    hands.type("name", "planners")
    hands.save()
    assert form.fields_with_errors == ["name"]
