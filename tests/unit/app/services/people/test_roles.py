"""Roles of the company's own, on both engines; the built-in ones and the last administrator stay whatever is tried."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.domain.people import ROLES, Permission, ceiling
from app.services.people.roles import delete_role, list_roles, save_role
from app.services.people.rows import RoleDraft, UserDraft
from app.services.people.users import save_user
from app.services.planner.company import technicians
from tests.kit.factory import add_user

PLANNERS = RoleDraft("Planners", (Permission.PLAN, Permission.WORK_TASKS))


@pytest.fixture
def backend(database: Database) -> Backend:
    """An administrator's."""
    with database.transaction() as session:
        return Backend(database, actor=add_user(session, "Dana", "administrator").id)


@pytest.mark.row("R-T26", "R-X3")
def test_people_of_a_role_that_takes_visits_stand_on_the_planner(backend: Backend) -> None:
    draft = RoleDraft("Chief technicians", (Permission.WORK_TASKS, Permission.SEE_GROUP), takes_visits=True)
    role = backend.execute(save_role, draft)
    noa = backend.execute(save_user, UserDraft("noa", "Noa", role.id))
    assert [each.id for each in backend.execute(technicians)] == [noa.id]
    changed = RoleDraft(draft.name, draft.permissions)
    assert not backend.execute(save_role, changed, role_id=role.id, version=role.version).takes_visits
    assert backend.execute(technicians) == ()


@pytest.mark.row("R-T1", "R-X3")
def test_a_role_is_made_changed_and_removed(backend: Backend) -> None:
    made = backend.execute(save_role, PLANNERS)
    assert (made.name, set(made.permissions), made.users) == ("Planners", set(PLANNERS.permissions), 0)
    changed = backend.execute(
        save_role, RoleDraft("Planners", (Permission.PLAN, Permission.DIAL)), role_id=made.id, version=made.version
    )
    assert set(changed.permissions) == {Permission.PLAN, Permission.DIAL}
    with pytest.raises(Conflict):
        backend.execute(save_role, PLANNERS, role_id=made.id, version=made.version)
    user = backend.execute(save_user, UserDraft("noa", "Noa", made.id))
    assert backend.execute(list_roles)[-1].users == 1
    with pytest.raises(Refused, match="has this role") as refused:
        backend.execute(delete_role, made.id, changed.version)
    assert refused.value.code == "USED"
    agent = next(row.id for row in backend.execute(list_roles) if row.code == "agent")
    backend.execute(save_user, UserDraft("noa", "Noa", agent), user_id=user.id, version=user.version)
    backend.execute(delete_role, made.id, changed.version)
    assert [row.code for row in backend.execute(list_roles)] == list(ROLES)


@pytest.mark.row("R-T1")
def test_a_role_has_a_name_of_its_own_and_only_administrators_make_one(backend: Backend, database: Database) -> None:
    backend.execute(save_role, PLANNERS)
    for name, code in (("planners", "TAKEN"), (" ", "NAME"), ("Agent", "TAKEN"), ("מנהל מערכת", "TAKEN")):
        with pytest.raises(Refused) as refused:
            backend.execute(save_role, RoleDraft(name))
        assert refused.value.code == code, name
    with database.transaction() as session:
        noa = add_user(session, "Noa", "manager").id
    with pytest.raises(Refused):
        backend.acting_as(noa).execute(save_role, RoleDraft("Mine", tuple(Permission)))


@pytest.mark.row("R-T1", "R-X3")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM role_permissions WHERE role_id = :agent",
        "INSERT INTO role_permissions (role_id, permission) VALUES (:agent, 'administer')",
        "UPDATE role_permissions SET permission = 'administer' WHERE role_id = :agent AND permission = 'dial'",
        "UPDATE role_permissions SET role_id = :agent WHERE role_id = :own",
        "UPDATE roles SET name = 'Mine' WHERE id = :agent",
        "UPDATE roles SET code = 'mine' WHERE id = :agent",
        "DELETE FROM roles WHERE id = :agent",
    ],
)
def test_built_in_roles_are_fixed_in_the_database(backend: Backend, database: Database, statement: str) -> None:
    made = backend.execute(save_role, RoleDraft("Own", (Permission.ADMINISTER,)))
    agent = next(row for row in backend.execute(list_roles) if row.code == "agent")
    filled = statement.replace(":agent", str(agent.id)).replace(":own", str(made.id))
    with pytest.raises(Refused) as refused, database.transaction() as session:
        session.execute(text(filled))
    assert refused.value.code == "BUILT_IN"
    with pytest.raises(Refused):
        backend.execute(save_role, RoleDraft("Own 2"), role_id=agent.id, version=agent.version)


@pytest.mark.row("R-T1")
def test_somebody_stays_administrator_whatever_is_tried(backend: Backend, database: Database) -> None:
    made = backend.execute(save_role, RoleDraft("Chiefs", (Permission.ADMINISTER,)))
    with database.transaction() as session:
        chief, agent = add_user(session, "Rut", "agent").id, add_user(session, "Noa", "agent").id
        session.execute(text("UPDATE users SET role_id = :role WHERE id = :id"), {"role": made.id, "id": chief})
        session.execute(text("UPDATE users SET is_active = false WHERE name = 'Dana'"))
        session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": agent})
    for statement in (
        f"UPDATE users SET is_active = false WHERE id = {chief}",
        f"UPDATE users SET role_id = (SELECT id FROM roles WHERE code = 'agent') WHERE id = {chief}",
        f"DELETE FROM role_permissions WHERE role_id = {made.id}",
        f"UPDATE role_permissions SET permission = 'plan' WHERE role_id = {made.id}",
    ):
        with pytest.raises(Refused) as refused, database.transaction() as session:
            session.execute(text(statement))
        assert refused.value.code == "LAST", statement


@pytest.mark.row("R-X3", "F3")
def test_python_and_the_server_know_the_same_ceilings(database: Database) -> None:
    """The mapping lives once; whatever the permissions of a role, both come to the same group."""
    assert {code: ceiling(held) for code, held in ROLES.items()} == {code: code for code in ROLES}
    if database.is_sqlite:
        return
    chance = random.Random(6)
    with database.transaction() as session:
        role = session.scalar(text("INSERT INTO roles (code, name) VALUES ('own', 'Own') RETURNING id"))
        for _turn in range(60):
            held = chance.sample(list(Permission), chance.randint(0, 3))
            session.execute(text("DELETE FROM role_permissions WHERE role_id = :role"), {"role": role})
            for permission in held:
                session.execute(
                    text("INSERT INTO role_permissions VALUES (:role, :held)"), {"role": role, "held": permission.value}
                )
            assert session.scalar(text("SELECT login_group(:role)"), {"role": role}) == f"callboard_{ceiling(held)}"


@pytest.mark.row("R-T1", "F3")
def test_two_administrators_cannot_disable_each_other_at_once(postgresql_url: str) -> None:
    """Each sees the other still there; the second waits for the first and is refused."""
    with closing(Database(postgresql_url)) as database, database.transaction() as session:
        ids = [add_user(session, name, "administrator").id for name in ("Dana", "Rut")]
    off = "UPDATE users SET is_active = false WHERE id = %s"
    with psycopg.connect(postgresql_url) as first, psycopg.connect(postgresql_url) as second:
        first.execute(off, [ids[0]])
        with ThreadPoolExecutor(1) as hands:
            waiting = hands.submit(second.execute, off, [ids[1]])
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
            first.commit()
            with pytest.raises(psycopg.errors.CheckViolation, match="callboard:LAST"):
                waiting.result(60)
