"""From an address to an open database."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app import bootstrap
from app.bus import RowsChanged
from app.db import files
from app.db.database import Database
from app.domain.errors import Refused, SchemaMismatch
from app.services.processes.named import save_site


@pytest.mark.parametrize("typed", ["u7", "7", "crm_u7"])
def test_a_log_in_is_typed_short_or_whole(typed: str) -> None:
    address = bootstrap.ServerAddress("db.example.com", "crm", typed, 5433)
    assert address.url("p@ss/word") == "postgresql://crm_u7:p%40ss%2Fword@db.example.com:5433/crm"
    assert bootstrap.parts_of(address.url("x")).login == "crm_u7"


def test_a_safer_line_or_a_second_server_leads_to_the_same_drafts() -> None:
    plain = bootstrap.ServerAddress("db.example.com", "crm", "u7")
    safer = replace(plain, tls=bootstrap.Tls.SYSTEM, second="other.example.com")
    assert bootstrap.place_of(safer.url("")) == bootstrap.place_of(plain.url("")) == "db.example.com:5432/crm"
    assert bootstrap.place_of(replace(plain, port=5433).url("")) != bootstrap.place_of(plain.url(""))
    assert (bootstrap.place_of("/home/dana/a.sqlite"), bootstrap.place_of("")) == ("/home/dana/a.sqlite", "")


def test_a_file_is_made_for_one_pair_of_eyes_and_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "callboard.sqlite"
    workplace = bootstrap.open_desktop(str(path))
    assert (workplace.is_server, path.stat().st_mode & 0o777) == (False, 0o600)
    assert [child.stat().st_mode & 0o077 for child in path.parent.iterdir()] == [0] * len(list(path.parent.iterdir()))
    workplace.close()
    bootstrap.open_database(str(path)).close()


def test_a_server_is_not_upgraded_by_opening_it(empty_postgresql_url: str) -> None:
    with pytest.raises(SchemaMismatch) as refusal:
        bootstrap.open_database(empty_postgresql_url)
    assert refusal.value.hint is not None
    assert "callboard db upgrade" in refusal.value.hint.text


def test_a_newer_file_is_refused_and_left_alone(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(SchemaMismatch):
        bootstrap.open_database(sqlite_url)


def test_a_network_drive_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mounts = f"/dev/sda1 / ext4 rw 0 0\nserver:/share {tmp_path}/shared\\040files nfs4 rw 0 0\n"
    monkeypatch.setattr(files, "read_mounts", lambda: mounts)
    assert files.is_remote(tmp_path / "shared files" / "callboard.sqlite")
    assert not files.is_remote(tmp_path / "callboard.sqlite")
    with pytest.raises(Refused) as refusal:
        bootstrap.connect(str(tmp_path / "shared files" / "callboard.sqlite"))
    assert refusal.value.code == "REMOTE"


def test_two_desktops_on_one_file_hear_each_other(tmp_path: Path) -> None:
    """What one writes reaches the other's bus."""
    from threading import Event

    path = str(tmp_path / "callboard.sqlite")
    one, other = bootstrap.open_desktop(path), bootstrap.open_desktop(path)
    heard = Event()
    other.bus.subscribe(RowsChanged, lambda event: heard.set() if event.table == "sites" else None)
    other._feed.start()
    other.try_again()
    try:
        for number in range(300):
            one.backend.execute(save_site, f"Site {number}")
            if heard.wait(0.2):
                break
        assert heard.is_set()
    finally:
        one.close()
        other.close()
