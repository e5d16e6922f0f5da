"""What the chosen worker profile says of points: what its holders see at home, and whether they are ranked."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _
from app.services.processes.profiles import ProfileRow, save_profile
from ui.kit import theme
from ui.kit.screen import Desk
from ui.processes.scoring.part import tick
from ui.widgets.form import Form
from ui.widgets.styled import styled

__all__ = ["ProfilePoints", "summary"]


def summary(row: ProfileRow) -> str:
    """What a worker profile says of points, in a few words."""
    said = []
    if row.sees_own_points or row.sees_team_points:
        seen = (row.sees_own_points, row.sees_team_points)
        said.append({(True, True): _("Own and team"), (True, False): _("Own")}.get(seen, _("Team")))
    if not row.is_ranked:
        said.append(_("Not ranked"))
    return ", ".join(said)


class ProfilePoints(QWidget):
    """Three boxes under the list; what is ticked is saved at once. Signals: `saved()`, or `failed(exception)`."""

    saved = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._row: ProfileRow | None = None
        self._versions: dict[int, int] = {}
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._is_filling = False
        self.own = tick(N_("Their own points"))
        self.team = tick(N_("The team's points"))
        self.ranked = tick(N_("Take part in rankings"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(12)] * 4)
        form = Form()
        form.row(N_("Holders see at home"), self.own)
        form.row("", self.team)
        form.row(
            N_("Rankings"),
            self.ranked,
            N_("Whoever holds one profile without this is in no team chart, ranking or first place."),
        )
        column.addWidget(form)
        self.own.toggled.connect(self._take_own)
        self.team.toggled.connect(self._take_team)
        self.ranked.toggled.connect(self._take_ranked)

    def show_profile(self, row: ProfileRow) -> None:
        """Show what a profile says."""
        self._is_filling = True
        self._row = row
        self.own.setChecked(row.sees_own_points)
        self.team.setChecked(row.sees_team_points)
        self.ranked.setChecked(row.is_ranked)
        self._is_filling = False

    def _tell(self, field: str, *, on: bool) -> None:
        if not self._is_filling and self._row is not None:
            self._desk.tasks.change(self._save, self._row, {field: on}).then(self._saved, self._fail)

    def _save(self, row: ProfileRow, said: dict[str, Any]) -> ProfileRow:
        """Runs where changes are made, one after the other: the second of two quick ticks follows the first."""
        version = max(row.version, self._versions.get(row.id, 0))
        saved = self._desk.backend.execute(save_profile, row.name, row.main, row_id=row.id, version=version, **said)
        self._versions[row.id] = saved.version
        return saved

    @Slot(object)
    def _saved(self, _row: ProfileRow) -> None:
        self.saved.emit()

    @Slot(object)
    def _fail(self, problem: Exception) -> None:
        self.failed.emit(problem)

    @Slot(bool)
    def _take_own(self, on: bool) -> None:
        self._tell("sees_own_points", on=on)

    @Slot(bool)
    def _take_team(self, on: bool) -> None:
        self._tell("sees_team_points", on=on)

    @Slot(bool)
    def _take_ranked(self, on: bool) -> None:
        self._tell("is_ranked", on=on)
