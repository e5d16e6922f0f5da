"""The desks of the wall as a Qt model: a state with its word and colour, since when, with whom, and today's figures."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.dialer.desk_states import STATES
from app.domain.dialer.pauses import pause_name
from app.domain.words import N_, Message
from app.i18n import _, format_number, say
from app.services.dialer.wall import AgentNow, Figures, Wall
from ui.dialer.wall.waits import rate
from ui.kit import icons, theme, translate
from ui.kit.bidi import isolate
from ui.kit.hints import hint

__all__ = ["TONES", "AgentsModel", "clock", "counts"]

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

STALE = "stale"
TONES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "talking": ("call-on", "success"),
        "dialling": ("call-out", "info"),
        "reading": ("details", "accent"),
        "writing": ("edit", "warning"),
        "waiting": ("waiting", "muted"),
        "paused": ("pause", "muted"),
        STALE: ("offline", "danger"),
    }
)
"""Icon and colour of each state; its word always stands beside them."""

_HEADERS = (
    N_("State"),
    N_("For"),
    N_("Agent"),
    N_("Calls"),
    N_("Reached"),
    N_("Skips"),
    N_("Customer"),
    N_("Campaign"),
)
_STATE, _FOR = 0, 1
_NUMBERS = frozenset({1, 3, 4, 5})


def clock(seconds: float) -> str:
    """A length of time as a stop-watch shows it: 0:42, 12:05, 1:02:05."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class AgentsModel(QAbstractTableModel):
    """One row for each desk at work, by name; `tick()` moves the timers on."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.agents: tuple[AgentNow, ...] = ()
        self._figures: Mapping[int | None, Figures] = {}
        self._ahead = timedelta()
        translate.news.switched.connect(self._speak)
        theme.news.changed.connect(self._redress)

    def show_wall(self, wall: Wall) -> None:
        """Show the desks of this moment; rows that stay keep their place and the selection."""
        self._ahead = wall.at - datetime.now(UTC)
        self._figures = {part.id: part.figures for part in wall.by_agent}
        is_same = [row.user_id for row in wall.agents] == [row.user_id for row in self.agents]
        if not is_same:
            self.beginResetModel()
        self.agents = wall.agents
        if is_same:
            self._redress()
        else:
            self.endResetModel()

    def tick(self) -> None:
        """A second has passed."""
        if self.agents:
            self.dataChanged.emit(self.index(0, _FOR), self.index(len(self.agents) - 1, _FOR))

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """How many desks there are."""
        return 0 if parent.isValid() else len(self.agents)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADERS[section]) if 0 <= section < len(_HEADERS) else None
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, colours and figures."""
        if not index.isValid() or index.row() >= len(self.agents):
            return None
        agent, column = self.agents[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return isolate(self._text(agent, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return hint(self._text(agent, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        return _look(agent, column, role)

    def _text(self, agent: AgentNow, column: int) -> str:
        figures = self._figures.get(agent.user_id) or Figures()
        texts = (
            state_word(agent),
            self._lasts(agent),
            agent.name,
            format_number(figures.calls),
            rate(figures, 0),
            format_number(figures.skips),
            agent.customer or "",
            agent.campaign or "",
        )
        return texts[column] if 0 <= column < len(texts) else ""

    def _lasts(self, agent: AgentNow) -> str:
        since = agent.since
        if agent.is_stale:
            since = max(agent.since, agent.seen_at or agent.since)
        return clock((datetime.now(UTC) + self._ahead - since).total_seconds())

    def _redress(self) -> None:
        if self.agents:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.agents) - 1, len(_HEADERS) - 1))

    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_HEADERS) - 1)
        self._redress()


def state_word(agent: AgentNow) -> str:
    """The state in words, a pause with its reason, a dead desk as such."""
    if agent.is_stale:
        return _("No sign of life")
    word = say(STATES[agent.state])
    name = pause_name(agent.pause_code, agent.pause_name)
    reason = say(name) if isinstance(name, Message) else name
    return _("{state}: {reason}", state=word, reason=reason) if reason else word


def state_of(agent: AgentNow) -> str:
    """The code of what is shown of a desk."""
    return STALE if agent.is_stale else agent.state


def _look(agent: AgentNow, column: int, role: int) -> Any:
    picture, tone = TONES[state_of(agent)]
    if column == _STATE and role == Qt.ItemDataRole.DecorationRole:
        return icons.icon(picture, tone)
    if role == Qt.ItemDataRole.ForegroundRole:
        if column in (_STATE, _FOR):
            return theme.tokens().color(tone)
        return theme.tokens().color("muted") if agent.is_stale else None
    return None


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignTrailing if column in _NUMBERS else Qt.AlignmentFlag.AlignLeading
    return side | Qt.AlignmentFlag.AlignVCenter


def counts(agents: Sequence[AgentNow]) -> dict[str, int]:
    """How many desks are in each state."""
    found = dict.fromkeys(TONES, 0)
    for agent in agents:
        found[state_of(agent)] += 1
    return found
