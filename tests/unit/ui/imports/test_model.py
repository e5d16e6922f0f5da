from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester

from ui.imports.model import PreviewTable, RefusedTable
from ui.imports.work import RefusedRow
from ui.kit.bidi import bare


def test_the_preview_keeps_the_contract_of_models(qtmodeltester: ModelTester) -> None:
    model = PreviewTable()
    qtmodeltester.check(model)
    model.show_rows(("Name", "", "Note"), (("Anna", "1", "two\nlines"), ("דן", "2", "")))
    model.set_used(frozenset({0}))
    qtmodeltester.check(model)
    assert (model.rowCount(QModelIndex()), model.columnCount(QModelIndex())) == (2, 3)
    assert model.index(0, 2).data() == "\u2068two lines\u2069"
    assert model.index(0, 2).data(Qt.ItemDataRole.EditRole) == "two\nlines"
    assert model.index(0, 0).data(Qt.ItemDataRole.ForegroundRole) is None
    assert model.index(0, 1).data(Qt.ItemDataRole.ForegroundRole) is not None
    titles = [bare(model.headerData(column, Qt.Orientation.Horizontal)) for column in range(3)]
    assert titles == ["Name", "Column 2", "Note"]


def test_the_refused_rows_keep_the_contract_of_models(qtmodeltester: ModelTester) -> None:
    model = RefusedTable()
    model.show_rows([RefusedRow(3, "“x” is not a date that can be read.")])
    qtmodeltester.check(model)
    assert [bare(str(model.index(0, column).data())) for column in (0, 1)] == [
        "3",
        "“x” is not a date that can be read.",
    ]
