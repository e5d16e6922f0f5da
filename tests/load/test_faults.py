"""Faults in their long form: every message of every action both ways, clients that are killed, disks that are full."""

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Barrier, Event
from uuid import uuid4

import psycopg
import pytest

import app.backend
from app.db import schema
from app.db.changes import latest, since
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable
from app.services.tickets import notes
from tests.faults.conftest import Cabled
from tests.faults.test_every_step import ask_again, cut_at, is_step, steps_of
from tests.faults.test_failover import Writers, final_of
from tests.faults.test_line import saved
from tests.faults.test_storm import Guarded, work_through
from tests.kit.databases import database_at
from tests.kit.fault_actions import ACTIONS
from tests.kit.history_check import History, Recorder, broken, lost_notes, lost_writes, unheard
from tests.kit.proxy import Side
from tests.kit.standby import Cluster, cluster, until
from tests.kit.stopped_client import Signaller
from tests.kit.whole_office import Names, backends, furnish
from tests.load.test_network import needs_root

ROOT = Path(__file__).resolve().parents[2]
ROOM = 512 * 1024
ACTS = int(os.environ.get("CALLBOARD_STORM_ACTS", "4000"))
"""So many of each of the five people, in each of five storms: a hundred thousand in all."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


def say(capsys: pytest.CaptureFixture[str], what: str) -> None:
    """A figure for whoever runs the soak."""
    with capsys.disabled():
        sys.stdout.write(f"\n{what}\n")


@pytest.mark.row("R-X1", "U64", "F5")
@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_whose_line_breaks_at_any_message_is_done_once(
    cabled: Cabled, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    action = cabled.floor.make(name)
    with closing(Database(cabled.proxy.url)) as database, cabled.proxy.counted() as seen:
        # By key, as it is asked below: that takes a question more.
        backends(database, cabled.names)[action.user].once(str(uuid4())).execute(
            action.service, *action.arguments, **action.named
        )
    for side, count in ((Side.FRONT, seen.front), (Side.BACK, seen.back)):
        for number in range(1, count):
            for dies in (False, True):
                with monkeypatch.context() as patch:
                    if dies:
                        patch.setattr(app.backend, "ATTEMPTS", 1)
                    cut_at(cabled, name, number, side, lambda _message: True, dies=dies)
    until(lambda: not cabled.stuck(), "no session of a dead client keeps a lock")
    assert broken(cabled.final()) == []
    say(capsys, f"{name}: {2 * (seen.front + seen.back - 2)} cuts, each done once")


@pytest.mark.row("R-X1", "U64")
@pytest.mark.parametrize("name", ACTIONS)
def test_a_client_killed_at_any_step_leaves_the_action_whole_and_no_lock(
    cabled: Cabled, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    worst = 0.0
    for step in range(1, steps_of(cabled, name) + 1):
        action, key = cabled.floor.make(name), str(uuid4())
        before = cabled.floor.counted(action)
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.kit.doomed_client"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        kill = Signaller(child.pid, step, signal.SIGKILL, is_step)
        cabled.proxy.cut(when=kill, before=step % 2 == 0)
        request = (
            cabled.proxy.url,
            cabled.names.users[action.user],
            action.service,
            action.arguments,
            action.named,
            key,
        )
        child.communicate(pickle.dumps(request), timeout=60)
        assert child.returncode == -signal.SIGKILL, f"{name} has no step {step}"
        cabled.proxy.disarm()
        started = time.monotonic()
        ask_again(cabled, action, key)
        worst = max(worst, time.monotonic() - started)
        after = cabled.floor.counted(action)
        assert {each: after[each] - before[each] for each in after} == dict(action.grow), f"{name}, step {step}"
    assert worst < 5.0, "a lock of a killed client stayed"
    assert broken(cabled.final()) == []
    say(capsys, f"{name}: killed at every step; the next client had its answer within {worst * 1000:.0f} ms")


@pytest.mark.row("U64", "R-X1")
@pytest.mark.parametrize(("count", "rounds"), [(200, 3), (1000, 2)])
def test_desktops_that_come_back_at_once_all_get_in(
    count: int, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster(f"max_connections = {count + 50}\n") as made:
        url, names = office_on(made)
        recorders = [Recorder(str(uuid4())) for _each in range(count)]
        with ExitStack() as desktops, ThreadPoolExecutor(count) as pool:
            opened = [desktops.enter_context(closing(Database(url))) for _each in recorders]
            together, took = Barrier(count), list[float]()

            def come_back(place: int) -> None:
                dana = backends(opened[place], names)["Dana"]
                together.wait(300)
                started = time.monotonic()
                key, text = str(uuid4()), f"back {uuid4()}"
                until(lambda: saved(recorders[place], dana, key, text), "they are let in", 600)
                took.append(time.monotonic() - started)

            for _round in range(rounds):
                list(pool.map(come_back, range(count)))
                made.primary.stop("immediate")
                made.primary.start()
        history, final = History.of(*(recorder.events for recorder in recorders)), final_of(url)
    assert len(history.acknowledged()) == rounds * count
    assert lost_writes(history, final) + lost_notes(history, final) == []
    again = sum(event.kind == "unknown" for event in history.events)
    say(capsys, f"{count} at once, {rounds} times: the last was back after {max(took):.1f} s, {again} asked again")


@pytest.mark.row("F4")
def test_a_minute_of_a_strangers_transaction_loses_no_change(cabled: Cabled) -> None:
    database = cabled.hands["Boss"].database
    mark, known, told = latest(database), cabled.final().changes, dict[str, set[int]]()
    with psycopg.connect(cabled.url) as stranger:
        stranger.execute("SELECT pg_current_xact_id()")
        end, was_said = time.monotonic() + 60, False
        while time.monotonic() < end:
            cabled.hands["Dana"].execute(notes.write, f"meanwhile {uuid4()}", customer_id=2)
            changes = since(database, mark)
            assert changes.tables == {}
            was_said = was_said or changes.is_held_back
            Event().wait(0.2)
        assert was_said
    while (changes := since(database, mark)).tables:
        mark = changes.mark
        for table, ids in changes.tables.items():
            told.setdefault(table, set()).update(ids or ())
    assert unheard(cabled.final(), told, known) == []


def office_on(made: Cluster) -> tuple[str, Names]:
    """A furnished office on a server of the test's own."""
    with psycopg.connect(made.primary.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE office")
    url = database_at(made.primary.url, "office")
    with closing(Database(url)) as database:
        schema.upgrade(database)
        return url, furnish(database)


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of its own with so much room; needs root."""
    folder = Path(f"/tmp/callboard-disk-{uuid4().hex[:8]}")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
        folder.rmdir()


@pytest.mark.row("U64", "F5")
def test_a_disk_that_fills_up_under_the_writers_loses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    needs_root("a small file system")
    with cluster() as made, small_disk("24m") as disk:
        url, names = office_on(made)
        (disk / "data").mkdir(mode=0o777)
        (disk / "data").chmod(0o777)
        if made.account:
            subprocess.run(["chown", made.account, disk / "data"], check=True)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}/data'".encode())
            connection.execute("ALTER TABLE notes SET TABLESPACE small")
        recorder, refused = Recorder("Dana"), 0
        with closing(Database(url)) as database:
            dana = backends(database, names)["Dana"]
            ballast = disk / "ballast"
            with suppress(OSError), ballast.open("wb") as file:
                while True:
                    file.write(b"\0" * 65536)
                    file.flush()
            os.truncate(ballast, ballast.stat().st_size - ROOM)
            for number in range(2000):
                key, text = str(uuid4()), f"{number} {random.Random(number).randbytes(9000).hex()}"
                try:
                    with recorder.asking("note", key, text):
                        dana.once(key).execute(notes.write, text.strip(), customer_id=1)
                except DatabaseUnavailable:
                    refused += 1
                    if refused == 3:
                        break
            assert refused == 3, "the disk never got full"
            ballast.unlink()
            key, text = str(uuid4()), "There is room again."
            with recorder.asking("note", key, text):
                dana.once(key).execute(notes.write, text, customer_id=1)
        history, final = History.of(recorder.events), final_of(url)
        assert lost_writes(history, final) == []
        say(capsys, f"full disk: {len(history.acknowledged())} notes acknowledged and there, {refused} refused by name")


@pytest.mark.row("F4", "U64")
def test_ten_promotions_lose_nothing_acknowledged(capsys: pytest.CaptureFixture[str]) -> None:
    took, count = [], 0
    for _turn in range(10):
        with cluster() as made:
            _url, names = office_on(made)
            made.add_standby()
            with closing(Database(made.url_of_both("office"))) as database, Writers(database, names) as writers:
                writers.wait_for(200)
                made.primary.stop("immediate")
                made.standby.promote()
                took.append(writers.wait_for(8))
                history = writers.end()
            final = final_of(database_at(made.standby.url, "office"))
            assert lost_writes(history, final) + lost_notes(history, final) == []
            count += len(history.acknowledged())
    assert max(took) < 5.0
    say(capsys, f"10 promotions: {count} writes acknowledged, 0 lost; first write after {max(took):.2f} s at most")


@pytest.mark.row("R-X1", "F4", "U64", "R-X5")
@pytest.mark.parametrize("seed", range(10, 15))
def test_a_long_storm_keeps_every_promise(guarded: Guarded, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    done, told = work_through(guarded, ACTS, seed)
    say(
        capsys,
        f"storm, seed {seed}: {sum(done.values())} requests acknowledged, {told.cuts} cuts, {len(told.dials)} dials"
        f" while {len(told.bans)} bans came and went, 0 violations; {dict(done)}",
    )
