from app.domain.people import Permission
from ui.admin.sections import roles


def test_every_permission_a_role_can_hold_has_its_words():
    assert set(roles._WORDS) == set(Permission)
