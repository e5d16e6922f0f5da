"""The functions that search for a technician tell of what is on his way, and of nothing else."""

from collections.abc import Iterator

import psycopg
import pytest

from app.domain.lookup import like
from app.domain.tickets.order import TicketFilter
from app.services.customers import listing as customers
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user
from app.services.tickets import listing as tickets
from tests.kit.servers import PASSWORD, Server, make_ready, remove

pytestmark = [pytest.mark.row("F3", "R-X3")]
NAME = "t_finding"

# Every third customer and ticket is on the technician's way; texts hold what LIKE takes for more than a letter.
_FILLED = """
    INSERT INTO customers (name, search)
        SELECT 'Customer ' || n, 'customer ' || n || ' 100% _under \\back' FROM generate_series(1, 30) AS n;
    INSERT INTO tickets (subject, status_id, customer_id, opened_at, search)
        SELECT 'Boiler', 1, CASE WHEN n % 4 > 0 THEN n END, now(), 'boiler leaks ' || n
        FROM generate_series(1, 30) AS n;
    INSERT INTO tasks (title, user_id, ticket_id, opened_at)
        SELECT 'Go', u.id, n, now() FROM generate_series(3, 30, 3) AS n, users AS u WHERE u.login = 'technician'
"""


@pytest.fixture(scope="module")
def office(postgres_server: str) -> Iterator[Server]:
    """A server with a technician and an agent."""
    remove(postgres_server, NAME)
    server = make_ready(postgres_server, NAME)
    try:
        with server.as_administrator() as backend:
            for role in backend.execute(list_roles):
                if role.code in {"agent", "technician"}:
                    backend.execute(save_user, UserDraft(role.code, role.code, role.id), password=PASSWORD)
        with psycopg.connect(server.url) as owner:
            owner.execute(_FILLED)
        yield server
    finally:
        remove(postgres_server, NAME)


def login(office: Server, name: str) -> str:
    """The role that somebody logs in as."""
    with psycopg.connect(office.url) as owner:
        found = owner.execute("SELECT db_role FROM users WHERE login = %s", [name]).fetchone()
    assert found is not None
    return str(found[0])


@pytest.mark.parametrize(
    "typed", ["customer", "customer 1", "100%", "_under", "\\back", "under 12", "boiler", "leaks 3"]
)
def test_a_search_finds_what_he_sees_and_holds_the_words(office: Server, typed: str) -> None:
    name = login(office, "technician")
    with psycopg.connect(office.url_of(name)) as own:
        held = " AND ".join(["search LIKE %s"] * len(typed.split()))
        words = [like(word) for word in typed.split()]
        seen = {row[0] for row in own.execute(f"SELECT id FROM customers WHERE {held}".encode(), words)}
        either = " AND ".join(["(t.search LIKE %s OR c.search LIKE %s)"] * len(words))
        asked = f"SELECT t.id FROM tickets AS t LEFT JOIN customers AS c ON c.id = t.customer_id WHERE {either}"
        seen_tickets = {row[0] for row in own.execute(asked.encode(), [word for word in words for _ in range(2)])}
    with office.as_user(name) as backend:
        assert {row.id for row in backend.execute(customers.page, typed).rows} == seen
        assert {row.id for row in backend.execute(customers.find, typed, limit=99)} == seen
        assert backend.execute(customers.count, typed).number == len(seen)
        assert {row.id for row in backend.execute(tickets.page, TicketFilter(text=typed)).rows} == seen_tickets
        assert backend.execute(tickets.count, TicketFilter(text=typed)).number == len(seen_tickets)


def test_the_functions_themselves_give_no_number_that_is_not_his(office: Server) -> None:
    with psycopg.connect(office.url_of(login(office, "technician")), autocommit=True) as own:

        def ids(asked: str) -> set[int]:
            found = own.execute(f"SELECT unnest({asked})".encode()).fetchall()
            return {row[0] for row in found}

        his = {row[0] for row in own.execute("SELECT id FROM tickets")}
        assert his == set(range(3, 31, 3))
        for own_words, theirs in (("boiler", ""), ("", "customer"), ("boiler", "customer")):
            for begins in ("true", "false"):
                found = ids(f"tickets_found(ARRAY['{own_words}'], ARRAY['{theirs}'], {begins}, 99999)")
                assert found == (his if not theirs else {number for number in his if number % 4})
        assert ids("customers_found(ARRAY['customer'], 99999)") == {number for number in his if number % 4}
        assert ids("customers_found(ARRAY['er%1'], 9) || customers_found(ARRAY['x'' OR true --'], 9)") == set()
        # A pattern that ends in the middle fails on the row it comes to: one would hear of rows of others.
        assert ids("customers_found(ARRAY['customer 2\\'], 9) || customers_found(ARRAY[NULL, ''], 9)") == set()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute("SELECT holds_words('m', ARRAY['x'])")
    with (
        psycopg.connect(office.url_of(login(office, "agent"))) as other,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        other.execute("SELECT customers_found(ARRAY['customer'], 9)")
