"""A server's backup: restored into another database and compared table by table; bad ones change nothing."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from app.adapters.backup import archive, of_server, server, to_server, tools
from app.db.database import normalise
from app.domain.errors import Refused, UserError
from app.services.people.logins import entry, set_password
from tests.kit.databases import database_at
from tests.kit.servers import PASSWORD, Server, make_ready, remove

NAME, OTHER = "tbackup_one", "tbackup_two"


def quiet(_done: int, _total: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def filled(postgres_server: str) -> Iterator[Server]:
    """A server made ready, with the data of the demo in it."""
    try:
        made = make_ready(postgres_server, NAME)
        yield made
    finally:
        remove(postgres_server, NAME)


@pytest.fixture(scope="module")
def backup(filled: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup, made by its migrator."""
    path = tmp_path_factory.mktemp("backups") / "one.callboard-backup"
    migrator = filled.url_of(f"{NAME}_migrator", filled.migrator_password)
    of_server.back_up(normalise(migrator), path, quiet)
    return path


@pytest.fixture
def other(postgres_server: str) -> Iterator[str]:
    """The address of a database that is not there yet."""
    yield database_at(postgres_server, OTHER)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        kept = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'tbackup\\_two\\_%'").fetchall()
        for (name,) in kept:
            connection.execute(f'DROP DATABASE "{name}"')
    remove(postgres_server, OTHER)


def sums(url: str) -> dict[str, server.Table]:
    """What is in every table."""
    with server.connect(normalise(url)) as connection:
        return server.sums(connection, server.sizes(connection), lambda _behind: None)


def databases(postgres_server: str) -> set[str]:
    """The databases of the server."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}


_RIGHTS = """
    SELECT 'relation ' || relname,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))::text
        || relrowsecurity || pg_get_userbyid(relowner) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')
    UNION ALL SELECT 'function ' || oid::regprocedure, coalesce(proacl, acldefault('f', proowner))::text || prosecdef
        || coalesce(proconfig::text, '') || pg_get_userbyid(proowner) FROM pg_proc AS p
    WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT 'policy ' || tablename || '.' || policyname, pg_policies::text FROM pg_policies
    UNION ALL SELECT 'column ' || attrelid::regclass || '.' || attname, attacl::text FROM pg_attribute
    WHERE attacl IS NOT NULL AND attrelid::regclass::text !~ '^pg_'
    UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL SELECT 'database', datacl::text || pg_get_userbyid(datdba) FROM pg_database
    WHERE datname = current_database()
    UNION ALL SELECT 'default ' || defaclobjtype::text, defaclacl::text || pg_get_userbyid(defaclrole)
    FROM pg_default_acl
"""


def rights(url: str, name: str) -> dict[str, str]:
    """Who may do what in the database, without its name; the order in which rights were given says nothing."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(_RIGHTS).fetchall()
    return {row[0]: "".join(sorted(str(row[1]).replace(name, "NAME"))) for row in rows}


@pytest.mark.row("R-X1")
def test_a_server_comes_back_under_another_name_with_every_row_and_right_and_new_passwords(
    filled: Server, backup: Path, other: str, postgres_server: str
) -> None:
    told: list[int] = []
    back = to_server.restore(normalise(other), backup, lambda done, _total: told.append(done))
    assert sums(other) | {"users": None} == sums(filled.url) | {"users": None}
    assert (told == sorted(told), told[-1], back.kept) == (True, 100, None)
    assert rights(other, OTHER) == rights(filled.url, NAME)
    assert f"{OTHER}_restoring" not in databases(postgres_server)

    assert (back.without_password, bool(back.migrator_password)) == (("dana",), True)
    restored = Server(OTHER, other, back.migrator_password or "")
    with pytest.raises(UserError), restored.as_administrator():
        pass
    with restored.as_user(make_url(postgres_server).username or "", make_url(postgres_server).password or "") as owner:
        owner.execute(set_password, 1, PASSWORD)
    with restored.as_administrator() as dana:
        assert dana.execute(entry).me is not None


def test_a_database_with_data_is_kept_under_another_name_and_only_when_asked_for(
    backup: Path, other: str, postgres_server: str
) -> None:
    make_ready(postgres_server, OTHER)
    with psycopg.connect(other, autocommit=True) as connection:
        connection.execute("INSERT INTO sites (name) VALUES ('Since')")
    with pytest.raises(Refused) as refusal:
        to_server.restore(normalise(other), backup, quiet)
    assert refusal.value.code == "NOT_EMPTY"
    back = to_server.restore(normalise(other), backup, quiet, replace=True)
    assert back.kept is not None
    assert sums(other)["sites"].rows == 0
    assert sums(database_at(postgres_server, back.kept))["sites"].rows == 1


