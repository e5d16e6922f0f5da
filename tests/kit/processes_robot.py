"""A desktop with the processes' screen, and hands that use it as a person would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from app.backend import Backend
from app.db.database import Database
from app.domain.people import Permission
from app.domain.processes.flow import ProcessDraft, StageDraft
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.processes import Stage
from app.services.processes.flow_saving import save_process
from app.services.processes.flows import LoadedProcess, list_processes, load_process
from app.services.processes.profiles import save_profile, set_user_profiles
from tests.kit.factory import add_user
from tests.kit.points_factory import add_scored_task, enter
from tests.kit.robot import Desktop
from ui.kit.bidi import bare
from ui.kit.screen import Person
from ui.processes import SCREEN
from ui.processes.boxes import StageBox
from ui.processes.editor import ProcessEditor
from ui.processes.rows import Rows
from ui.processes.scoring.history import HistoryWindow
from ui.processes.scoring.what_if import WhatIfWindow
from ui.processes.screen import ProcessesScreen
from ui.processes.ticks import TickList


@dataclass
class Shop:
    """Who and what there is in the database of a test."""

    boss: int
    dana: int
    sales: int
    service: int


def furnish(database: Database) -> Shop:
    """A company with an administrator, Dana who holds Sales, and a profile nobody holds."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        boss, dana = add_user(session, "Boss", "administrator").id, add_user(session, "Dana", "agent").id
    owner = Backend(database)
    sales, service = (owner.execute(save_profile, name, "worker").id for name in ("Sales", "Customer service"))
    owner.execute(set_user_profiles, dana, [sales])
    return Shop(boss, dana, sales, service)


def requests(shop: Shop) -> ProcessDraft:
    """A process with a way back and one that goes by a stage."""
    return ProcessDraft(
        "Requests",
        (
            StageDraft(-1, "Enquiry", shop.service, is_intake=True, due_hours=8, next=(-2, -5)),
            StageDraft(-2, "Quote", shop.sales, due_hours=48, next=(-3, -4)),
            StageDraft(-3, "Order", shop.sales, due_hours=24, next=(-4, -2, -5)),
            StageDraft(-4, "Delivery", due_hours=72, next=(-5, -1)),
            StageDraft(-5, "Done", is_final=True),
        ),
    )


class ProcessesDesk(Desktop):
    """One desktop on a database; `elsewhere` is a second one, whose writes are told as the feed tells them."""

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, shop: Shop) -> None:
        self.shop = shop
        super().__init__(database, folder, qtbot, Person(shop.boss, "Boss", frozenset(Permission)), [SCREEN])

    # --- Looking

    @property
    def screen(self) -> ProcessesScreen:
        """The screen."""
        screen = self.window.show_screen("processes")
        assert isinstance(screen, ProcessesScreen)
        return screen

    @property
    def editor(self) -> ProcessEditor:
        """The editor."""
        return self.screen.editor

    @property
    def draft(self) -> ProcessDraft:
        """What is drawn."""
        assert self.editor.sheet is not None
        return self.editor.sheet.draft

    def names(self) -> list[str]:
        """The stages drawn."""
        return [stage.name for stage in self.draft.stages]

    def leads(self) -> dict[str, list[str]]:
        """Which stages each stage leads to, by name."""
        names = {stage.key: stage.name for stage in self.draft.stages}
        return {stage.name: [names[key] for key in stage.next] for stage in self.draft.stages}

    def listed(self) -> list[str]:
        """The processes in the list."""
        lines = self.screen.list
        return [bare(lines.item(place).text()) for place in range(lines.count())]

    def kept(self, name: str) -> LoadedProcess:
        """A process as the database has it."""
        row = next(row for row in self.elsewhere.execute(list_processes) if row.name == name)
        return self.elsewhere.execute(load_process, row.id)

    def box(self, name: str) -> StageBox:
        """The box of a stage."""
        return next(box for box in self.editor.graph.boxes.values() if box.facts.stage.name == name)

    # --- Doing

    def choose(self, name: str) -> None:
        """Click a stage."""
        self.click(self.box(name))

    def write(self, text: str) -> None:
        """Type where the keyboard is, over what stands there."""
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        field.selectAll()
        QTest.keyClicks(field, text)

    def tick(self, ticks: TickList, name: str) -> None:
        """Click the box before a name."""
        lines: QListWidget = ticks.list
        item = next(lines.item(at) for at in range(lines.count()) if bare(lines.item(at).text()) == name)
        lines.scrollToItem(item)
        area = lines.visualItemRect(item)
        beside = area.right() - 16 if lines.isRightToLeft() else area.left() + 16
        QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(beside, area.center().y()))

    def type_into(self, field: QLineEdit, text: str) -> None:
        """Type into a field, over what stands there, whichever window is in front."""
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def score_last_month(self, name: str, count: int = 1) -> None:
        """Dana brings so many tasks of a customer to a stage in the middle of last month."""
        key = next(stage.key for stage in self.draft.stages if stage.name == name)
        middle = datetime.now(UTC).replace(day=1) - timedelta(days=15)
        with self.database.transaction() as session:
            customer = Customer(name="Rossi", search="rossi")
            session.add(customer)
            session.flush()
            dana, stage = session.get_one(User, self.shop.dana), session.get_one(Stage, key)
            for place in range(count):
                task = add_scored_task(session, dana, customer)
                enter(session, task, stage, dana, middle + timedelta(minutes=place))

    def history(self) -> HistoryWindow:
        """The settings of the chosen stage."""
        self.click(self.editor.stage_form.points.history_button)
        self.settle()
        window = self.window.findChild(HistoryWindow)
        assert window is not None
        return window

    def what_if(self) -> WhatIfWindow:
        """Last month under what is drawn."""
        self.click(self.editor.stage_form.points.trial_button)
        window = self.window.findChild(WhatIfWindow)
        assert window is not None
        self.qtbot.waitUntil(lambda: window.answer is not None and self.tasks.is_idle, timeout=60_000)
        return window

    def draw(self, draft: ProcessDraft) -> int:
        """A process saved elsewhere."""
        return self.elsewhere.execute(save_process, draft).id


def cells(table: Rows) -> list[list[str]]:
    """A table in words."""
    return [
        [bare(str(table.index(row, column).data())) for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot, *, drawn: bool = True) -> Iterator[ProcessesDesk]:
    """A desktop with its processes in front, everything read."""
    desk = ProcessesDesk(database, folder, qtbot, furnish(database))
    if drawn:
        desk.draw(requests(desk.shop))
    desk.window.show_screen("processes")
    desk.settle()
    yield desk
    desk.close()
