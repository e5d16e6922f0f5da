"""The journal of drafts."""

import json
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest

from app.drafts.draft import LONGEST, Draft, of_entry, to_entry
from app.drafts.journal import KEPT_FOR, Journal
from app.drafts.keeping import DraftKeeper

NOW = datetime.now(UTC)


def draft(record: str = "tickets:7", run: str = "one", text: str = "half a wo") -> Draft:
    return Draft(record, run, "Cohen", NOW, {"note": "old"}, {"note": text}, 3)


def opened(folder: Path, database: str = "sqlite:///x", user_id: int = 1) -> tuple[Journal, tuple[Draft, ...]]:
    journal = Journal(folder, database, user_id)
    return journal, journal.open()


def left_in(folder: Path, database: str = "sqlite:///x", user_id: int = 1) -> tuple[Draft, ...]:
    journal, left = opened(folder, database, user_id)
    journal.close()
    return left


@pytest.mark.row("F5")
def test_what_was_kept_is_there_for_the_next_run_of_the_same_user_only(tmp_path: Path) -> None:
    journal, left = opened(tmp_path / "drafts")
    assert left == ()
    journal.write([draft(), draft("tickets:8", text="שלום \ud800 {x}")])
    journal.close()
    assert left_in(tmp_path / "drafts", user_id=2) == ()
    assert left_in(tmp_path / "drafts", database="sqlite:///y") == ()
    journal, left = opened(tmp_path / "drafts")
    assert {each.record: each.typed["note"] for each in left} == {
        "tickets:7": "half a wo",
        "tickets:8": "שלום \ud800 {x}",
    }
    assert all(each.is_left for each in left)
    assert (left[0].version, left[0].base) == (3, {"note": "old"})
    journal.write([])
    journal.close()
    assert left_in(tmp_path / "drafts") == ()


def test_nobody_else_on_the_computer_reads_it(tmp_path: Path) -> None:
    journal, _left = opened(tmp_path / "drafts")
    journal.write([draft()])
    for path in (tmp_path / "drafts").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "drafts").stat().st_mode) == 0o700
    journal.close()


def test_two_desktops_of_one_user_do_not_overwrite_each_other(tmp_path: Path) -> None:
    first, _left = opened(tmp_path)
    first.write([draft(run="first")])
    second, left = opened(tmp_path)
    assert left == (), "the first is alive and has its own"
    second.write([draft(run="second", text="of the second")])
    first.close()
    second.close()
    third, left = opened(tmp_path)
    assert {each.run for each in left} == {"first", "second"}
    third.write(left)
    third.close()
    assert {each.run for each in left_in(tmp_path)} == {"first", "second"}


@pytest.mark.row("F5")
def test_what_one_desktop_takes_over_does_not_become_anothers_file(tmp_path: Path) -> None:
    gone = [opened(tmp_path)[0], opened(tmp_path)[0]]
    for number, journal in enumerate(gone):
        journal.write([draft(run=f"gone {number}")])
    for journal in gone:
        journal.close()
    first, left = opened(tmp_path)
    assert {each.run for each in left} == {"gone 0", "gone 1"}
    second, twice = opened(tmp_path)
    assert twice == (), "offered on two desktops it would be restored and saved twice"
    second.write([draft(run="second")])
    first.write(left)
    second.close()
    assert {each.run for each in left_in(tmp_path)} == {"second"}, "the first had nothing of the second's to remove"
    first.close()


def test_who_finds_no_file_that_is_free_is_told(tmp_path: Path) -> None:
    open_ones = [opened(tmp_path)[0] for _each in range(8)]
    with pytest.raises(OSError, match="as many"):
        opened(tmp_path)
    for journal in open_ones:
        journal.close()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"drafts": 3}', '{"database": "", "user": 1, "drafts": []}'])
def test_a_file_that_makes_no_sense_is_put_aside(tmp_path: Path, content: str) -> None:
    journal, _left = opened(tmp_path)
    journal.write([draft()])
    journal.close()
    path = next(tmp_path.glob("*.json"))
    path.write_text(content, encoding="utf-8")
    journal, left = opened(tmp_path)
    assert left == ()
    journal.write([draft()])
    journal.close()
    assert len(left_in(tmp_path)) == 1


