import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from app.domain.imports.fields import Kind
from app.services.imports.report import Report
from tests.unit.ui.imports.conftest import Place
from ui.kit.translate import apply_language

ROWS = "Codice;Nome;Telefono;Colore\nC1;Anna;02 12345678;rosso\nC2;;;verde\nC3;Dan;347 1234567;blu\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "clienti.csv"
    made.write_text(ROWS, encoding="utf-8")
    return made


def figures(place: Place) -> list[str]:
    return [place.screen.result.figures[name].text() for name in ("read", "added", "updated", "unchanged", "refused")]


def choose(place: Place, column: int, field: str) -> None:
    box = place.screen.header.box(column)
    box.setCurrentIndex(box.findData(field))
    box.activated.emit(box.currentIndex())


@pytest.mark.row("Q14")
def test_a_file_is_shown_tried_and_brought_in(place: Place, path: Path, tmp_path: Path) -> None:
    screen = place.screen
    assert not screen.import_button.isEnabled()
    place.open(path)
    assert screen.mapping() == {0: "external_key", 1: "name", 2: "phones"}
    assert screen.preview.rowCount() == 3
    place.qtbot.mouseClick(screen.dry_run_button, Qt.MouseButton.LeftButton)
    place.settle()
    assert figures(place) == ["3", "2", "0", "0", "1"]
    assert screen.result.title.text().startswith("Dry run of")
    assert place.customers() == 0
    place.qtbot.mouseClick(screen.import_button, Qt.MouseButton.LeftButton)
    place.settle()
    assert figures(place) == ["3", "2", "0", "0", "1"]
    assert place.customers() == 2
    assert screen.result.rows.index(0, 0).data() == "3"
    screen.save_refused_to(tmp_path / "kept.csv")
    place.settle()
    assert "C2" in (tmp_path / "kept.csv").read_text(encoding="utf-8-sig")
    place.qtbot.mouseClick(screen.import_button, Qt.MouseButton.LeftButton)
    place.settle()
    assert figures(place) == ["3", "0", "0", "2", "1"]


def test_a_field_of_one_column_moves_when_it_is_chosen_for_another(place: Place, path: Path) -> None:
    place.open(path)
    choose(place, 3, "name")
    assert place.screen.mapping() == {0: "external_key", 2: "phones", 3: "name"}
    choose(place, 1, "phones")
    assert place.screen.mapping()[2] == place.screen.mapping()[1] == "phones"


def test_without_a_telling_column_nothing_can_be_imported(place: Place, path: Path) -> None:
    place.open(path)
    choose(place, 1, "")
    assert place.screen.import_button.isEnabled()
    choose(place, 2, "")
    assert not place.screen.import_button.isEnabled()
    assert not place.screen.dry_run_button.isEnabled()
    assert "No column" in place.screen.advice.text()


def test_columns_are_saved_by_name_and_taken_again(place: Place, path: Path) -> None:
    place.open(path)
    choose(place, 3, "notes")
    place.screen.options.name.setText("Fornitore")
    place.qtbot.keyClick(place.screen.options.name, Qt.Key.Key_Return)
    place.settle()
    place.open(path)
    assert 3 not in place.screen.mapping()
    box = place.screen.options.mappings
    box.setCurrentIndex(box.findData("Fornitore"))
    box.activated.emit(box.currentIndex())
    place.settle()
    assert place.screen.mapping()[3] == "notes"


def test_another_reading_of_the_file_can_be_chosen(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("Nome;Città\nNiccolò;Forlì\n".encode("windows-1252"))
    place.open(path)
    box = place.screen.options.encoding
    assert box.currentData() == "windows-1252"
    box.setCurrentIndex(box.findData("utf-8-sig"))
    box.activated.emit(box.currentIndex())
    place.settle()
    assert "cannot be read as UTF-8" in place.told[-1].words()
    assert box.currentData() == "windows-1252"
    assert place.screen.preview.rowCount() == 1


def test_a_bad_file_is_told_and_the_open_one_stays(place: Place, path: Path, tmp_path: Path) -> None:
    place.open(path)
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    place.open(bad)
    assert "not a table" in place.told[-1].words()
    assert place.screen.file_name.text() == "clienti.csv"
    assert place.screen.import_button.isEnabled()


def test_a_file_can_be_dropped(place: Place, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    place.screen.dropEvent(event)
    place.settle()
    assert place.screen.file_name.text() == "clienti.csv"


def test_a_cancelled_import_leaves_nothing(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.csv"
    path.write_text("Nome\n" + "".join(f"Anna {number}\n" for number in range(5000)), encoding="utf-8")
    place.open(path)
    reached, go_on = threading.Event(), threading.Event()

    def hold(_done: int, _total: int) -> None:
        reached.set()
        go_on.wait(60)

    from ui.kit.tasks import Progress

    original = Progress.__call__
    monkeypatch.setattr(
        Progress, "__call__", lambda self, done, total: (hold(done, total), original(self, done, total))
    )
    place.screen.run()
    assert reached.wait(60)
    assert not place.screen.import_button.isEnabled()
    place.screen.busy.cancel()
    go_on.set()
    place.settle()
    assert place.customers() == 0
    assert place.told[-1].words() == "The import was stopped. Nothing was imported."
    assert place.screen.import_button.isEnabled()


def test_a_cancel_that_comes_too_late_tells_what_was_imported(
    place: Place, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.open(path)
    done, go_on = threading.Event(), threading.Event()

    def imported(*_args: object, **_options: object) -> Report:
        done.set()
        go_on.wait(60)
        return Report(3, 2, 0, 0, 0)

    monkeypatch.setattr("ui.imports.work.run_import", imported)
    place.screen.run()
    assert done.wait(60)
    place.screen.busy.cancel()
    go_on.set()
    place.settle()
    assert figures(place)[:2] == ["3", "2"]
    assert not place.told


def test_a_switch_of_language_keeps_file_columns_and_kind(place: Place, path: Path, qapp: QApplication) -> None:
    place.screen.kind.setCurrentIndex(place.screen.kind.findData(Kind.CUSTOMERS.value))
    place.open(path)
    choose(place, 3, "notes")
    before = place.screen.mapping()
    apply_language(qapp, "he")
    assert place.screen.mapping() == before
    assert place.screen.chosen_kind is Kind.CUSTOMERS
    assert place.screen.header.box(1).currentText() == "שם"
