"""The profile catalogue and its holders, on both engines."""

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.i18n import say
from app.models.customers import Customer
from app.models.processes import Process, Profile, ProfileGate, Stage
from app.services.processes.profiles import (
    ProfileRow,
    delete_profile,
    list_profiles,
    profiles_of_customer,
    profiles_of_user,
    save_profile,
    set_customer_profiles,
    set_user_profiles,
)
from tests.kit.factory import add_user


@pytest.fixture
def backend(database: Database) -> Backend:
    """The owner's."""
    return Backend(database)


@pytest.mark.row("R-F1")
def test_every_profile_hangs_under_one_of_three(backend: Backend, database: Database) -> None:
    for name, main in (
        (" Customer  service ", "worker"),
        ("VIP", "customer"),
        ("VIP", "supplier"),
        ("Sales", "worker"),
    ):
        backend.execute(save_profile, name, main)
    listed = [(row.main, row.name) for row in backend.execute(list_profiles)]
    assert listed == [("customer", "VIP"), ("supplier", "VIP"), ("worker", "Customer service"), ("worker", "Sales")]
    assert [row.name for row in backend.execute(list_profiles, "worker")] == ["Customer service", "Sales"]
    for name, main, code in (("vip", "customer", "TAKEN"), ("Boss", "manager", "MAIN"), ("  ", "worker", "NAME")):
        with pytest.raises(Refused) as refusal:
            backend.execute(save_profile, name, main)
        assert refusal.value.code == code
    sales = backend.execute(list_profiles)[-1]
    renamed = backend.execute(save_profile, "Selling", "worker", row_id=sales.id, version=sales.version)
    assert (renamed.name, renamed.version) == ("Selling", sales.version + 1)
    with pytest.raises(Conflict):
        backend.execute(save_profile, "Mine", "worker", row_id=sales.id, version=sales.version)
    with database.reading() as session:
        assert session.query(ProfileGate).count() == 4


@pytest.mark.row("R-P16", "U55")
def test_a_worker_profile_says_what_points_are_seen_and_who_is_ranked(backend: Backend) -> None:
    def points(row: ProfileRow) -> tuple[bool, bool, bool]:
        return row.sees_own_points, row.sees_team_points, row.is_ranked

    sales = backend.execute(save_profile, "Sales", "worker")
    assert points(sales) == (False, False, True)
    changed = {"sees_own_points": True, "is_ranked": False}
    sales = backend.execute(save_profile, "Sales", "worker", row_id=sales.id, version=sales.version, **changed)
    assert points(sales) == (True, False, False)
    # A new name leaves them as they are.
    backend.execute(save_profile, "Selling", "worker", row_id=sales.id, version=sales.version)
    assert [points(row) for row in backend.execute(list_profiles)] == [(True, False, False)]
    assert points(backend.execute(save_profile, "Chief", "worker", sees_team_points=True)) == (False, True, True)
    with pytest.raises(Refused) as refusal:
        backend.execute(save_profile, "VIP", "customer", sees_own_points=True)
    assert refusal.value.code == "MAIN"


@pytest.mark.row("R-F17")
def test_a_worker_holds_several_worker_profiles_at_once(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        dana, gone = add_user(session, "Dana").id, add_user(session, "Gideon", is_active=False).id
    sales, service, tag = (
        backend.execute(save_profile, name, main).id
        for name, main in (("Sales", "worker"), ("Service", "worker"), ("VIP", "customer"))
    )
    backend.execute(set_user_profiles, gone, [sales])
    assert [held.name for held in backend.execute(set_user_profiles, dana, [service, sales, sales])] == [
        "Sales",
        "Service",
    ]
    backend.execute(set_user_profiles, dana, [sales])
    assert [held.id for held in backend.execute(profiles_of_user, dana)] == [sales]
    assert {row.name: row.held_by for row in backend.execute(list_profiles, "worker")} == {
        "Sales": ("Dana",),
        "Service": (),
    }
    for wrong, code in ((tag, "MAIN"), (999_999, "GONE")):
        with pytest.raises(Refused) as refusal:
            backend.execute(set_user_profiles, dana, [wrong])
        assert refusal.value.code == code
    assert [held.id for held in backend.execute(profiles_of_user, dana)] == [sales]


@pytest.mark.row("R-F17", "R-F18")
def test_customers_bear_tags_of_customers_and_suppliers(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        rossi = Customer(name="Rossi", search="rossi")
        session.add(rossi)
        session.flush()
        number = rossi.id
    vip, parts, sales = (
        backend.execute(save_profile, name, main)
        for name, main in (("VIP", "customer"), ("Parts", "supplier"), ("Sales", "worker"))
    )
    held = backend.execute(set_customer_profiles, number, [vip.id, parts.id])
    assert [(each.name, each.main) for each in held] == [("Parts", "supplier"), ("VIP", "customer")]
    with pytest.raises(Refused):
        backend.execute(set_customer_profiles, number, [sales.id])
    assert backend.execute(profiles_of_customer, number) == held
    with pytest.raises(Refused) as refusal:
        backend.execute(delete_profile, vip.id, vip.version)
    assert say(refusal.value.what) == "“VIP” is held by Rossi."
    backend.execute(set_customer_profiles, number, [])
    backend.execute(delete_profile, vip.id, vip.version)
    assert [row.name for row in backend.execute(list_profiles)] == ["Parts", "Sales"]


@pytest.mark.row("R-F1")
def test_a_profile_in_use_stays_and_says_where(backend: Backend, database: Database) -> None:
    made = backend.execute(save_profile, "Sales", "worker")
    with database.transaction() as session:
        process = Process(name="Requests")
        session.add(process)
        session.flush()
        session.add(Stage(process_id=process.id, name="Quote", profile_id=made.id, is_intake=True))
        people = [add_user(session, name).id for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gus")]
    for person in people:
        backend.execute(set_user_profiles, person, [made.id])
    with pytest.raises(Refused) as refusal:
        backend.execute(delete_profile, made.id, made.version)
    assert say(refusal.value.what) == "Stages use “Sales”: Requests: Quote."
    with pytest.raises(Refused):
        backend.execute(save_profile, "Sales", "customer", row_id=made.id, version=made.version)
    with database.transaction() as session:
        session.query(Stage).delete()
    with pytest.raises(Refused) as refusal:
        backend.execute(delete_profile, made.id, made.version)
    assert say(refusal.value.what) == "“Sales” is held by Ada, Bo, Cy, Di, Ed and 2 others."
    with database.reading() as session:
        assert session.query(Profile).count() == 1


def test_only_an_administrator_shapes_profiles(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        agent = add_user(session, "Dana", "agent").id
    made = backend.execute(save_profile, "Sales", "worker")
    theirs = backend.acting_as(agent)
    for call in (
        lambda: theirs.execute(save_profile, "More", "worker"),
        lambda: theirs.execute(delete_profile, made.id, made.version),
        lambda: theirs.execute(set_user_profiles, agent, [made.id]),
    ):
        with pytest.raises(Refused) as refusal:
            call()
        assert refusal.value.code == "FORBIDDEN"
