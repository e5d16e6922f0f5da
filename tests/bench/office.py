"""A whole office on one server: how soon a change is seen, what the feed costs, what idle desktops cost.

`office.visible_p99` is of the simulation, real desktops at a person's pace. The others are asked of the server alone,
by pgbench, so that this computer's own desktops are not what is measured: a note as the program writes it, by many at
once, without the change log and its readers, with the log, and with 200 desktops that poll twice a second. Each takes
turns with the others.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from app.adapters.backup import tools
from app.cli.simulate import pgbench
from app.cli.simulate.office_day import run as day
from app.cli.simulate.office_setting import Setting, setting
from app.db.feed import PERIOD
from tests.bench.results import Result

DESKTOPS, SECONDS = 200, 60.0
WRITERS, ROUNDS, EACH = 20, 5, 6
VISIBLE_MS, FEED_SHARE, IDLE_SHARE = 1000.0, 0.25, 0.95

# What the service that writes a note sends, with the right asked first and the answer kept under its key.
_NOTE = """
\\set customer random(1, 20000)
BEGIN;
SELECT true FROM role_permissions AS p JOIN users AS u ON u.role_id = p.role_id
    WHERE u.id = :me AND u.is_active AND p.permission = 'work_tasks';
INSERT INTO notes (text, is_alert, customer_id, by_id, at)
    VALUES ('Nobody was there.', false, :customer, :me, now());
INSERT INTO operations (op_id, service, user_id, at) VALUES (gen_random_uuid()::text, 'write', :me, now());
COMMIT;
"""
# The poll of app.db.changes, which keeps how far it has read.
_POLL = """
SELECT coalesce(max(xid), :xid) AS xid, coalesce(max(seq), :seq) AS seq FROM (
    SELECT xid, seq, table_name, row_id FROM change_log
    WHERE (xid, seq) > (:xid, :seq) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY xid, seq LIMIT 2000) AS news \\gset
"""


def run() -> Iterator[Result]:
    """Milliseconds until a change is seen (p99), and shares of the commits a second."""
    with setting(None, DESKTOPS) as made:
        report = day(made, SECONDS, compares=False)
        assert report.is_right, report.violations
        yield Result.against("office.visible_p99", report.visible_p99_ms, "ms", VISIBLE_MS)
        yield Result("office.actions", report.actions_per_second, "/s")
        bare, logged, polled = _shares(made)
    yield Result.against("office.feed_cost", 1 - polled / bare, "share", FEED_SHARE)
    yield Result.against("office.idle_200", polled / logged, "share", IDLE_SHARE)


def _shares(made: Setting) -> tuple[float, float, float]:
    """Notes a second without the log, with it, and with 200 desktops that read it."""
    program = pgbench.program(made.url)
    if program is None:
        raise RuntimeError("This takes pgbench: install Debian's package postgresql-contrib or run make setup.")
    rates: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
        note, poll = Path(folder) / "note.sql", Path(folder) / "poll.sql"
        note.write_text(_NOTE, encoding="utf-8")
        poll.write_text(_POLL, encoding="utf-8")
        writer, reader = made.seats[0].url, made.seats[1].url
        with psycopg.connect(made.url, autocommit=True) as owner:
            for seat in made.seats[:2]:
                owner.execute(f'ALTER ROLE "{make_url(seat.url).username}" CONNECTION LIMIT -1'.encode())
            me = made.seats[0].user_id
            _notes(program, writer, note, me)
            for _ in range(ROUNDS):
                owner.execute("ALTER TABLE notes DISABLE TRIGGER notes_log_insert")
                bare = _notes(program, writer, note, me)
                owner.execute("ALTER TABLE notes ENABLE TRIGGER notes_log_insert")
                logged = _notes(program, writer, note, me)
                with _polled(program, reader, poll, owner):
                    polled = _notes(program, writer, note, me)
                rates.append((bare, logged, polled))
    bare, logged, polled = (statistics.median(each) for each in zip(*rates, strict=True))
    return bare, logged, polled


def _notes(program: Path, address: str, script: Path, me: int) -> float:
    url = make_url(address)
    words = [str(program), tools.address(url), "-n", "-M", "prepared", "-f", str(script), "-D", f"me={me}"]
    words += ["-c", str(WRITERS), "-j", "2", "-T", str(EACH)]
    told = subprocess.run(words, env=_as_a_user(address), check=True, capture_output=True, text=True).stdout
    return float(told.split("tps = ")[1].split(" ")[0])


@contextmanager
def _polled(program: Path, address: str, script: Path, owner: psycopg.Connection) -> Iterator[None]:
    """200 desktops that only listen."""
    row = owner.execute("SELECT coalesce(max(xid), 0), coalesce(max(seq), 0) FROM change_log").fetchone()
    assert row is not None
    words = [str(program), tools.address(make_url(address)), "-n", "-M", "prepared", "-f", str(script)]
    words += ["-D", f"xid={row[0]}", "-D", f"seq={row[1]}", "-c", str(DESKTOPS), "-j", "2", "-T", "3600"]
    words += ["-R", str(DESKTOPS / PERIOD)]
    with subprocess.Popen(
        words, env=_as_a_user(address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(owner, DESKTOPS + 1)
            yield
            assert process.poll() is None, "the desktops that listen went home"
        finally:
            process.kill()


def _as_a_user(address: str) -> dict[str, str]:
    """As the program connects: row security as it is for everybody."""
    return tools.environment(make_url(address)) | {"PGOPTIONS": "-c jit=off"}


def _wait_for(owner: psycopg.Connection, sessions: int) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        row = owner.execute(asked).fetchone()
        if row is not None and row[0] >= sessions:
            return
        time.sleep(0.1)
    raise RuntimeError("the desktops that listen did not come")
