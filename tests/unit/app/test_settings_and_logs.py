"""Settings that survive bad files, and a log without secrets."""

import json
import logging
from pathlib import Path

import pytest

from app import logs
from app.settings import KnownDatabase, Setting, Settings, SettingStore


def test_what_was_chosen_is_there_next_time(tmp_path: Path):
    settings = Settings(tmp_path / "settings.json")
    settings.language = "he"
    settings.planner_snap = 30
    again = Settings(tmp_path / "settings.json")
    assert (again.language, again.planner_snap, again.theme) == ("he", 30, "system")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"planner.snap_minutes": 7, "appearance.font_percent": "big"}'])
def test_a_file_that_makes_no_sense_reads_as_defaults(tmp_path: Path, content: str):
    path = tmp_path / "settings.json"
    path.write_text(content, encoding="utf-8")
    settings = Settings(path)
    assert (settings.planner_snap, settings.font_percent) == (15, 100)


def test_keys_of_a_newer_program_are_kept(tmp_path: Path):
    path = tmp_path / "settings.json"
    path.write_text('{"dialer.volume": 3}', encoding="utf-8")
    Settings(path).theme = "dark"
    assert json.loads(path.read_text(encoding="utf-8")) == {"dialer.volume": 3, "appearance.theme": "dark"}


def test_a_value_that_is_not_allowed_is_refused(tmp_path: Path):
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(ValueError, match=r"planner\.snap_minutes"):
        settings.planner_snap = 7


def test_two_settings_with_one_key_are_a_mistake():
    with pytest.raises((AssertionError, RuntimeError)):
        type("Twice", (SettingStore,), {"one": Setting("a", 1), "two": Setting("a", 2)})


def test_listeners_hear_of_changes_only(tmp_path: Path):
    settings, heard = Settings(tmp_path / "settings.json"), []
    settings.listen(heard.append)
    settings.theme = "dark"
    settings.theme = "dark"
    assert heard == ["appearance.theme"]


def test_databases_are_remembered_last_first_and_once(tmp_path: Path):
    settings = Settings(tmp_path / "settings.json")
    for name in ("one", "two", "one"):
        settings.remember_database(KnownDatabase(name, f"sqlite:///{name}"))
    settings.remember_user("sqlite:///one", "dana")
    again = Settings(tmp_path / "settings.json")
    assert [known.name for known in again.databases] == ["one", "two"]
    assert again.last_user("sqlite:///one") == "dana"


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u7:hunter2@server/callboard is gone",
        "connect host=server password=hunter2 user=u7",
        "Password: hunter2",
        "postgresql+psycopg://u7:p@ss:hunter2@server/callboard",
    ],
)
def test_the_log_holds_no_password(tmp_path: Path, text: str):
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%s", (text,), None)
    line = json.loads(logs.JsonLines().format(record))
    assert "hunter2" not in line["text"]


def test_a_trace_is_one_line_of_json(tmp_path: Path):
    log = logging.getLogger("tests.trace")
    handler = logging.FileHandler(tmp_path / "log")
    handler.setFormatter(logs.JsonLines())
    log.addHandler(handler)
    try:
        raise KeyError("postgresql://u7:hunter2@server")
    except KeyError:
        log.exception("fell")
    handler.close()
    log.removeHandler(handler)
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert line["level"] == "error"
    assert "KeyError" in line["trace"]
    assert "hunter2" not in line["trace"]


def test_the_proof_of_a_password_in_a_statement_is_blotted_out():
    said = "[SQL: ALTER ROLE CURRENT_USER PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy']"
    assert logs.blot(said) == "[SQL: ALTER ROLE CURRENT_USER PASSWORD ***"
    assert logs.blot("The password is wrong.") == "The password is wrong."
