"""Each way a connection fails is told by its cause, and a line is as safe as its address says; on a real server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from app.bootstrap import ServerAddress, Tls, open_database, parts_of, try_connection
from app.db import connecting
from app.domain.errors import DatabaseUnavailable, SchemaMismatch, UserError
from app.i18n import say
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft, UserRow
from app.services.people.users import save_user, set_active
from tests.kit.servers import PASSWORD, Server, make_ready, remove

NAME = "tlines"
CERTIFICATES = Path(__file__).resolve().parents[3] / "kit" / "certificates"
AUTHORITY, ANOTHER = str(CERTIFICATES / "authority.crt"), str(CERTIFICATES / "another.crt")


@pytest.fixture(scope="module")
def office(postgres_server: str) -> Iterator[Server]:
    """One server for all of them."""
    remove(postgres_server, NAME)
    yield make_ready(postgres_server, NAME)
    remove(postgres_server, NAME)


@pytest.fixture
def safe(office: Server) -> Iterator[Server | None]:
    """The same, and it offers TLS by a certificate for `localhost`; None where its PostgreSQL was built without."""
    with psycopg.connect(office.url, autocommit=True) as owner:
        for name in ("server.crt", "server.key"):
            command = f"COPY (SELECT unnest(%s::text[])) TO PROGRAM 'umask 077; cat > {name}'"
            lines = (CERTIFICATES / name).read_text().splitlines()
            psycopg.ClientCursor(owner).execute(command.encode(), [lines])
        try:
            owner.execute("ALTER SYSTEM SET ssl = on")
        except psycopg.errors.InvalidParameterValue:
            yield None
            return
        _reload(owner, office, "on")
        yield office
        owner.execute("ALTER SYSTEM RESET ssl")
        _reload(owner, office, "off")


def _reload(owner: psycopg.Connection, office: Server, wanted: str) -> None:
    """Until whoever connects next finds it so: the server reads its settings when it comes to it."""
    owner.execute("SELECT pg_reload_conf()")
    for _ in range(1000):
        with psycopg.connect(office.url) as fresh:
            found = fresh.execute("SHOW ssl").fetchone()
        if found == (wanted,):
            return
    raise AssertionError(f"ssl is not {wanted}")


def address(office: Server, tls: Tls = Tls.OFFERED, certificate: str = "", **other: Any) -> str:
    """The administrator's address of it."""
    known = make_url(office.url)
    values: dict[str, Any] = {"host": known.host, "database": NAME, "login": "u1", "port": known.port, **other}
    return ServerAddress(tls=tls, certificate=certificate, **values).url(PASSWORD)


def told(url: str) -> str:
    """What a person is told of an address that fails."""
    with pytest.raises(UserError) as failed:
        try_connection(url)
    assert failed.value.hint is not None, "and what to do about it"
    return say(failed.value.what)


@pytest.mark.row("F3")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": "no.such.host.invalid"}, "no server of that name"),
        ({"port": 1}, "Nothing answers"),
        ({"login": "u99"}, "password is wrong"),
        ({"database": "tlines_missing", "login": "tlines_u1"}, "no database of that name"),
        ({"tls": Tls.ENCRYPTED}, "offers no encrypted line"),
        ({"tls": Tls.SYSTEM, "host": "localhost"}, "offers no encrypted line"),
    ],
)
def test_a_connection_that_fails_says_why(office: Server, change: dict[str, Any], words: str) -> None:
    assert words in told(address(office, **change))


@pytest.mark.row("F3")
def test_a_wrong_password_and_a_disabled_log_in_are_two_things(office: Server) -> None:
    with office.as_administrator() as dana:
        agent = next(row.id for row in dana.execute(list_roles) if row.code == "agent")
        noa: UserRow = dana.execute(save_user, UserDraft("noa", "Noa", agent), password=PASSWORD)
        dana.execute(set_active, noa.id, noa.version, on=False)
    assert told(address(office, login=noa.db_role)) == "This log-in is disabled."
    wrong = address(office).replace(PASSWORD, "wrong-horse-7")
    assert "password is wrong" in told(wrong)


