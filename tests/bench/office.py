"""A whole office on one server: how soon a change is seen, what the feed costs, what idle desktops cost.

`office.visible_p99` is of the simulation, real desktops at a person's pace. The others are asked of the server alone,
by pgbench, so that this computer's own desktops are not what is measured: a note as the program writes it, by many at
once, without the change log and its readers, with the log, with 200 desktops at work that poll twice a second, and with
200 that nobody has touched for a while. Each takes turns with the others. The desktops send what `app.db.changes` sends
at the pace of `app.db.feed`; before anything is measured they have polled for a while, as a session of a day has.
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from app.adapters.backup import tools
from app.cli.simulate import pgbench
from app.cli.simulate.office_day import run as day
from app.cli.simulate.office_setting import Setting, setting
from app.db.changes import LIMIT, POLL, POLL_OF_MANY
from app.db.feed import PERIOD, UNATTENDED
from tests.bench.results import Result

DESKTOPS, SECONDS = 200, 60.0
WRITERS, ROUNDS, EACH = 20, 5, 8
WARMING = 9
"""So many polls of a session are over before anything is measured: the first ones are planned anew each time."""
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
# pgbench: aset takes what there is of any number of tables.
_POLLS = f"""
\\set polls :polls + 1
\\if :polls <= {WARMING}
\\set wait random(100, 400)
\\else
\\set wait random(:pace * 8 / 10, :pace * 12 / 10)
\\endif
\\sleep :wait ms
\\if :polls <= {WARMING}
{POLL_OF_MANY} \\aset
\\endif
\\if :many
{POLL_OF_MANY} \\aset
\\set many :rows > {LIMIT} / 2
\\else
{POLL} \\aset
\\set many :rows > {LIMIT}
\\endif
\\set xid :below - 1
"""


def run() -> Iterator[Result]:
    """Milliseconds until a change is seen (p99), and shares of the commits a second."""
    with setting(None, DESKTOPS) as made:
        report = day(made, SECONDS, compares=False)
        assert report.is_right, report.violations
        yield Result.against("office.visible_p99", report.visible_p99_ms, "ms", VISIBLE_MS)
        yield Result("office.actions", report.actions_per_second, "/s")
        found = shares(made)
    yield Result.against("office.feed_cost", 1 - found.at_work / found.bare, "share", FEED_SHARE)
    yield Result("office.work_200", found.at_work / found.logged, "share")
    yield Result.against("office.idle_200", found.left_alone / found.logged, "share", IDLE_SHARE)


@dataclass(frozen=True, slots=True)
class Shares:
    """Notes a second without the log, with it, and with 200 desktops that read it, at work or left alone."""

    bare: float
    logged: float
    at_work: float
    left_alone: float


def shares(made: Setting, rounds: int = ROUNDS, each: int = EACH) -> Shares:
    """The median of so many rounds, each of so many seconds for each of the four."""
    program = pgbench.program(made.url)
    if program is None:
        raise RuntimeError("This takes pgbench: install Debian's package postgresql-contrib or run make setup.")
    rates: list[tuple[float, float, float, float]] = []
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as folder:
        note, poll = Path(folder) / "note.sql", Path(folder) / "poll.sql"
        note.write_text(_NOTE, encoding="utf-8")
        poll.write_text(_POLLS, encoding="utf-8")
        writer, reader = made.seats[0].url, made.seats[1].url
        with psycopg.connect(made.url, autocommit=True) as owner:
            for seat in made.seats[:2]:
                owner.execute(f'ALTER ROLE "{make_url(seat.url).username}" CONNECTION LIMIT -1'.encode())
            write = partial(_notes, program, writer, note, made.seats[0].user_id)
            write(each)
            for _ in range(rounds):
                owner.execute("ALTER TABLE notes DISABLE TRIGGER notes_log_insert")
                bare = write(each)
                owner.execute("ALTER TABLE notes ENABLE TRIGGER notes_log_insert")
                logged = write(each)
                with _polled(program, reader, poll, owner, PERIOD):
                    at_work = write(each)
                with _polled(program, reader, poll, owner, UNATTENDED):
                    # Until each of them has noticed what is going on.
                    write(round(2 * UNATTENDED))
                    left_alone = write(each)
                rates.append((bare, logged, at_work, left_alone))
    return Shares(*(statistics.median(of_all) for of_all in zip(*rates, strict=True)))


def _notes(program: Path, address: str, script: Path, me: int, seconds: int) -> float:
    url = make_url(address)
    words = [str(program), tools.address(url), "-n", "-M", "prepared", "-f", str(script), "-D", f"me={me}"]
    words += ["-c", str(WRITERS), "-j", "2", "-T", str(seconds)]
    told = subprocess.run(words, env=_as_a_user(address), check=True, capture_output=True, text=True).stdout
    return float(told.split("tps = ")[1].split(" ")[0])


@contextmanager
def _polled(program: Path, address: str, script: Path, owner: psycopg.Connection, pace: float) -> Iterator[None]:
    """200 desktops that only listen, with so many seconds between their polls."""
    row = owner.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1").fetchone()
    assert row is not None
    known = {"xid": row[0], "pace": round(pace * 1000), "limit": LIMIT + 1}
    words = [str(program), tools.address(make_url(address)), "-n", "-M", "prepared", "-f", str(script)]
    words += [word for name, value in (known | {"polls": 0, "many": 0}).items() for word in ("-D", f"{name}={value}")]
    words += ["-c", str(DESKTOPS), "-j", "2", "-T", "3600"]
    with subprocess.Popen(
        words, env=_as_a_user(address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(owner, DESKTOPS + 1)
            time.sleep(0.4 * WARMING)
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
