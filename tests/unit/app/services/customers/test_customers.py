from dataclasses import replace

import pytest
from sqlalchemy import insert

from app.backend import Backend
from app.db.database import Database
from app.domain.customers import CustomerDraft
from app.domain.errors import Conflict, Incomplete, Refused
from app.models.company import Company
from app.models.customers import Customer
from app.services.customers import card, listing
from tests.kit.factory import add_profile, add_user


@pytest.fixture
def backend(database: Database) -> Backend:
    with database.transaction() as session:
        dana = add_user(session, "Dana", "agent").id
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="he"))
    return Backend(database, actor=dana)


def numbers(page: listing.Page) -> list[int]:
    return [row.id for row in page.rows]


def test_pages_by_name_are_the_whole_list_in_both_directions(backend):
    names = [f"Name {number % 7}" for number in range(60)]
    with backend.database.transaction() as session:
        session.execute(insert(Customer), [{"name": name, "search": name.casefold()} for name in names])
    wanted = [number for _name, number in sorted(zip(names, range(1, 61), strict=True))]
    page = backend.execute(listing.page, limit=8)
    found = numbers(page)
    while page.has_after:
        page = backend.execute(listing.page, after=page.rows[-1].key, limit=8)
        found += numbers(page)
    assert found == wanted
    page = backend.execute(listing.page, at_end=True, limit=8)
    back = numbers(page)
    while page.has_before:
        page = backend.execute(listing.page, before=page.rows[0].key, limit=8)
        back = numbers(page) + back
    assert back == wanted


@pytest.mark.parametrize("typed", ["coh", "COHEN dan", "כהן", "050-123 4567", "+972501234567", "herzl 4", "dan@", "co"])
def test_a_customer_is_found_by_anything_a_caller_says(backend, typed):
    saved = backend.execute(
        card.create,
        CustomerDraft("Dan Cohen כהן", ("050-1234567",), email="dan@cohen.example", address="Herzl 4"),
    )
    backend.execute(card.create, CustomerDraft("Maria Rossi", ("03-7654321",)))
    assert numbers(backend.execute(listing.page, typed)) == [saved.id]
    assert [row.id for row in backend.execute(listing.find, typed)] == [saved.id]
    assert backend.execute(listing.count, typed) == listing.Count(1, is_exact=True)


def test_the_look_up_puts_names_that_begin_so_first(backend):
    for name in ("Abel Levi", "Levi Ron"):
        backend.execute(card.create, CustomerDraft(name))
    assert [row.name for row in backend.execute(listing.find, "lev")] == ["Levi Ron", "Abel Levi"]


def test_a_phone_is_enough_and_nothing_is_not(backend):
    saved = backend.execute(card.create, CustomerDraft(phones=("050-1234567",)))
    assert backend.execute(listing.named, [saved.id])[0].label == "050-1234567"
    with pytest.raises(Incomplete) as told:
        backend.execute(card.create, CustomerDraft(name=" ", phones=(" ",)))
    assert set(told.value.problems) == {"name"}


def test_a_phone_that_cannot_be_read_is_kept_as_typed_and_flagged(backend):
    saved = backend.execute(card.create, CustomerDraft("Levi", ("050-1234567", "ask the neighbour")))
    known = backend.execute(card.load, saved.id)
    assert known.draft.phones == ("050-1234567", "ask the neighbour")
    assert known.suspect == ("ask the neighbour",)


def test_a_changed_phone_replaces_the_old_one_and_is_found(backend):
    saved = backend.execute(card.create, CustomerDraft("Levi", ("050-1234567",)))
    known = backend.execute(card.load, saved.id)
    backend.execute(card.save, saved.id, known.version, replace(known.draft, phones=("052-7654321",)))
    assert numbers(backend.execute(listing.page, "0527654321")) == [saved.id]
    assert numbers(backend.execute(listing.page, "0501234567")) == []


def test_the_second_of_two_writers_is_told(backend):
    saved = backend.execute(card.create, CustomerDraft("Levi"))
    known = backend.execute(card.load, saved.id)
    backend.execute(card.save, saved.id, known.version, replace(known.draft, phones=("052-7654321",)))
    with pytest.raises(Conflict):
        backend.execute(card.save, saved.id, known.version, replace(known.draft, name="Lavi"))
    assert backend.execute(card.load, saved.id).draft.name == "Levi"


def test_a_reader_may_not_write(backend):
    with backend.database.transaction() as session:
        reader = add_user(session, "Rina", "read_only").id
    with pytest.raises(Refused):
        backend.acting_as(reader).execute(card.create, CustomerDraft("No"))


@pytest.mark.row("R-F17", "R-F18")
def test_a_customer_bears_tags_and_is_found_by_them(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        shop, parts = add_profile(session, "Shop", main="customer"), add_profile(session, "Parts", main="supplier")
        worker = add_profile(session, "Service")
        ids = shop.id, parts.id, worker.id
    both = tuple(sorted(ids[:2]))
    made = backend.execute(card.create, CustomerDraft("Rossi", profile_ids=both))
    backend.execute(card.create, CustomerDraft("Bianchi"))
    assert backend.execute(card.load, made.id).draft.profile_ids == both
    for profile_id, found in ((ids[0], ["Rossi"]), (ids[2], [])):
        page = backend.execute(listing.page, profile_id=profile_id)
        assert [row.name for row in page.rows] == found
        assert backend.execute(listing.count, profile_id=profile_id).number == len(found)
    assert [row.name for row in backend.execute(listing.page, "ros", profile_id=ids[0]).rows] == ["Rossi"]
    less = backend.execute(card.save, made.id, made.version, CustomerDraft("Rossi", profile_ids=ids[:1]))
    assert less.version > made.version
    with pytest.raises(Conflict):
        backend.execute(card.save, made.id, made.version, CustomerDraft("Rossi"))
    with pytest.raises(Refused) as refusal:
        backend.execute(card.save, made.id, less.version, CustomerDraft("Rossi", profile_ids=ids[2:]))
    assert refusal.value.code == "MAIN"
    assert backend.execute(card.load, made.id).draft.profile_ids == ids[:1]
