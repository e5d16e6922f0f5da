"""The command line: answers for people and programs, one sentence where something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url, text

from app.cli import main
from app.db.database import Database
from tests.kit.databases import database_at
from tests.kit.servers import PASSWORD, Server


def run(*words: str, given: str | None = None) -> Result:
    """One command, its password given as the first line of the input."""
    return CliRunner().invoke(main, words, input=given)


def answer(result: Result) -> dict[str, object] | list[dict[str, object]]:
    """What it said as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_fresh_file_is_empty_then_up_to_date(tmp_path: Path) -> None:
    url = str(tmp_path / "fresh.sqlite")
    before = answer(run("db", "status", "--database", url, "--json"))
    assert (before["current"], before["is_current"]) == (None, False)
    answer(run("db", "upgrade", "--database", url, "--json"))
    after = answer(run("db", "status", "--database", url, "--json"))
    assert after["current"] == after["head"]
    assert Path(url).stat().st_mode & 0o077 == 0


def test_a_newer_database_is_refused_in_one_sentence(database_url: str) -> None:
    database = Database(database_url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    for words in (("db", "upgrade"), ("user", "list")):
        refused = run(*words, "--database", database_url)
        assert refused.exit_code == 1
        assert "newer version of Callboard" in refused.stderr
        assert "Traceback" not in refused.output
        assert len(refused.stderr.splitlines()) == 1


@pytest.mark.row("R-T1")
def test_users_are_added_listed_disabled_and_enabled(database_url: str) -> None:
    made = answer(
        run("user", "add", "Noa", "--name", "Noa Levi", "--role", "agent", "--password-stdin", "--database",
            database_url, "--json", given=f"{PASSWORD}\n")
    )  # fmt: skip
    assert (made["login"], made["role_code"], made["can_log_in"]) == ("noa", "agent", True)
    assert answer(run("user", "disable", "noa", "--database", database_url, "--json"))["is_active"] is False
    assert [row["is_active"] for row in answer(run("user", "list", "--database", database_url, "--json"))] == [False]
    assert answer(run("user", "enable", "noa", "--database", database_url, "--json"))["is_active"] is True
    missing = run("user", "disable", "nobody", "--database", database_url)
    assert (missing.exit_code, missing.stderr) == (1, "Error: There is no user nobody.\n")


def test_an_agent_of_a_server_manages_nobody(server: Server) -> None:
    administrator = server.url_of(f"{server.name}_u1")
    made = answer(
        run("user", "add", "noa", "--name", "Noa", "--password-stdin", "--database", administrator, "--json",
            given=f"{PASSWORD}\n")
    )  # fmt: skip
    assert isinstance(made, dict)
    refused = run("user", "disable", "dana", "--database", server.url_of(str(made["db_role"])))
    assert (refused.exit_code, "Your role does not allow this." in refused.stderr) == (1, True)


def test_a_server_is_made_ready_twice(postgres_server: str, server_name: str) -> None:
    url = database_at(postgres_server, server_name)
    words = ("server", "init", "--database", url, "--administrator", "Dana Levi", "--password-stdin", "--json")
    first = answer(run(*words, given=f"{PASSWORD}\n"))
    assert (first["is_new"], first["administrator"]) == (True, f"{server_name}_u1")
    again = answer(run(*words, given=""))
    assert (again["is_new"], again["migrator_password"]) == (False, None)
    checked = run("doctor", "--database", url, "--json")
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["trouble"], told["ctype"]) == (0, "", "C.UTF-8")
    assert told["engine"].startswith("PostgreSQL")
    assert told["tls"] == "off"
    assert "TLS is off" in str(told["warnings"])
    assert "server init" not in str(told["warnings"]), "the functions are of this program's text"
    assert "@" in told["database"]
    assert str(make_url(postgres_server).password) not in checked.output


def test_the_doctor_says_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    found = run("doctor", "--database", str(broken))
    assert found.exit_code == 1
    assert "not a Callboard database" in found.output


def test_the_program_itself_answers(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("callboard")
    environment = {**os.environ, "CALLBOARD_DATABASE": str(tmp_path / "fresh.sqlite")}
    done = subprocess.run([program, "db", "upgrade"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lost = subprocess.run(
        [program, "user", "list", "--database", "postgresql://nobody@127.0.0.1:1/none"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (lost.returncode, lost.stdout) == (1, "")
    assert "Nothing answers at that address." in lost.stderr
    assert "Traceback" not in lost.stderr


def test_the_terminal_is_asked_when_no_password_is_given(sqlite_url: str) -> None:
    made = run("user", "add", "noa", "--name", "Noa", "--database", sqlite_url, given=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    assert made.stdout.splitlines()[-1].startswith("noa: added as agent")


@pytest.mark.parametrize(
    "address", ["", "foo://bar", "mysql://host/name", "postgresql://name@host:port/x", "/proc/x.sqlite", "{folder}"]
)
def test_what_is_no_address_is_told_in_one_line(tmp_path: Path, address: str) -> None:
    url = address.format(folder=tmp_path)
    for words in (("db", "status"), ("db", "upgrade"), ("doctor",), ("user", "list"), ("import", "customers", "x.csv")):
        lost = run(*words, "--database", url, "--json")
        assert lost.exit_code == 1
        assert isinstance(lost.exception, SystemExit)
        assert words[0] == "doctor" or len(lost.stderr.splitlines()) == 1


@pytest.mark.row("R-T1")
def test_a_user_is_given_another_role(database_url: str) -> None:
    for login in ("dana", "noa"):
        role = "administrator" if login == "dana" else "agent"
        answer(
            run("user", "add", login, "--name", login.title(), "--role", role, "--no-login", "--database",
                database_url, "--json")
        )  # fmt: skip
    changed = answer(run("user", "role", "noa", "technician", "--database", database_url, "--json"))
    assert isinstance(changed, dict)
    assert changed["role_code"] == "technician"
    refused = run("user", "role", "dana", "agent", "--database", database_url)
    assert (refused.exit_code, "only administrator" in refused.stderr) == (1, True)
    missing = run("user", "role", "noa", "king", "--database", database_url)
    assert missing.stderr == "Error: There is no role king.\n"
