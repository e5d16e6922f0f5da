"""What one's log-in may do with every table, as the server says it, and a look into any of them to try it."""

from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from app.domain.rights import Reach, TableRight, Tried
from app.domain.words import N_, Message, counted, message
from app.i18n import _, say
from app.services.people.rights import rights, try_table
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.beside import BesideWindow
from ui.widgets.empty import EmptyState
from ui.widgets.styled import push_button, secondary, styled
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

__all__ = ["RightsWindow"]

_HEADERS = (N_("Table"), N_("Sees"), N_("Adds"), N_("Changes"), N_("Removes"))
_WORDS = {Reach.ALL: N_("All rows"), Reach.SOME: N_("Some rows"), Reach.NONE: N_("Nothing")}


class RightsWindow(BesideWindow):
    """The tables, what is closed in the colour of danger; below them the answer to the last look."""

    name: ClassVar[str] = N_("What my log-in may do")
    key: ClassVar[str] = "rights"
    size_at_first: ClassVar[tuple[int, int]] = (760, 620)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.texts.bind(self.title.setText, N_("The server itself says what this log-in sees and changes"))
        self._everywhere = secondary(
            N_("The same holds on every road to the data: in this program, in another, and in plain SQL.")
        )
        self.body.addWidget(self._everywhere)
        self.rows: tuple[TableRight, ...] = ()
        self.model = TextTable(_HEADERS, self)
        self.table = TableView()
        self.table.setModel(self.model)
        self.table.setSortingEnabled(False)
        self.texts.bind(self.table.setAccessibleName, N_("Rights by table"))
        self.empty = EmptyState(
            "database",
            N_("This file is yours alone"),
            N_("Whoever can read it sees everything. Rights by person need a server."),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.body.addWidget(self.stack, 1)
        self.answer = styled(QLabel(), "body")
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setWordWrap(True)
        self.body.addWidget(self.answer)
        self.try_button = push_button(N_("Look into this table"), "search")
        self.try_button.setDefault(True)
        self.foot.insertWidget(0, self.try_button)
        self._read = Latest(desk.tasks)
        self._look = Latest(desk.tasks)
        self.tried: Tried | None = None
        self._said: Message | None = None
        self._connect()

    def _connect(self) -> None:
        self.try_button.clicked.connect(self.look)
        self.table.opened.connect(self._open)
        self.texts.redo(self._fill, key="rows")
        self._read.read(rights).then(self._show)

    def _show(self, found: tuple[TableRight, ...]) -> None:
        self.rows = found
        self.stack.setCurrentWidget(self.table if found else self.empty)
        for said_of_a_server in (self.title, self._everywhere, self.try_button):
            said_of_a_server.setVisible(bool(found))
        self._fill()
        if found:
            self.table.selectRow(0)
            self.table.resizeColumnsToContents()

    def _fill(self) -> None:
        chosen = self.table.currentIndex().row()
        self.model.show_rows(
            [
                (row.table, *(_(_WORDS[each]) for each in (row.sees, row.adds, row.changes, row.removes)))
                for row in self.rows
            ],
            [at for at, row in enumerate(self.rows) if row.is_closed],
        )
        if 0 <= chosen < len(self.rows):
            self.table.selectRow(chosen)
        self.answer.setText("" if self._said is None else say(self._said))

    def choose(self, table: str) -> None:
        """Go to a table's row."""
        at = next(at for at, row in enumerate(self.rows) if row.table == table)
        self.table.selectRow(at)
        self.table.scrollTo(self.model.index(at, 0))

    @Slot(QModelIndex)
    def _open(self, _index: QModelIndex) -> None:
        self.look()

    @Slot()
    def look(self) -> None:
        """Ask the server for the rows of the chosen table, and tell what it answers."""
        at = self.table.currentIndex().row()
        if 0 <= at < len(self.rows):
            self._look.read(try_table, self.rows[at].table).then(self._tell)

    def _tell(self, tried: Tried) -> None:
        self.tried, name = tried, isolate(tried.table)
        if tried.is_refused:
            self._said = message(N_("The server refused: this log-in may not look into {table}."), table=name)
        elif tried.is_more:
            self._said = message(
                N_("The server shows more than {count} rows of {table}."), count=tried.rows, table=name
            )
        else:
            self._said = counted(
                "The server shows {count} row of {table}.", "The server shows {count} rows of {table}.",
                tried.rows, table=name,
            )  # fmt: skip
        styled(self.answer, "error" if tried.is_refused else "body")
        self.answer.setText(say(self._said))