@pytest.mark.row("F3")
def test_a_server_that_is_full_closed_or_a_second_one_says_so(office: Server) -> None:
    with psycopg.connect(office.url, autocommit=True) as owner:
        owner.execute(f"ALTER ROLE {NAME}_u1 CONNECTION LIMIT 0".encode())
        assert "no more connections" in told(address(office))
        owner.execute(f"ALTER ROLE {NAME}_u1 CONNECTION LIMIT 12".encode())
        owner.execute(f"REVOKE CONNECT ON DATABASE {NAME} FROM {NAME}_users".encode())
        assert "does not let this log-in into that database" in told(address(office))
        owner.execute(f"GRANT CONNECT ON DATABASE {NAME} TO {NAME}_users".encode())
        owner.execute(f"ALTER DATABASE {NAME} SET default_transaction_read_only = on".encode())
        port = make_url(office.url).port
        assert "takes no changes now" in told(address(office, second=f"127.0.0.1:{port}"))
        owner.execute(f"ALTER DATABASE {NAME} RESET default_transaction_read_only".encode())
        assert try_connection(address(office, port=1, second=f"127.0.0.1:{port}")).name == NAME, "the second took over"


@pytest.mark.row("F3")
def test_program_and_server_of_different_age_say_which_is_older(
    office: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(office.url, autocommit=True) as owner:
        (head,) = owner.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        for version, words in (("9999", "newer version of Callboard"), ("0006", "has to be upgraded")):
            owner.execute("UPDATE alembic_version SET version_num = %s", [version])
            with pytest.raises(SchemaMismatch):
                try_connection(address(office))
            assert words in told(address(office))
        owner.execute("UPDATE alembic_version SET version_num = %s", [head])
    monkeypatch.setattr(connecting, "OLDEST_POSTGRESQL", 990000)
    assert "too old" in say(_unavailable(address(office)).what)


def _unavailable(url: str) -> DatabaseUnavailable:
    with pytest.raises(DatabaseUnavailable) as failed:
        try_connection(url)
    return failed.value


@pytest.fixture
def strange() -> Iterator[tuple[int, list[bytes]]]:
    """Something that listens and gives the same answer to everybody; none at all while there is none."""
    answer: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    line, _from = listening.accept()
                except OSError:
                    return
                held.append(line)
                if answer:
                    line.recv(8)
                    line.sendall(answer[0])
                    line.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], answer
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(60)
        for line in held:
            line.close()


