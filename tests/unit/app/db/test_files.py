"""Where a database file may not lie: folders that several computers write."""

import sys
from pathlib import Path

import pytest

from app import bootstrap
from app.db import files
from app.domain.errors import Refused


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("Dropbox", "Dropbox"), ("Dropbox (Personal)", "Dropbox"), ("OneDrive - Acqua Chiara", "OneDrive"),
        ("Google Drive", "Google Drive"), ("Mobile Documents/com~apple~CloudDocs", "iCloud Drive"),
        ("nextcloud", "Nextcloud"),
    ],
)  # fmt: skip
def test_a_folder_that_is_kept_the_same_elsewhere_is_refused_by_name(tmp_path: Path, folder: str, service: str) -> None:
    with pytest.raises(Refused) as refusal:
        bootstrap.connect(str(tmp_path / folder / "work" / "callboard.sqlite"))
    assert (refusal.value.code, refusal.value.what.fields["service"]) == ("SYNCED", service)
    assert not (tmp_path / folder).exists()


@pytest.mark.parametrize(("mark", "service"), [(".stfolder", "Syncthing"), (".dropbox.cache", "Dropbox")])
def test_a_folder_is_known_by_what_its_service_leaves_in_it(tmp_path: Path, mark: str, service: str) -> None:
    (tmp_path / mark).mkdir()
    assert files.sync_service(tmp_path / "work" / "callboard.sqlite") == service


def test_other_names_are_no_reason(tmp_path: Path) -> None:
    bootstrap.connect(str(tmp_path / "Dropboxes" / "onedriven" / "callboard.sqlite")).close()


@pytest.mark.parametrize(
    ("path", "is_there"),
    [("\\\\server\\share\\c.sqlite", True), ("//server/share/c.sqlite", True), ("\\\\?\\C:\\c.sqlite", False)],
)
def test_windows_shares_are_remote(monkeypatch: pytest.MonkeyPatch, path: str, is_there: bool) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(Path, "absolute", lambda self: path)
    assert files.is_remote(Path(path)) is is_there
