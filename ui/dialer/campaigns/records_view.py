"""A list with the form of the chosen entry beside it: the widgets of a page of entries."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.merging import Clash
from app.domain.words import N_, Message
from ui.dialer.campaigns.page import CampaignPage
from ui.kit import theme
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.widgets.merge.window import Asked
from ui.widgets.page import ScrolledPage
from ui.widgets.standing import StandingLine
from ui.widgets.styled import foot_row, heading, icon_button, primary_button, push_button, secondary, styled

__all__ = ["EntryForm", "RecordsView"]


class EntryForm(QWidget):
    """The fields of an entry. Signal: `edited()` by the person."""

    edited = Signal()

    def fill(self, draft: Any, row: Any) -> None:
        """Show this; what means the same is left alone. `row` is None for a new entry."""
        raise NotImplementedError

    def draft(self) -> Any:
        """What the fields hold."""
        raise NotImplementedError

    def asked(self, clash: Clash) -> Asked:
        """A field that two people changed, as it is called here."""
        raise NotImplementedError

    def complain(self, problems: Mapping[str, Message]) -> None:
        """Say under the fields what is wrong with them and go to the first."""
        raise NotImplementedError

    def begin(self) -> None:
        """Put the cursor where an entry begins."""


class RecordsView(CampaignPage):
    """Texts and columns, and how entries are read and saved, are said by its subclass.

    Up, Down and Delete are there where `can_move` and `can_delete`.
    """

    key = ""
    about = ""
    new_text = ""
    columns: tuple[tuple[str, int], ...] = ()
    can_move = False
    can_delete = False

    def __init__(self, desk: Desk, form: EntryForm) -> None:
        super().__init__(desk)
        self.form = form
        self._build()

    # --- What a subclass says

    def read(self, reading: Latest) -> Job[Any]:
        """Ask for the entries of the campaign in front."""
        raise NotImplementedError

    def draft_of(self, row: Any) -> Any:
        """What can be changed of an entry."""
        return row.draft

    def version_of(self, row: Any) -> int:
        """The version that was seen."""
        return int(row.version)

    def editing(self, draft: Any, version: int | None = None) -> Editing[Any]:
        """An entry about to be changed."""
        return Editing(draft, version)

    def blank(self) -> Any:
        """What a new entry begins with."""
        raise NotImplementedError

    def cells(self, draft: Any, row: Any) -> tuple[str, ...]:
        """What stands in the columns."""
        raise NotImplementedError

    def picture(self, draft: Any, row: Any) -> QIcon | None:
        """What stands before the first column."""
        return None

    def is_muted(self, draft: Any, row: Any) -> bool:
        """Whether the entry is out of use."""
        return False

    def tick(self, row: Any) -> bool | None:
        """Whether the entry is ticked; None where there is nothing to tick."""
        return None

    def can_edit(self, row: Any) -> bool:
        """Whether the fields of an entry can be changed."""
        return True

    def problems(self, draft: Any, row: Any) -> Mapping[str, Message]:
        """What keeps an entry from being saved."""
        return {}

    def write(self, draft: Any, row: Any, seen: Editing[Any]) -> Job[Any]:
        """Save an entry; the answer is the row, or all of them."""
        raise NotImplementedError

    def write_tick(self, row: Any, *, on: bool) -> Job[Any]:
        """Tick an entry, or not."""
        raise NotImplementedError

    def write_move(self, row: Any, *, up: bool) -> Job[Any] | None:
        """Put an entry one place earlier or later."""
        raise NotImplementedError

    def write_delete(self, row: Any) -> Job[Any]:
        """Remove an entry."""
        raise NotImplementedError

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        column.addWidget(self.splitter)
        self.splitter.addWidget(self._build_list())
        self.splitter.addWidget(self._build_side())
        self.splitter.setStretchFactor(0, 1)
        if not self.desk.memory.splitter(self.splitter, f"campaigns.{self.key}"):
            self.splitter.setSizes([theme.scale(720), theme.scale(420)])

    def _build_list(self) -> QWidget:
        holder = styled(QWidget(), "surface")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(holder)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        column.setSpacing(theme.scale(8))
        row = QHBoxLayout()
        row.setSpacing(theme.scale(4))
        column.addWidget(secondary(self.about))
        self.up_button: QToolButton = icon_button("sort-up", N_("One place earlier"))
        self.down_button: QToolButton = icon_button("sort-down", N_("One place later"))
        self.delete_button: QToolButton = icon_button("delete", N_("Delete"))
        self.new_button: QPushButton = push_button(self.new_text or N_("New entry"), "new")
        tools = QWidget()
        tools.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        for button, is_there in (
            (self.new_button, bool(self.new_text)),
            (self.up_button, self.can_move),
            (self.down_button, self.can_move),
            (self.delete_button, self.can_delete),
        ):
            row.addWidget(button)
            button.setVisible(is_there)
            if button is self.new_button:
                row.addStretch(1)
        tools.setVisible(bool(self.new_text) or self.can_move or self.can_delete)
        column.addWidget(tools)
        self.confirm, self.keep = push_button(N_("Delete"), look="danger"), push_button(N_("Keep"))
        self.question = StandingLine(self.confirm, self.keep)
        column.addWidget(self.question)
        self.list = QTreeWidget()
        self.list.setColumnCount(len(self.columns))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(18, 18))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.list.header()
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for place, (_text, width) in enumerate(self.columns):
            header.resizeSection(place, theme.scale(width))
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)
        return holder

    def _build_side(self) -> QWidget:
        side = styled(QWidget(), "pane")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = styled(QWidget(), "pane")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        lines.setSpacing(theme.scale(12))
        self.title = heading()
        # As wide as its text: a label that is wider puts a name of another script at the other edge.
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.title.setMinimumWidth(theme.scale(40))
        lines.addWidget(self.title)
        self.above = QVBoxLayout()
        lines.addLayout(self.above)
        lines.addWidget(self.form)
        lines.addStretch(1)
        self.scrolled = ScrolledPage(inner, theme.scale(340))
        column.addWidget(self.scrolled, 1)
        foot, row = foot_row()
        row.addStretch(1)
        self.cancel_button, self.save_button = push_button(N_("Cancel")), primary_button(N_("Save"))
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        column.addWidget(foot)
        return side
