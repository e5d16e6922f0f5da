"""Filters kept under a name."""

import pytest

from app.backend import Backend
from app.domain.errors import UserError
from app.services.tickets import saved_filters
from tests.kit.factory import add_user


@pytest.fixture
def people(database):
    """Dana and Avi, agents, and Ruth, who administers."""
    with database.transaction() as session:
        ids = [add_user(session, name, role).id for name, role in (("Dana", "agent"), ("Avi", "agent"))]
        ids.append(add_user(session, "Ruth", "administrator").id)
    return [Backend(database).acting_as(user) for user in ids]


def names(backend):
    return [row.name for row in backend.execute(saved_filters.kept)]


def test_one_sees_ones_own_and_the_shared_ones(people):
    dana, avi, _ruth = people
    dana.execute(saved_filters.keep, " My  open ", {"is_mine": True}, is_shared=False)
    dana.execute(saved_filters.keep, "Urgent", {"priority": 0}, is_shared=True)
    assert names(dana) == ["My open", "Urgent"]
    (urgent,) = avi.execute(saved_filters.kept)
    assert (urgent.name, urgent.owner, urgent.is_mine, urgent.filter) == ("Urgent", "Dana", False, {"priority": 0})


def test_the_same_name_again_is_the_same_filter(people):
    dana, _avi, _ruth = people
    first = dana.execute(saved_filters.keep, "Urgent", {"priority": 0}, is_shared=True)
    assert dana.execute(saved_filters.keep, "urgent", {"priority": 1}, is_shared=False) == first
    (row,) = dana.execute(saved_filters.kept)
    assert (row.filter, row.is_shared) == ({"priority": 1}, False)


def test_a_shared_filter_is_the_administrators_too_and_nobody_elses(people):
    dana, avi, ruth = people
    dana.execute(saved_filters.keep, "Urgent", {}, is_shared=True)
    (row,) = avi.execute(saved_filters.kept)
    with pytest.raises(UserError):
        avi.execute(saved_filters.delete, row.id, row.version)
    ruth.execute(saved_filters.rename, row.id, row.version, "Very urgent", is_shared=True)
    (row,) = dana.execute(saved_filters.kept)
    assert row.name == "Very urgent"
    ruth.execute(saved_filters.delete, row.id, row.version)
    assert names(dana) == []


def test_a_private_filter_is_nobodys_but_its_owners(people):
    dana, _avi, ruth = people
    number = dana.execute(saved_filters.keep, "Mine", {}, is_shared=False)
    with pytest.raises(UserError):
        ruth.execute(saved_filters.delete, number, 1)


def test_two_filters_do_not_share_a_name(people):
    dana, _avi, _ruth = people
    dana.execute(saved_filters.keep, "A", {}, is_shared=False)
    number = dana.execute(saved_filters.keep, "B", {}, is_shared=False)
    with pytest.raises(UserError, match="there already"):
        dana.execute(saved_filters.rename, number, 1, "a", is_shared=False)
