"""What is typed into a form of Set-up is kept; secrets are not; changes of two people go together."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.drafts.draft import Draft
from app.services.people.users import list_users
from tests.unit.ui.admin.conftest import Hands
from ui.kit.drafts import drafts_of


def typed(hands: Hands) -> dict[str, object]:
    found = drafts_of(hands.window.desk).typed
    return {name: value for draft in found for name, value in draft.typed.items()}


@pytest.mark.row("F5")
def test_what_is_typed_is_kept_until_it_is_saved_and_a_password_never(hands: Hands, office: dict[str, int]) -> None:
    hands.go("users")
    hands.type("password", "correct-horse-7")
    assert typed(hands) == {}
    hands.type("name", "Dana Lev")
    assert typed(hands) == {"name": "Dana Lev"}
    hands.view.cancel()
    assert typed(hands) == {}
    hands.go("sites")
    hands.new()
    hands.type("name", "Haif")
    (draft,) = drafts_of(hands.window.desk).typed
    assert draft.record == "set-up.sites:new"
    hands.save()
    hands.wait(lambda: typed(hands) == {})


def test_a_draft_is_offered_over_the_form_and_meets_what_was_saved_since(hands: Hands, office: dict[str, int]) -> None:
    view = hands.go("sites")
    row = view.form.row
    assert row is not None
    drafts = drafts_of(hands.window.desk)
    drafts.take_back(
        Draft(f"set-up.sites:{row.id}", "dead", row.name, datetime.now(UTC), {"name": "Before"}, {"name": "Half a wo"})
    )
    view.keeping.unsaved.restore_button.click()
    assert hands.value("name") == "Half a wo"
    hands.wait(lambda: view.keeping.meeting.window is not None)
    asked = view.keeping.meeting.window
    assert asked is not None
    asked.choose("name", 0)
    asked.save_button.click()
    hands.wait(lambda: "Half a wo" in hands.names())
    assert drafts.left == ()


@pytest.mark.row("F4")
def test_other_fields_of_two_people_are_both_saved(hands: Hands, office: dict[str, int]) -> None:
    view = hands.go("users")
    hands.wait(lambda: view.form.row is not None)
    hands.type("phone", "050-1234567")
    hands.window.desk.bridge.close()  # the change feed is late
    row = view.form.row
    (seen,) = [each for each in hands.backend.execute(list_users) if each.id == row.id]
    with hands.backend.database.transaction() as session:
        session.execute(
            text("UPDATE users SET email = 'new@example.org', version = version + 1 WHERE id = :id"), {"id": seen.id}
        )
    hands.save()
    hands.wait(lambda: bool([n for n in hands.notices if "Both changes are saved" in n.words()]))
    (kept,) = [each for each in hands.backend.execute(list_users) if each.id == row.id]
    assert (kept.email, kept.phone) == ("new@example.org", "050-1234567")
