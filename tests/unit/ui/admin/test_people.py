"""What the forms of people and company say beside the field that is wrong."""

import pytest

from app.services.company.profile import company
from app.services.people.rows import UserRow
from tests.unit.ui.admin.conftest import Hands
from ui.admin.sections.users import USERS


@pytest.mark.row("R-T1")
@pytest.mark.parametrize("password", ["short", "sunshine1", "Noa.Levi9"])
def test_a_password_anybody_would_try_is_told_at_its_field(hands: Hands, password: str) -> None:
    hands.go("users")
    hands.new()
    for field, text in (("name", "Noa"), ("login", "noa.levi"), ("password", password)):
        hands.type(field, text)
    role = next(each for each in hands.view.form.parts["role"].widget._all if each.text == "Agent")
    hands.view.form.parts["role"].set_value(role.id)
    hands.save()
    assert hands.view.form.fields_with_errors == ["password"]


@pytest.mark.row("R-F25")
def test_an_address_that_is_none_is_named_at_its_field(hands: Hands) -> None:
    hands.go("company")
    hands.type("allowed_addresses", "192.168.1.7/24, the office")
    hands.save()
    assert hands.view.form.fields_with_errors == ["allowed_addresses"]
    said = hands.view.form.fields["allowed_addresses"].widget.accessibleDescription()
    assert "the office" in said
    hands.type("allowed_addresses", "192.168.1.7/24")
    hands.save()
    found = hands.backend.execute(company)
    assert found is not None
    assert found.allowed_addresses == hands.value("allowed_addresses") == "192.168.1.0/24"


@pytest.mark.row("R-T1")
def test_who_makes_a_log_in_learns_how_it_is_called() -> None:
    values = {"version": 1, "login": "noa", "email": "", "phone": "", "language": "en", "role_id": 4}
    values |= {"role_code": "agent", "role_name": None, "is_active": True, "group_ids": (), "group_names": ()}
    assert USERS.after is not None
    on_server = UserRow(id=7, name="Noa", can_log_in=True, db_role="crm_u7", **values)
    told = USERS.after(on_server)
    assert told is not None
    assert told.fields["login"] == "crm_u7"
    assert USERS.after(UserRow(id=7, name="Noa", can_log_in=True, db_role=None, **values)) is None