@pytest.mark.row("F3")
def test_what_is_silent_or_no_server_is_told(office: Server, strange: tuple[int, list[bytes]]) -> None:
    port, answer = strange
    url = make_url(address(office, port=port)).update_query_dict({"connect_timeout": "2"})
    assert "does not answer in time" in told(url.render_as_string(hide_password=False))
    answer.append(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert "no PostgreSQL server" in told(address(office, Tls.ENCRYPTED, port=port))
    answer[0] = b"N"
    assert "offers no encrypted line" in told(address(office, Tls.ENCRYPTED, port=port))


@pytest.mark.row("F3")
def test_nobody_in_an_open_line_is_given_the_password(office: Server) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def ask() -> None:
            line, _from = listening.accept()
            with line:
                line.settimeout(5)
                if line.recv(8)[4:] == b"\x04\xd2\x16\x2f":  # Shall it be encrypted?
                    line.sendall(b"N")
                    line.recv(4096)
                line.sendall(b"R\x00\x00\x00\x08\x00\x00\x00\x03")  # The password as it is, please.
                heard.append(line.recv(4096))

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        _unavailable(address(office, port=listening.getsockname()[1]))
        thread.join(60)
    assert heard == [b""]


@pytest.mark.row("F3")
def test_a_line_is_as_safe_as_its_address_says(
    office: Server, safe: Server | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if safe is None:
        assert "offers no encrypted line" in told(address(office, Tls.ENCRYPTED))
        return
    for url in (
        address(safe, Tls.COMPANY, AUTHORITY, host="localhost"),
        address(safe, Tls.ENCRYPTED),
        address(safe, Tls.OFFERED),
    ):
        assert try_connection(url).tls.startswith("TLSv1."), url
    monkeypatch.setenv("SSL_CERT_FILE", AUTHORITY)
    assert try_connection(address(safe, Tls.SYSTEM, host="localhost")).tls


@pytest.mark.row("F3")
def test_a_certificate_that_does_not_fit_says_what_is_wrong_with_it(
    office: Server, safe: Server | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if safe is None:
        assert "offers no encrypted line" in told(address(office, Tls.ENCRYPTED))
        return
    monkeypatch.setenv("SSL_CERT_FILE", ANOTHER)
    assert "does not trust" in told(address(safe, Tls.COMPANY, ANOTHER, host="localhost"))
    assert "does not trust" in told(address(safe, Tls.SYSTEM, host="localhost"))
    assert "for another name" in told(address(safe, Tls.COMPANY, AUTHORITY, host="127.0.0.1"))
    empty = tmp_path / "empty.crt"
    empty.write_text("nothing")
    for path in (str(empty), "/no/such.crt"):
        assert "cannot be read" in told(address(safe, Tls.COMPANY, path, host="localhost"))


@pytest.mark.row("F3")
def test_a_desktop_works_over_a_checked_line(office: Server, safe: Server | None) -> None:
    """The whole address reaches every connection the program opens, not the first one alone."""
    if safe is None:
        assert "offers no encrypted line" in told(address(office, Tls.ENCRYPTED))
        return
    with closing(open_database(address(safe, Tls.COMPANY, AUTHORITY, host="localhost"))) as database:
        for reading in (database.reading, database.transaction):
            with reading() as session:
                driver = session.connection().connection.driver_connection
                assert isinstance(driver, psycopg.Connection)
                assert driver.pgconn.ssl_in_use


def test_an_address_is_put_together_and_taken_apart() -> None:
    for parts in (
        ServerAddress("crm.example.com", "crm", "crm_u7"),
        ServerAddress("10.0.0.1", "crm", "crm_u7", 5433, tls=Tls.ENCRYPTED),
        ServerAddress("::1", "crm", "crm_u7", 5433, tls=Tls.SYSTEM),
        ServerAddress("a.example", "crm", "crm_u7", 5433, "b.example:5434", Tls.COMPANY, "/etc/ca one.crt"),
        ServerAddress("a.example", "crm", "crm_u7", None, "b.example"),
    ):
        assert parts_of(parts.url("p w&?")) == parts
        assert make_url(parts.url("p w&?")).password == "p w&?"
    assert "target_session_attrs=read-write" in ServerAddress("a", "crm", "u7", None, "b").url("")
    assert "channel_binding=require" in ServerAddress("a", "crm", "u7", tls=Tls.ENCRYPTED).url("")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('no pg_hba.conf entry for host "10.0.0.5", user "x", database "crm", no encryption', "not encrypted"),
        ('no pg_hba.conf entry for host "10.0.0.5", user "x", database "crm", SSL encryption', "does not let"),
        ("FATAL:  autenticazione con password fallita per l'utente", "password is wrong"),
        ("channel binding required, but server authenticated client without channel binding", "did not prove"),
        ("FATAL:  the database system is starting up", "just starting"),
        ("SSL error: tlsv1 alert protocol version", "identity could not be checked"),
        ("something new", "does not answer"),
    ],
)
def test_what_the_library_says_is_put_into_words(said: str, words: str) -> None:
    assert words in say(connecting.explain_failure(said).what)
