"""The head of the campaign in front: its name and state, and the questions before it starts and before it closes."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.domain.dialer.preflight import preflight
from app.domain.words import N_, message
from app.i18n import _
from app.services.dialer.campaigns import CampaignCard, CampaignRow, close_campaign, reopen
from app.services.dialer.preview import standing_now
from app.services.dialer.standing import Nobody
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.standing import StandingLine
from ui.widgets.styled import heading, icon_button, primary_button, push_button, secondary, tool_row

__all__ = ["CampaignHead"]

_STATES = (N_("Is open"), N_("Not started"), N_("Is closed"))


class CampaignHead(QWidget):
    """Signals: `copy_wanted()`, `cancelled()` when a question was answered with no, `turned()` after a start or an end.

    `lines` takes what else comes up under the head.
    """

    copy_wanted = Signal()
    cancelled = Signal()
    turned = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._row: CampaignRow | None = None
        self._asked: int | None = None
        self._counting = Latest(desk.tasks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_row())
        column.addWidget(self._build_lines())
        self.copy_button.clicked.connect(self.copy_wanted)
        self.close_button.clicked.connect(self.ask_close)
        self.start_button.clicked.connect(self.ask_start)
        self.confirm.clicked.connect(self._close)
        self.keep.clicked.connect(self.cancelled)
        self.go.clicked.connect(self._start)
        self.wait.clicked.connect(self.cancelled)
        Texts(self).redo(self._say)

    def _build_row(self) -> QWidget:
        holder, row = tool_row(spacing=8)
        self.title: QLabel = heading()
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.title)
        self.state = secondary()
        self.state.setWordWrap(False)
        row.addWidget(self.state)
        row.addStretch(1)
        self.history_button = icon_button("history", N_("History"))
        row.addWidget(self.history_button)
        self.copy_button = push_button(N_("Copy"), "copy")
        self.close_button = push_button(N_("Close the campaign"), "close")
        self.start_button = primary_button(N_("Start now"))
        for button in (self.copy_button, self.close_button, self.start_button):
            row.addWidget(button)
        return holder

    def _build_lines(self) -> QWidget:
        holder = QWidget()
        self.lines = QVBoxLayout(holder)
        self.lines.setContentsMargins(theme.scale(16), 0, theme.scale(16), 0)
        self.lines.setSpacing(theme.scale(8))
        self.confirm, self.keep = push_button(N_("Close"), look="danger"), push_button(N_("Keep"))
        self.question = StandingLine(self.confirm, self.keep)
        self.go, self.wait = primary_button(N_("Start now")), push_button(N_("Not yet"))
        self.preflight = StandingLine(self.go, self.wait)
        self.lines.addWidget(self.question)
        self.lines.addWidget(self.preflight)
        return holder

    def show_row(self, row: CampaignRow | None) -> None:
        """Show this campaign; a question stays as long as it is about it and still to be asked."""
        self._row = row
        for line, is_open in ((self.question, True), (self.preflight, False)):
            if row is None or row.id != self._asked or row.is_open is not is_open:
                line.say(None)
        self._say()

    def drop(self) -> None:
        """Ask nothing any more."""
        self._asked = None
        self.show_row(self._row)

    @property
    def has_question(self) -> bool:
        """Whether an answer is waited for."""
        return not self.question.isHidden() or not self.preflight.isHidden()

    def _say(self) -> None:
        row = self._row
        self.title.setText("" if row is None else row.name)
        self.state.setText("" if row is None else _(_STATES[0 if row.is_open else 1 if row.opened_at is None else 2]))
        self.copy_button.setVisible(row is not None)
        self.close_button.setVisible(row is not None and row.is_open)
        self.start_button.setVisible(row is not None and not row.is_open and self.preflight.isHidden())
        if row is not None:
            self.start_button.setText(_("Start now") if row.opened_at is None else _("Reopen"))

    # --- Start and end

    @Slot()
    def ask_start(self) -> None:
        """Before the start stands what it would mean."""
        row = self._row
        if row is not None and not row.is_open:
            self._asked = row.id
            self._counting.read(standing_now, row.id).then(self._ask_start)

    @Slot(object)
    def _ask_start(self, found: Nobody) -> None:
        row = self._row
        if row is not None and row.id == self._asked and not row.is_open:
            self.preflight.say(preflight(row.name, found.total, found.callable, found.blocked, row.agents))
            self.start_button.hide()
            self.go.setFocus(Qt.FocusReason.OtherFocusReason)
            self._desk.commands.refresh()

    @Slot()
    def _start(self) -> None:
        row = self._row
        self.drop()
        if row is not None:
            self._desk.tasks.write(reopen, row.id, row.version).then(self._turned, self._not_turned)

    @Slot()
    def ask_close(self) -> None:
        """Nobody closes a campaign by a slip."""
        row = self._row
        if row is not None and row.is_open:
            asked = N_("Close {name}? Whoever has a customer finishes with him; nobody new is given out.")
            self._asked = row.id
            self.question.say(message(asked, name=row.name))
            self.keep.setFocus(Qt.FocusReason.OtherFocusReason)
            self._desk.commands.refresh()

    @Slot()
    def _close(self) -> None:
        row = self._row
        self.drop()
        if row is not None:
            self._desk.tasks.write(close_campaign, row.id, row.version).then(self._turned, self._not_turned)

    @Slot(object)
    def _turned(self, card: CampaignCard) -> None:
        said = N_("{name} is open.") if card.is_open else N_("{name} is closed.")
        self._desk.messages.success(message(said, name=card.draft.name))
        self.turned.emit()

    @Slot(object)
    def _not_turned(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        self.turned.emit()
