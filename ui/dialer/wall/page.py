"""The wall: a calm live board of desks and of today's calls, for whoever runs the campaigns."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.domain.dialer.desk_states import STATES
from app.domain.words import N_
from app.i18n import _, format_number, say
from app.services.dialer.asked import Asked, Choices, choices
from app.services.dialer.wall import Touches, Wall, first_touches, wall
from ui.dialer.wall.agents import TONES, AgentsModel, counts
from ui.dialer.wall.tiles import Tile, Tiles
from ui.dialer.wall.waits import rate, wait
from ui.kit import theme
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import secondary, styled, tool, tool_row
from ui.widgets.table import TableView

if TYPE_CHECKING:
    from ui.dialer.wall.board import Board

__all__ = ["WallPage"]

TABLES = Command("wall.tables", N_("Charts or tables"), "list", "Alt+T", "campaigns")

_FOLLOWED = frozenset({"call_attempts", "desk_spans"})
_PAUSE = 1_500
_LOOK = 15_000
_TOUCHES = 60_000


class _Split(QSplitter):
    """Desks over charts: they take what is left, and ask for no more than they can be read in."""

    def sizeHint(self) -> QSize:
        """The least height."""
        return QSize(super().sizeHint().width(), self.minimumHeight())


class WallPage(QWidget):
    """Reads while it is seen: soon after calls or desks have changed, and now and then for desks that fell silent."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._campaign_id: int | None = None
        self._reading, self._touching, self._choosing = (Latest(desk.tasks) for _number in range(3))
        self.answer: Wall | None = None
        self._touches: Touches | None = None
        self._choices: Choices | None = None
        self.board: Board | None = None
        self.campaign = Picker(nothing=N_("All campaigns"))
        self.pool, self.group = Picker(nothing=N_("All pools")), Picker(nothing=N_("All groups"))
        self.told = secondary()
        self.told.setWordWrap(False)
        self.model = AgentsModel(self)
        self.table = TableView(several=False)
        self.table.setModel(self.model)
        names = ("calls", "rate", "skips", "touch")
        self.tiles = Tiles({**{state: Tile(*TONES[state]) for state in TONES}, **{name: Tile() for name in names}})
        acts = ((1000, self.model.tick), (_LOOK, self.read), (_TOUCHES, self._ask_touches))
        self._timers = [self._timer(pause, act) for pause, act in acts]
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE)
        self._soon.timeout.connect(self.read)
        self._action = desk.commands.add(TABLES, self.turn, owner=self)
        self._build()
        self._connect()

    def _timer(self, pause: int, do: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(pause)
        timer.timeout.connect(do)
        return timer

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        holder, row = tool_row()
        filters, flow = flowing()
        for picker in (self.campaign, self.group, self.pool):
            picker.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
            flow.addWidget(picker)
        row.addWidget(filters, 1)
        row.addWidget(self.told)
        row.addWidget(tool(self._action, with_text=True))
        column.addWidget(holder)
        self._split = _Split(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        column.addWidget(self._scrolled(), 1)
        theme.news.changed.connect(self._dress)
        self._dress()
        self.table.remember(self._desk.memory, "wall", (190, 80, 180, 80, 90, 80, 190, 170))
        self.setFocusProxy(self.table)

    def _scrolled(self) -> QScrollArea:
        """Tiles, desks and charts; at large text in a small window one scrolls rather than lose the charts."""
        inner = styled(QWidget(), "surface")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tiles)
        column.addWidget(self._split, 1)
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        return area

    @Slot()
    def _dress(self) -> None:
        self._split.setMinimumHeight(theme.scale(260))

    def _connect(self) -> None:
        texts = Texts(self)
        for named, text in (
            (self.table, N_("Desks")),
            (self.campaign, N_("Campaign")),
            (self.pool, N_("Pool")),
            (self.group, N_("Group")),
        ):
            texts.bind(named.setAccessibleName, text)
        texts.redo(self._speak, key="speak")
        self.campaign.changed.connect(self._narrow)
        self.pool.changed.connect(self.read_all)
        self.group.changed.connect(self.read_all)
        self._desk.bridge.rows_changed.connect(self._hear)

    # --- What the campaigns' screen asks for

    def show_campaign(self, campaign_id: int) -> None:
        """Narrow the wall to this campaign; one may widen it again."""
        self._campaign_id = campaign_id
        self.campaign.set_value(campaign_id)
        self.pool.set_value(None)
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew."""
        self._choosing.read(choices).then(self._offer, self._desk.messages.show_error)
        self.read_all()

    def showEvent(self, event: QShowEvent) -> None:
        """It is looked at: the charts are made now, the timers run."""
        super().showEvent(event)
        if self.board is None:
            # Here and not above: pyqtgraph and numpy are heavy, and most people never see the wall.
            from ui.dialer.wall.board import Board

            self.board = Board()
            self._split.addWidget(self.board)
            self._split.setSizes([theme.scale(280), theme.scale(320)])
            self._desk.memory.splitter(self._split, "wall")
            self._fill()
        for timer in self._timers:
            timer.start()
        self.read_all()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is read."""
        super().hideEvent(event)
        for timer in (*self._timers, self._soon):
            timer.stop()

    @Slot()
    def turn(self) -> None:
        """From the charts to their tables and back."""
        if self.board is not None:
            self.board.turn()

    # --- Reading

    @property
    def asked(self) -> Asked:
        """What the filters say."""
        chosen = (picker.value() for picker in (self.campaign, self.pool, self.group))
        campaign, pool, group = (None if each is None else int(each) for each in chosen)
        return Asked(campaign, pool, group)

    @Slot()
    def read(self) -> None:
        """Read the desks and the calls."""
        if self._desk.tasks.is_closed or not self.isVisible():
            return
        self._reading.read(wall, self.asked).then(self._show, self._desk.messages.show_error)

    @Slot()
    def read_all(self) -> None:
        """Read the desks, the calls and the times to the first call."""
        self.read()
        self._ask_touches()

    @Slot()
    def _ask_touches(self) -> None:
        if not self._desk.tasks.is_closed and self.isVisible():
            self._touching.read(first_touches, self.asked).then(self._show_touches, self._desk.messages.show_error)

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        # A busy company changes these many times a second: the first change starts the pause, the rest wait with it.
        if table in _FOLLOWED and self.isVisible() and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _narrow(self) -> None:
        self.pool.set_value(None)
        self._offer(self._choices)
        self.read_all()

    # --- Showing

    @Slot(object)
    def _offer(self, offered: Choices | None) -> None:
        self._choices = offered
        if offered is None:
            return
        chosen = self.campaign.value()
        self.campaign.offer([Choice(each.id, each.name) for each in offered.campaigns])
        self.group.offer([Choice(each.id, each.name) for each in offered.groups])
        pools = [each for each in offered.pools if chosen in (None, each.campaign_id)]
        self.pool.offer([Choice(each.id, each.name) for each in pools])

    @Slot(object)
    def _show(self, answer: Wall) -> None:
        self.answer = answer
        self.model.show_wall(answer)
        self._fill()

    @Slot(object)
    def _show_touches(self, touches: Touches) -> None:
        self._touches = touches
        self._fill()

    def _fill(self) -> None:
        self._speak()
        if self.board is not None and self.answer is not None:
            self.board.show_wall(self.answer)
        if self.board is not None and self._touches is not None:
            self.board.show_touches(self._touches)

    def _speak(self) -> None:
        agents = self.answer.agents if self.answer else ()
        for state, count in counts(agents).items():
            word = say(STATES[state]) if state in STATES else _("No sign of life")
            self.tiles.say(state, format_number(count), word)
        total = self.answer.total if self.answer else None
        self.tiles.say("calls", format_number(total.calls if total else 0), _("Calls today"))
        self.tiles.say("rate", rate(total) or "–", _("Contact rate"))
        self.tiles.say("skips", format_number(total.skips if total else 0), _("Skips"))
        self.tiles.say("touch", self._touch(), _("To first call"))

    def _touch(self) -> str:
        if self._touches is None or not self._touches.total.count:
            return "–"
        return wait(self._touches.total.average_seconds)
