"""The tests' own PostgreSQL: real, and gone with the process that asked for it."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from app.adapters import throwaway


def test_the_server_is_real_and_reads_hebrew(postgres_server):
    """pg_trgm is blind to Hebrew where LC_CTYPE is C; ranges need btree_gist."""
    with psycopg.connect(postgres_server) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION btree_gist")
        found = connection.execute("SELECT show_trgm('מזגן') <> '{}'").fetchone()
        connection.rollback()
    assert found == (True,)


def test_a_wrong_password_does_not_open_it(postgres_server):
    """Tests of log-ins mean nothing on a server that trusts everybody."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres_server, password="wrong")


def test_each_test_has_a_database_of_its_own(empty_postgresql_url, postgres_server):
    assert empty_postgresql_url != postgres_server
    with psycopg.connect(empty_postgresql_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


RUN = """
    import os, signal
    from pathlib import Path
    from app.adapters import throwaway
    run = throwaway.Run(memory={memory})
    run.url
    print(run.home, run.data, (run.data / "postmaster.pid").read_text().split()[0], flush=True)
    input()
    {end}
"""


KILLED = "os.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize(
    ("end", "memory"),
    [("run.close()", 'Path("/tmp")'), (KILLED, "None"), (KILLED, 'Path("/tmp")')],
    ids=["closed", "killed", "killed with its data elsewhere"],
)
def test_the_server_goes_with_its_process(end, memory, monkeypatch):
    """Also when it is killed: nothing is left that eats memory on somebody's machine."""
    monkeypatch.delenv(throwaway.SERVER_VARIABLE, raising=False)
    code = textwrap.dedent(RUN.format(end=end, memory=memory))
    root = Path(__file__).parents[4]
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True, cwd=root) as process:
        home, data, pid = process.stdout.readline().split()
        gone = os.open(Path(home) / "gone", os.O_RDONLY | os.O_NONBLOCK)
        process.communicate("\n")
    assert throwaway.all_gone(gone)
    os.close(gone)
    assert process.returncode in (0, -signal.SIGKILL)
    assert not Path(home).exists()
    assert not Path(data).exists()
    assert not Path(f"/proc/{pid}").exists()


def test_without_debians_server_the_one_of_the_lock_serves(monkeypatch, tmp_path):
    monkeypatch.delenv(throwaway.SERVER_VARIABLE, raising=False)
    monkeypatch.setattr(throwaway, "DEBIAN", tmp_path)
    run = throwaway.Run()
    try:
        with psycopg.connect(run.url) as connection:
            connection.execute("CREATE EXTENSION btree_gist")
            connection.execute("CREATE EXTENSION pg_trgm")
            assert connection.execute("SELECT show_trgm('מזגן') <> '{}'").fetchone() == (True,)
    finally:
        run.close()


def test_without_any_server_the_tests_fail_and_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(throwaway, "DEBIAN", tmp_path)
    monkeypatch.setattr(throwaway, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="make setup"):
        throwaway._binaries(tmp_path, None)
