"""What is typed survives the program: whole files, the newest text, nobody else's."""

import os
import stat
from pathlib import Path

import pytest

from ui.dialer.desk.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "calls", "1@office")


def test_the_newest_text_stays_whatever_order_the_threads_write_in(journal):
    older, newer = journal.ticket(), journal.ticket()
    assert journal.keep("a", newer, {"note": "new"})
    assert not journal.keep("a", older, {"note": "old"})
    assert journal.entries() == {"a": {"note": "new"}}


def test_half_a_letter_is_kept_as_every_other_for_this_users_eyes_only(journal):
    assert journal.keep("a", journal.ticket(), {"note": "שלום \ud800"})
    assert journal.entries() == {"a": {"note": "שלום \ud800"}}
    assert {stat.S_IMODE(path.stat().st_mode) for path in journal.folder.iterdir()} == {0o600}


def test_what_the_server_has_is_not_written_again(journal):
    late = journal.ticket()
    journal.keep("a", journal.ticket(), {"note": "x"})
    journal.drop("a")
    assert not journal.keep("a", late, {"note": "late"})
    assert journal.entries() == {}


def test_another_person_on_this_computer_neither_sees_nor_loses_it(journal):
    journal.keep("a", journal.ticket(), {"note": "mine"})
    other = Journal(journal.folder, "2@office")
    assert other.entries() == {}
    assert Journal(journal.folder, "1@office").entries() == {"a": {"note": "mine"}}


def test_a_crash_while_writing_leaves_the_text_before(journal, monkeypatch):
    journal.keep("a", journal.ticket(), {"note": "before"})

    def crash(_handle: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError):
        journal.keep("a", journal.ticket(), {"note": "after"})
    monkeypatch.undo()
    assert Journal(journal.folder, "1@office").entries() == {"a": {"note": "before"}}


def test_the_text_is_on_the_disk_before_it_takes_its_place(journal, monkeypatch):
    steps = []
    flush, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("disk"), flush(handle)))
    monkeypatch.setattr(Path, "replace", lambda path, target: (steps.append("place"), replace(path, target))[1])
    journal.keep("a", journal.ticket(), {"note": "x"})
    assert steps[:2] == ["disk", "place"]


def test_garbage_is_left_alone(journal):
    journal.keep("a", journal.ticket(), {"note": "x"})
    (journal.folder / "b.json").write_text("{")
    (journal.folder / "c.json").write_text("[]")
    assert list(journal.entries()) == ["a"]
    assert (journal.folder / "b.json").exists()