def broken(backup: Path, kind: str) -> Path:
    """The backup, spoilt."""
    path = backup.with_name(f"{kind}.callboard-backup")
    whole = backup.read_bytes()
    if kind == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "flipped":
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    elif kind == "foreign":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("holiday.txt", "sun")
    elif kind == "text":
        path.write_text("PK is how this begins")
    elif kind == "sqlite":
        path.write_bytes(b"SQLite format 3\x00" + bytes(100))
    else:
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(path, "w") as new:
            new.writestr("about.json", old.read("about.json").replace(b'"rows": 6', b'"rows": 7'))
            new.writestr("database.dump", old.read("database.dump"))
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("cut", "DAMAGED"), ("flipped", "DAMAGED"), ("foreign", "FOREIGN"), ("text", "FOREIGN"), ("sqlite", "ENGINE"),
        ("other rows", "DAMAGED"),
    ],
)  # fmt: skip
def test_a_bad_backup_is_refused_and_leaves_nothing(
    backup: Path, other: str, postgres_server: str, kind: str, code: str
) -> None:
    path = broken(backup, kind)
    with pytest.raises(Refused) as refusal:
        to_server.restore(normalise(other), path, quiet)
    assert refusal.value.code == code
    assert f"{OTHER}_restoring" not in databases(postgres_server)
    if OTHER in databases(postgres_server):
        assert sums(other)["users"].rows == 0


class _Stop(Exception):
    pass


@pytest.mark.parametrize("at", [10, 60, 95])
def test_cancelled_at_any_point_neither_a_file_nor_a_database_is_left(
    filled: Server, backup: Path, other: str, postgres_server: str, tmp_path: Path, at: int
) -> None:
    def stop(done: int, _total: int) -> None:
        if done >= at:
            raise _Stop

    with pytest.raises(_Stop):
        of_server.back_up(normalise(filled.url), tmp_path / "new.callboard-backup", stop)
    assert list(tmp_path.iterdir()) == []
    if at == 60:
        with pytest.raises(_Stop):
            to_server.restore(normalise(other), backup, stop)
        assert f"{OTHER}_restoring" not in databases(postgres_server)


def test_a_log_in_that_does_not_see_every_row_makes_no_backup(filled: Server, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        of_server.back_up(normalise(filled.url_of(f"{NAME}_u1")), tmp_path / "new", quiet)
    assert (refusal.value.code, list(tmp_path.iterdir())) == ("FORBIDDEN", [])


def test_missing_and_older_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tools, "FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="pg_dump was not found"):
        tools.find("pg_dump", 150018)
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n")
    program.chmod(0o755)
    with pytest.raises(Refused, match="version 14, the server is of version 15"):
        tools.find("pg_dump", 150018)


def test_of_an_address_with_two_servers_both_are_asked_and_no_other() -> None:
    url = normalise("postgresql://dana:secret@/office?host=one,two&port=5432,5433&target_session_attrs=read-write")
    words = tools.address(url)
    assert "host='one,two' port='5432,5433'" in words, "without a host the programs go to a server of this computer"
    assert "target_session_attrs='read-write'" in words
    assert "secret" not in words


def test_a_session_goes_to_the_second_server_where_the_first_does_not_answer(filled: Server) -> None:
    url = normalise(filled.url_of(f"{NAME}_migrator", filled.migrator_password))
    hosts = {"host": f"127.0.0.1,{url.host}", "port": f"1,{url.port}"}
    both = URL.create(url.drivername, url.username, url.password, database=url.database, query=hosts)
    with server.connect(both) as connection:
        assert connection.info.dbname == NAME


def test_no_password_is_among_the_words_or_in_the_file(filled: Server, backup: Path) -> None:
    url = normalise(filled.url_of("somebody", "secret word's"))
    assert "secret" not in tools.address(url)
    assert tools.environment(url)["PGPASSWORD"] == "secret word's"
    assert tools.environment(url)["PGREQUIREAUTH"] == "!password", "nobody in the line is given it as it is"
    with archive.reading_dump(backup) as dump:
        assert b"SCRAM-SHA-256$" not in dump.read()