def test_a_torn_write_leaves_the_text_before(tmp_path: Path) -> None:
    journal, _left = opened(tmp_path)
    journal.write([draft(text="whole")])
    journal.close()
    next(tmp_path.glob("*.json")).with_suffix(".new").write_text('{"data', encoding="utf-8")
    assert left_in(tmp_path)[0].typed == {"note": "whole"}


def test_values_of_every_kind_of_field_come_back_as_they_were() -> None:
    typed = {
        "due": datetime(2031, 1, 2, 3, 4, tzinfo=UTC),
        "day": date(2031, 1, 2),
        "at": time(8, 30),
        "points": Decimal("1.2500"),
        "phones": ("1", "2"),
        "sites": frozenset({1, 2}),
        "days": [1, (2, None)],
        "custom": {"1": True, "2": {"x": 1.5}},
        "none": None,
    }
    kept = replace(draft(), typed=typed, base={})
    back = of_entry(json.loads(json.dumps(to_entry(kept))))
    assert back.typed == typed
    assert back == replace(kept, base=dict.fromkeys(typed))
    odd = to_entry(replace(kept, typed={"odd": object(), "long": "x" * (LONGEST + 1), "text": "kept"}))
    assert set(odd["fields"]) == {"text"}


def test_what_nobody_came_back_to_is_let_go(tmp_path: Path) -> None:
    journal, _left = opened(tmp_path)
    journal.write([draft(), replace(draft("old"), at=NOW - KEPT_FOR - timedelta(days=1))])
    journal.close()
    assert [each.record for each in left_in(tmp_path)] == ["tickets:7"]


class Heard:
    """What the keeper told."""

    def __init__(self) -> None:
        self.all: list[tuple[Draft, ...] | OSError] = []
        self.is_told = Event()

    def __call__(self, said: tuple[Draft, ...] | OSError) -> None:
        self.all.append(said)
        self.is_told.set()


def test_the_keeper_brings_it_to_the_disk_within_a_second_and_drops_it(tmp_path: Path) -> None:
    heard = Heard()
    keeper = DraftKeeper(Journal(tmp_path, "db", 1), heard)
    keeper.keep(draft(text="typed before it was open"))
    keeper.start()
    assert heard.is_told.wait(60)
    # Nothing was closed here: another process that reads the file now sees what was typed a second ago.
    sleeper = Event()
    for _attempt in range(600):
        if sleeper.wait(0.1) or list(tmp_path.glob("*.json")):
            break
    assert "typed before" in next(tmp_path.glob("*.json")).read_text(encoding="utf-8")
    keeper.drop(draft().key)
    keeper.close()
    assert left_in(tmp_path, "db") == ()


def test_what_is_typed_last_is_kept_by_closing(tmp_path: Path) -> None:
    keeper = DraftKeeper(Journal(tmp_path, "db", 1), Heard())
    keeper.start()
    keeper.keep(draft(text="last words"))
    keeper.close()
    assert left_in(tmp_path, "db")[0].typed == {"note": "last words"}


def test_a_disk_that_takes_nothing_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    heard = Heard()
    keeper = DraftKeeper(Journal(tmp_path / "file" / "drafts", "db", 1), heard)
    keeper.start()
    keeper.keep(draft())
    keeper.close()
    assert [type(each) for each in heard.all] == [NotADirectoryError, tuple]


_TYPIST = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from app.drafts.draft import Draft
from app.drafts.journal import Journal
from app.drafts.keeping import DraftKeeper
keeper = DraftKeeper(Journal(Path(sys.argv[1]), "db", 1), lambda said: None)
keeper.start()
text = ""
while True:
    text += "x"
    keeper.keep(Draft("tickets:7", "r", "Cohen", datetime.now(UTC), {"note": ""}, {"note": text}))
    print(len(text), flush=True)
    time.sleep(0.02)
"""


def test_of_a_process_killed_while_typing_no_more_than_a_second_is_lost(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TYPIST, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as typist:
        assert typist.stdout is not None
        typed = 0
        while typed < 80:
            typed = int(typist.stdout.readline())
        typist.kill()
    (left,) = left_in(tmp_path, "db")
    assert len(left.typed["note"]) >= typed - 50
