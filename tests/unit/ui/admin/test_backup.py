"""The page of the backup: made, kept, gone back to; and for a server the line its keeper runs."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from app import bootstrap
from app.adapters.backup import of_file
from app.db.database import Database
from app.models.places import Site
from app.settings import Settings
from tests.unit.ui.admin.conftest import Hands
from ui.admin.backup_seat import SeatBackups
from ui.admin.backup_view import BackupView
from ui.main_window.daily_backup import DailyBackup


def opened(hands: Hands) -> BackupView:
    """The page, by its command."""
    assert hands.window.desk.commands.run("admin.backup")
    view = hands.screen.stack.currentWidget()
    assert isinstance(view, BackupView)
    hands.wait(lambda: hands.tasks.is_idle)
    return view


def of_seat(hands: Hands) -> SeatBackups:
    """The part for a file."""
    seat = opened(hands).seat
    assert seat is not None
    return seat


a_file = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
a_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@a_server
def test_of_a_server_the_lines_its_keeper_runs_are_there_to_copy(hands: Hands) -> None:
    server = opened(hands).server
    assert server is not None
    assert "_migrator@" in server.backup.text.text()
    server.backup.copy_button.click()
    assert QGuiApplication.clipboard().text().startswith("callboard backup --database postgresql://")
    assert "callboard restore FILE --replace --database postgresql://postgres@" in server.restore.text.text()


@a_file
@pytest.mark.row("R-X1")
def test_a_backup_is_made_by_hand_and_gone_back_to(hands: Hands, tmp_path: Path) -> None:
    seat = of_seat(hands)
    assert seat.last.text() == "There is none yet."
    assert not seat.restore_button.isEnabled()
    seat.now_button.click()
    hands.wait(lambda: seat.table.model().rowCount() == 1)
    assert "Backed up to" in hands.notices[-1].words()
    (path,) = (tmp_path / "backups").iterdir()
    live = tmp_path / "callboard.sqlite"
    before = of_file.tables(live)
    with hands.backend.database.transaction() as session:
        session.add(Site(name="Since"))
    seat.table.selectRow(0)
    seat.restore_button.click()
    hands.wait(seat.strip.isVisible)
    assert "Go back to \u2068Galil\u2069 as of" in seat.strip.text.text()
    button = seat.strip.findChild(type(seat.now_button), "confirm")
    assert button is not None
    button.click()
    hands.wait(lambda: hands.window.is_logging_out)
    hands.backend.database.close()
    bootstrap.connect(str(live)).close()
    assert of_file.tables(live) == before == of_file.tables(path)


@a_file
def test_a_file_that_is_no_backup_is_refused_before_anything_is_asked(hands: Hands, tmp_path: Path) -> None:
    seat = of_seat(hands)
    (tmp_path / "letter.txt").write_text("Dear Dana")
    seat.look_at(tmp_path / "letter.txt")
    hands.wait(lambda: bool(hands.notices))
    assert "letter.txt is no backup of Callboard." in hands.notices[-1].words()
    assert seat.strip.isHidden()


@a_file
def test_folder_and_number_are_settings_with_effect(hands: Hands, tmp_path: Path) -> None:
    seat = of_seat(hands)
    seat.kept.setValue(2)
    hands.window.desk.preferences.put(Settings.backup_folder, str(tmp_path / "elsewhere"))
    hands.wait(lambda: "elsewhere" in seat.folder.text())
    daily = DailyBackup(hands.window.desk, hands.window)
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        of_file.back_up(tmp_path / "callboard.sqlite", tmp_path / "elsewhere" / f"callboard-daily-{day}.sqlite")
    daily.begin()
    hands.wait(lambda: len(list((tmp_path / "elsewhere").iterdir())) == 2)
    assert not hands.notices


@a_file
def test_a_damaged_file_is_told_with_the_newest_good_backup(hands: Hands, tmp_path: Path) -> None:
    live = tmp_path / "callboard.sqlite"
    good = of_file.back_up(live, tmp_path / "backups" / "callboard-daily-2026-01-01.sqlite")
    (tmp_path / "backups" / "callboard-daily-2026-01-02.sqlite").write_bytes(good.read_bytes()[:8192])
    hands.backend.database.close()
    _spoil(live)
    DailyBackup(hands.window.desk, hands.window).begin()
    hands.wait(lambda: any("is damaged" in notice.words() for notice in hands.notices))
    told = next(notice for notice in hands.notices if "is damaged" in notice.words())
    assert "callboard-daily-2026-01-01.sqlite" in told.words()
    assert told.offer is not None
    assert len(list((tmp_path / "backups").iterdir())) == 2


def _spoil(live: Path) -> None:
    """Write over the pages of one table, as a failing disk does."""
    database = Database(f"sqlite:///{live}")
    with database.reading() as session:
        connection = session.connection()
        root = connection.exec_driver_sql("SELECT rootpage FROM sqlite_schema WHERE name = 'notes'").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    database.close()
    with live.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
