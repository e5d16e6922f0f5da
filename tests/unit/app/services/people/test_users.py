"""Users, groups and who gets in, on both engines."""

import pytest
from sqlalchemy import func, select

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.domain.people import ROLES, Permission
from app.models.people import UserPassword
from app.services.people.groups import delete_group, list_groups, save_group
from app.services.people.logins import entry, log_in, remembered, set_password, who_am_i
from app.services.people.roles import list_roles
from app.services.people.rows import GroupDraft, UserDraft, UserRow
from app.services.people.users import list_users, save_user, set_active
from tests.kit.factory import add_call, add_group, add_type, add_user

PASSWORD = "correct-horse-7"


@pytest.fixture
def backend(database: Database) -> Backend:
    """The owner's: nobody is logged in."""
    return Backend(database)


def role(backend: Backend, code: str) -> int:
    return next(row.id for row in backend.execute(list_roles) if row.code == code)


def hire(backend: Backend, login: str, code: str = "agent", **values: object) -> UserRow:
    draft = UserDraft(login, login.title(), role(backend, code), **values)
    return backend.execute(save_user, draft)


@pytest.mark.row("R-T1")
def test_the_built_in_roles_hold_what_the_program_says(backend: Backend) -> None:
    assert {row.code: set(row.permissions) for row in backend.execute(list_roles)} == {
        code: set(held) for code, held in ROLES.items()
    }


@pytest.mark.row("R-T2")
def test_a_user_is_in_several_groups(backend: Backend) -> None:
    north = backend.execute(save_group, GroupDraft("North"))
    south = backend.execute(save_group, GroupDraft("South", is_back_office=True))
    noa = hire(backend, "noa", group_ids=(north.id, south.id))
    assert noa.group_names == ("North", "South")
    changed = backend.execute(
        save_user, UserDraft("noa", "Noa", noa.role_id, group_ids=(south.id,)), user_id=noa.id, version=noa.version
    )
    assert changed.group_names == ("South",)
    assert [row.member_names for row in backend.execute(list_groups)] == [(), ("Noa",)]


def test_two_people_cannot_have_one_log_in_whatever_its_case(backend: Backend) -> None:
    hire(backend, "noa")
    with pytest.raises(Refused) as refusal:
        hire(backend, " NOA ")
    assert refusal.value.code == "TAKEN"
    for wrong in ("", "נועה", "a b"):
        with pytest.raises(Refused):
            hire(backend, wrong)
    assert len(backend.execute(list_users)) == 1


def test_an_edit_of_what_somebody_else_has_changed_is_a_conflict(backend: Backend) -> None:
    noa = hire(backend, "noa")
    draft = UserDraft("noa", "Noa Levi", noa.role_id)
    backend.execute(save_user, draft, user_id=noa.id, version=noa.version)
    with pytest.raises(Conflict):
        backend.execute(save_user, draft, user_id=noa.id, version=noa.version)


def test_the_last_administrator_stays_and_nobody_disables_himself(backend: Backend) -> None:
    dana = hire(backend, "dana", "administrator")
    with pytest.raises(Refused) as refusal:
        backend.execute(set_active, dana.id, dana.version, on=False)
    assert refusal.value.code == "LAST"
    with pytest.raises(Refused):
        backend.execute(
            save_user, UserDraft("dana", "Dana", role(backend, "agent")), user_id=dana.id, version=dana.version
        )
    hire(backend, "avi", "administrator")
    with pytest.raises(Refused) as refusal:
        backend.acting_as(dana.id).execute(set_active, dana.id, dana.version, on=False)
    assert refusal.value.code == "SELF"
    assert backend.execute(set_active, dana.id, dana.version, on=False).is_active is False


def test_only_an_administrator_manages_people(backend: Backend) -> None:
    noa = hire(backend, "noa", "manager")
    manager = backend.acting_as(noa.id)
    for attempt in (
        lambda: hire(manager, "avi"),
        lambda: manager.execute(set_active, noa.id, noa.version, on=False),
        lambda: manager.execute(save_group, GroupDraft("North")),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "FORBIDDEN"


def test_a_group_that_plans_stays(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        office = add_group(session, "Office", is_back_office=True)
        add_call(session, office, add_type(session, "Repair", add_user(session, "Avi")))
        office_id = office.id
    row = next(row for row in backend.execute(list_groups) if row.id == office_id)
    for attempt in (
        lambda: backend.execute(delete_group, row.id, row.version),
        lambda: backend.execute(save_group, GroupDraft("Office"), group_id=row.id, version=row.version),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "USED"
    empty = backend.execute(save_group, GroupDraft("Empty"))
    backend.execute(delete_group, empty.id, empty.version)
    assert [group.name for group in backend.execute(list_groups)] == ["Office"]


def test_a_file_lets_in_who_knows_the_password(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    backend = Backend(database)
    noa = hire(backend, "noa")
    with pytest.raises(Refused):
        backend.execute(log_in, "noa", "")
    backend.execute(set_password, noa.id, PASSWORD)
    with database.reading() as session:
        assert PASSWORD not in session.scalars(select(UserPassword.argon2)).one()
    me = backend.execute(log_in, " Noa", PASSWORD)
    assert (me.id, me.role, me.may(Permission.EDIT_TICKETS), me.may(Permission.PLAN)) == (noa.id, "agent", True, False)
    for login, password in (("noa", PASSWORD.upper()), ("nobody", PASSWORD)):
        with pytest.raises(Refused) as refusal:
            backend.execute(log_in, login, password)
        assert refusal.value.code == "LOGIN"
    hire(backend, "dana", "administrator")
    changed = next(row for row in backend.execute(list_users) if row.id == noa.id)
    backend.execute(set_active, noa.id, changed.version, on=False)
    with pytest.raises(Refused):
        backend.execute(log_in, "noa", PASSWORD)
    assert backend.execute(remembered, "noa") is None
    database.close()


@pytest.mark.parametrize("password", ["", "short", "password", "aaaaaaaaaaaa", "noa.levi@x", "x" * 300])
def test_a_weak_password_is_refused(sqlite_url: str, password: str) -> None:
    database = Database(sqlite_url)
    backend = Backend(database)
    noa = hire(backend, "noa.levi@x")
    with pytest.raises(Refused) as refusal:
        backend.execute(set_password, noa.id, password)
    assert refusal.value.code == "PASSWORD"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(UserPassword)) == 0
    database.close()


@pytest.mark.row("Q17")
def test_a_user_is_a_person_first(backend: Backend) -> None:
    """A technician is there without a log-in, a password or any permission, and can be given work."""
    avi = hire(backend, "avi", "technician")
    assert (avi.can_log_in, avi.is_active) == (False, True)


def test_who_asks_is_the_actor_of_a_file(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    backend = Backend(database)
    assert backend.execute(entry).has_users is False
    noa = hire(backend, "noa")
    assert backend.execute(who_am_i) is None
    me = backend.acting_as(noa.id).execute(who_am_i)
    assert me is not None
    assert me.name == "Noa"
    database.close()
