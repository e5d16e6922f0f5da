"""Background work: order, threads, cancelling, failures."""

import threading
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.services.context import reads
from ui.kit.tasks import Latest, Progress, Tasks


class Ear(QObject):
    """Takes answers by bound methods, as screens do."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []
        self.threads: set[bool] = set()

    @Slot(object)
    def take(self, answer: object) -> None:
        self.heard.append(answer)
        self.threads.add(QThread.currentThread() is self.thread())

    def take_with(self, word: int, answer: object) -> None:
        assert self.thread(), word
        self.heard.append(answer)


def test_an_answer_arrives_on_the_gui_thread(qtbot: QtBot, tasks: Tasks):
    ear = Ear()
    tasks.read(lambda session, number: (threading.current_thread().name, number), 7).then(ear.take)
    qtbot.waitUntil(lambda: bool(ear.heard))
    name, number = ear.heard[0]
    assert number == 7
    assert name.startswith("callboard-read")
    assert ear.threads == {True}


@pytest.mark.parametrize("is_refused", [False, True])
def test_an_answer_is_not_shown_by_a_window_that_has_gone(qtbot: QtBot, tasks: Tasks, is_refused: bool):
    gate, gone, told = threading.Event(), Ear(), Ear()

    def ask(session: object) -> None:
        gate.wait(60)
        if is_refused:
            raise ValueError

    show = partial(gone.take_with, 7)
    job = tasks.read(ask).then(show, show).then(told.take, told.take)
    shiboken6.delete(gone)
    gate.set()
    with qtbot.waitSignal(job.ended):
        pass
    assert gone.heard == []
    assert len(told.heard) == 1


def test_writes_keep_the_order_of_the_clicks(qtbot: QtBot, tasks: Tasks):
    gate = threading.Event()
    done: list[int] = []

    def write(session: object, number: int) -> None:
        if number == 0:
            gate.wait(60)
        done.append(number)

    for number in range(6):
        tasks.write(write, number)
    assert tasks.waiting == 6
    gate.set()
    qtbot.waitUntil(lambda: tasks.waiting == 0)
    assert done == [0, 1, 2, 3, 4, 5]


def test_reads_do_not_wait_for_a_slow_write(qtbot: QtBot, tasks: Tasks):
    gate = threading.Event()
    tasks.write(lambda session: gate.wait(60))
    with qtbot.waitSignal(tasks.read(lambda session: 1).done):
        pass
    assert tasks.waiting == 1
    gate.set()


def test_only_the_newest_question_is_answered(qtbot: QtBot, tasks: Tasks):
    gate = threading.Event()
    ear = Ear()
    newest = Latest(tasks)
    newest.read(lambda session: gate.wait(60) and "old").then(ear.take)
    newest.read(lambda session: "new").then(ear.take)
    qtbot.waitUntil(lambda: bool(ear.heard))
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert ear.heard == ["new"]


def test_a_failure_nobody_takes_goes_to_the_runner(qtbot: QtBot, tasks: Tasks):
    def fail(session: object) -> None:
        raise ValueError("no")

    with qtbot.waitSignal(tasks.unhandled) as told:
        tasks.read(fail)
    assert isinstance(told.args[0], ValueError)


def test_a_failure_somebody_takes_is_told_once(qtbot: QtBot, tasks: Tasks):
    def fail(session: object) -> None:
        raise ValueError("no")

    ear = Ear()
    with qtbot.assertNotEmitted(tasks.unhandled):
        tasks.write(fail).then(ear.take, ear.take)
        qtbot.waitUntil(lambda: tasks.is_idle)
    assert [str(problem) for problem in ear.heard] == ["no"]


def test_long_work_tells_how_far_it_is_and_stops_when_cancelled(qtbot: QtBot, tasks: Tasks):
    seen: list[int] = []
    begun = threading.Event()
    cancelled = threading.Event()

    def work(progress: Progress) -> str:
        for step in range(1, 100):
            progress(step, 100)
            seen.append(step)
            begun.set()
            cancelled.wait(60)
        return "whole"

    ear = Ear()
    job = tasks.long("Counting", work).then(ear.take)
    with qtbot.waitSignal(job.progress) as told:
        pass
    assert told.args == [1, 100]
    assert begun.wait(60)
    with qtbot.waitSignal(job.ended):
        job.cancel()
        cancelled.set()
    assert ear.heard == []
    assert seen == [1]


def test_closing_carries_out_what_was_clicked_and_leaves_no_thread(qapp: object):
    from tests.unit.ui.kit.conftest import Plain

    tasks = Tasks(Plain())
    done: list[int] = []
    for number in range(5):
        tasks.write(lambda session, number: done.append(number), number)
    tasks.read(lambda session: None)
    tasks.close()
    assert done == [0, 1, 2, 3, 4]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("callboard-")]


def test_an_answer_to_a_screen_that_is_gone_is_dropped(qtbot: QtBot, tasks: Tasks):
    gate = threading.Event()
    ear = Ear()
    heard = ear.heard
    tasks.read(lambda session: gate.wait(60)).then(ear.take)
    ear.deleteLater()
    qtbot.waitUntil(lambda: not _is_alive(ear))
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert heard == []


def _is_alive(thing: QObject) -> bool:
    return bool(shiboken6.isValid(thing))


def test_saving_is_told_for_the_status_row(qtbot: QtBot, tasks: Tasks):
    with qtbot.waitSignal(tasks.saved):
        tasks.write(lambda session: None)


@pytest.mark.row("R-X1", "F4")
@pytest.mark.parametrize("way", ["cancelled", "superseded", "closed"])
def test_a_long_question_nobody_wants_any_more_ends_in_the_database(qtbot: QtBot, database: Database, way: str) -> None:
    """It is no failure, and keeps no thread from the others."""
    tasks, begun, failed = Tasks(Backend(database)), threading.Event(), Ear()
    tasks.unhandled.connect(failed.take)
    newest = Latest(tasks)

    @reads
    def ask_for_minutes(session: Session) -> None:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        session.connection()
        begun.set()
        session.execute(text(endless if database.is_sqlite else "SELECT pg_sleep(100)"))

    job = newest.read(ask_for_minutes)
    job.then(failed.take, failed.take)
    assert begun.wait(60)
    if way == "superseded":
        newest.read(reads(lambda session: session.execute(text("SELECT 1")).scalar_one()))
    elif way == "cancelled":
        job.cancel()
    if way != "closed":
        qtbot.waitUntil(lambda: tasks.is_idle, timeout=60_000)
    # It would go on for a hundred seconds, longer than a test may take.
    tasks.close()
    assert failed.heard == []
