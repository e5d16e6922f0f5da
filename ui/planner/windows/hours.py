"""Working hours: the week of each technician, and the button that sets it for many at once."""

from datetime import date
from functools import cache

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import i18n
from app.domain.words import N_, counted
from app.services.planner.hours import DayHours, UserHours, set_hours, working_hours
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.planner.windows.base import PlannerWindow, RowsModel
from ui.planner.windows.week import WeekForm
from ui.widgets.styled import heading, primary_button, push_button
from ui.widgets.table import TableView

__all__ = ["HoursWindow", "week_in_words"]


class HoursWindow(PlannerWindow):
    """Technicians on one side, the week of those chosen on the other."""

    tables = frozenset({"working_hours", "users"})

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        about = N_("Presence rules without hours of their own take these. Choose technicians, then set their week.")
        super().__init__(N_("Working hours"), about, "planner.hours", desk, parent)
        self.model = RowsModel(
            ((N_("Technician"), lambda row: row.name), (N_("Working hours"), lambda row: week_in_words(row.week))),
            lambda row: row.user_id,
            self,
        )
        self.table = TableView()
        self.table.setModel(self.model)
        self.table.remember(desk.memory, "planner.hours", (150, 300))
        self.texts.bind(self.table.setAccessibleName, N_("Technicians"))
        self.table.chosen.connect(self._show_chosen)
        self.week = WeekForm()
        side = QVBoxLayout()
        self._title = heading(N_("Week"))
        side.addWidget(self._title)
        side.addWidget(self.week)
        same = push_button(N_("Same hours on every ticked day"), "copy", "quiet")
        same.clicked.connect(self.week.copy_first)
        side.addWidget(same)
        side.addStretch(1)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(side)
        self.set_button = primary_button(N_("Set hours"), "working-hours")
        self.set_button.clicked.connect(self.set)
        self.set_button.setEnabled(False)
        everyone = push_button(N_("Choose everybody"))
        everyone.clicked.connect(self.table.selectAll)
        self.actions_row.addWidget(everyone)
        self.actions_row.addStretch(1)
        self.actions_row.addWidget(self.set_button)
        self.resize(theme.scale(1160), theme.scale(520))

    def read(self) -> None:
        """Ask for everybody's week."""
        self.desk.tasks.read(working_hours).then(self._show)

    def _show(self, rows: tuple[UserHours, ...]) -> None:
        self.model.show_rows(rows)

    def chosen(self) -> list[UserHours]:
        """The technicians chosen."""
        return [self.model.rows[number] for number in self.table.chosen_rows()]

    @Slot()
    def _show_chosen(self) -> None:
        chosen = self.chosen()
        self.set_button.setEnabled(bool(chosen))
        if len(chosen) == 1:
            self.week.show_week(chosen[0].week)
            self.texts.bind(self._title.setText, N_("Week of {name}"), name=isolate(chosen[0].name))
        else:
            self.texts.plural(
                self._title.setText, "Week of {count} technician", "Week of {count} technicians", len(chosen)
            )

    @Slot()
    def set(self) -> None:
        """Give the technicians chosen the week of the form."""
        ids = [row.user_id for row in self.chosen()]
        if ids:
            self.save(self.desk.tasks.write(set_hours, ids, self.week.value()), self._done)

    def _done(self, count: int) -> None:
        said = counted("Working hours set for {count} technician.", "Working hours set for {count} technicians.", count)
        self.say(said)
        self.read()


def week_in_words(week: tuple[DayHours, ...]) -> str:
    """A week in one line: days of the same hours stand together."""
    if not week:
        return i18n._("None")
    by_day: dict[int, list[str]] = {}
    for each in week:
        by_day.setdefault(each.weekday, []).append(f"{each.starts:%H:%M}–{each.ends:%H:%M}")
    first = i18n.first_weekday()
    groups: list[tuple[list[int], str]] = []
    for day in sorted(by_day, key=lambda each: (each - first) % 7):
        hours = ", ".join(by_day[day])
        if groups and groups[-1][1] == hours and (groups[-1][0][-1] + 1) % 7 == day:
            groups[-1][0].append(day)
        else:
            groups.append(([day], hours))
    return "; ".join(f"{_days(days)} {isolate(hours)}" for days, hours in groups)


def _days(days: list[int]) -> str:
    names = [_short(i18n.current().code, day) for day in days]
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"


@cache
def _short(language: str, weekday: int) -> str:
    """The short name of a weekday; 2024 began with a Monday."""
    return i18n.format_date(date(2024, 1, 1 + weekday), "weekday")
