"""`callboard verify points`: the count and the verdict, for people and programs; exit status 1 for a wrong ledger."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.cli import main
from app.db.database import Database
from tests.kit.factory import add_process, add_user
from tests.kit.points_factory import LONG_AGO, add_scored_task, add_setting, enter


@pytest.fixture
def file(sqlite_url: str) -> Iterator[Database]:
    """One row of 5 points."""
    database = Database(sqlite_url)
    with database.transaction() as session:
        dana = add_user(session, "Dana", "agent")
        stages = add_process(session, "Sale", Called=None)
        add_setting(session, stages["Called"], 0, 5)
        enter(session, add_scored_task(session, dana, None), stages["Called"], dana, LONG_AGO)
    yield database
    database.close()


def run(file: Database, *words: str) -> Result:
    return CliRunner().invoke(main, ["verify", "points", *words, "--database", str(file.url)])


@pytest.mark.row("U42", "U46")
def test_it_counts_the_rows_and_says_what_they_come_to(file: Database) -> None:
    done = run(file)
    assert (done.exit_code, done.stdout) == (0, "1 row checked: every total is what its rows come to.\n")
    answer = json.loads(run(file, "--json", "--steps").stdout)
    assert (answer["entries"], answer["wrong"], answer["differences"]) == (1, 0, [])
    assert answer["milliseconds"] >= 0


@pytest.mark.row("U42")
def test_what_is_wrong_is_named_and_ends_with_status_1(file: Database) -> None:
    with file.transaction() as session:
        for trigger in ("worker_days_true_update", "worker_days_true_insert"):
            session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text("UPDATE worker_days SET points = 90000"))
    done = run(file)
    assert done.exit_code == 1
    assert done.stdout == (
        "1 row checked: 1 difference was found.\nDana on 1 Jan 2020: 9 points are kept, the rows come to 5.\n"
    )
    (named,) = json.loads(run(file, "--json").stdout)["differences"]
    assert (named["kind"], named["name"], named["day"], named["kept"]) == ("day", "Dana", "2020-01-01", "9.0000")
