"""The row above the chart: whose points, by what, and how many months; what was chosen is remembered."""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from app.domain.words import N_
from app.services.points.board import MOST_MONTHS, Scores
from ui.kit import theme
from ui.kit.remember import Memory
from ui.kit.translate import Texts
from ui.points.chart.marks import By
from ui.points.home import words
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import styled

__all__ = ["SPANS", "Switches"]

SPANS = (1, 3, 6, 12, 24, MOST_MONTHS)
_USUAL = 6
_WHOSE, _BY, _MONTHS = "points/whose", "points/by", "points/months"
_MINE, _TEAM = "mine", "team"
_PEOPLE: Mapping[str, str] = MappingProxyType({_MINE: N_("My points"), _TEAM: N_("Team")})
_GROUPS: Mapping[str, str] = MappingProxyType({"worker": N_("Workers"), "month": N_("Months")})


class Switches(QWidget):
    """Signals: `asked()` when other numbers are wanted, `turned()` when the same are to be shown otherwise."""

    asked = Signal()
    turned = Signal()

    def __init__(self, memory: Memory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._scores: Scores | None = None
        # A row of buttons goes as a whole, with the room it takes.
        self._holders: list[QWidget] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.scale(16))
        self.whose = self._segments(_PEOPLE, memory.get(_WHOSE), self._ask)
        self.by = self._segments(_GROUPS, memory.get(_BY, "worker"), self._turn)
        self.span = Picker()
        self.span.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
        kept = memory.get(_MONTHS)
        self.span.set_value(int(kept) if kept.isdecimal() and int(kept) in SPANS else _USUAL)
        self.span.changed.connect(self._ask)
        self._row.addWidget(self.span)
        self._row.addStretch(1)
        texts = Texts(self)
        texts.bind(self.span.setAccessibleName, N_("Period"))
        texts.redo(self._say, key="say")
        self._fit(is_team=False, may_choose=False)

    def _segments(self, names: Mapping[str, str], chosen: str, told: object) -> dict[str, QToolButton]:
        holder, group, made = QWidget(), QButtonGroup(self), {}
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(4))
        for key, text in names.items():
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            button.setChecked(key == chosen)
            Texts(button).bind(button.setText, text)
            group.addButton(button)
            row.addWidget(button)
            made[key] = button
        self._row.addWidget(holder)
        self._holders.append(holder)
        group.buttonClicked.connect(told)
        return made

    # --- What is wanted

    @property
    def is_team(self) -> bool | None:
        """Whether the team is wanted; None where this person never said."""
        return next((key == _TEAM for key, button in self.whose.items() if button.isChecked()), None)

    @property
    def grouped(self) -> By:
        """How the bars are put: one's own by month, the team's as the switch says."""
        is_team = self._scores is not None and self._scores.is_team
        return "worker" if is_team and self.by["worker"].isChecked() else "month"

    @property
    def months(self) -> int:
        """How many months are wanted."""
        value = self.span.value()
        return value if isinstance(value, int) else _USUAL

    def show_scores(self, scores: Scores) -> None:
        """Stand as what is shown, and offer what this person may see."""
        self._scores = scores
        self.whose[_TEAM if scores.is_team else _MINE].setChecked(True)
        self._fit(is_team=scores.is_team, may_choose=scores.access.team)

    def _fit(self, *, is_team: bool, may_choose: bool) -> None:
        for holder, is_there in zip(self._holders, (may_choose, is_team), strict=True):
            holder.setVisible(is_there)

    @Slot()
    def _ask(self) -> None:
        self._memory.put(_WHOSE, _TEAM if self.is_team else _MINE)
        self._memory.put(_MONTHS, str(self.months))
        self.asked.emit()

    @Slot()
    def _turn(self) -> None:
        self._memory.put(_BY, self.grouped)
        self.turned.emit()

    def _say(self) -> None:
        self.span.offer([Choice(months, words.span_name(months)) for months in SPANS])
