"""Presence rules: who is where on which days, and the button that writes the presences into the plan."""

from datetime import date, timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app import i18n
from app.domain import recurrence
from app.domain.words import N_, Message, counted, message
from app.i18n import format_date
from app.services.planner.presences import Generated, generate
from app.services.planner.rules import RuleRow, RuleSaved, add_rules, change_rule, remove_rule, rules
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.planner.windows.base import PlannerWindow, RowsModel
from ui.planner.windows.rule_dialog import RuleDialog
from ui.widgets.fields import DateField
from ui.widgets.styled import plain, primary_button, push_button
from ui.widgets.table import TableView

__all__ = ["RulesWindow", "rule_in_words"]

_AHEAD = 90  # days offered to be generated


class RulesWindow(PlannerWindow):
    """The rules of everybody; new ones, changes from a day on, and the presences made of them."""

    tables = frozenset({"presence_rules", "presences", "users", "sites"})

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        about = N_("Rules say on which days and where a technician is there. Generating writes them into the plan.")
        super().__init__(N_("Presence rules"), about, "planner.rules", desk, parent)
        self.model = RowsModel(
            (
                (N_("Technician"), lambda row: row.user),
                (N_("Site"), lambda row: row.site or i18n._("Any site")),
                (N_("Days"), lambda row: rule_in_words(row.values.rrule, row.values.first_day)),
                (N_("Hours"), _hours),
                (N_("From"), lambda row: format_date(row.values.first_day, "short")),
                (N_("Until"), lambda row: format_date(row.values.last_day, "short") if row.values.last_day else ""),
                (N_("Generated until"), _generated),
            ),
            lambda row: row.id,
            self,
        )
        self.table = TableView()
        self.table.setModel(self.model)
        self.table.remember(desk.memory, "planner.rules", (170, 110, 250, 110, 100, 100, 120))
        self.texts.bind(self.table.setAccessibleName, N_("Presence rules"))
        self.table.opened.connect(self.change)
        self.table.chosen.connect(self._follow)
        self.body.addWidget(self.table, 1)
        self._add_buttons()
        self.resize(theme.scale(1000), theme.scale(560))

    def _add_buttons(self) -> None:
        self.new_button = push_button(N_("New rule"), "new")
        self.change_button = push_button(N_("Edit"), "edit")
        self.remove_button = push_button(N_("Remove"), "delete")
        self.new_button.clicked.connect(self.add)
        self.change_button.clicked.connect(self.change)
        self.remove_button.clicked.connect(self.remove)
        for button in (self.new_button, self.change_button, self.remove_button):
            self.tools.addWidget(button)
        self.tools.addStretch(1)
        today = self.desk_day()
        self.first, self.last = DateField(), DateField()
        self.first.set_value(today)
        self.last.set_value(today + timedelta(_AHEAD))
        for field, text in ((self.first, N_("From")), (self.last, N_("Until"))):
            label = plain()
            label.setBuddy(field)
            self.texts.bind(label.setText, text)
            self.texts.bind(field.setAccessibleName, text)
            self.actions_row.addWidget(label)
            self.actions_row.addWidget(field)
        self.actions_row.addStretch(1)
        self.generate_button = primary_button(N_("Generate presences"), "repeat")
        self.generate_button.clicked.connect(self.generate)
        self.actions_row.addWidget(self.generate_button)
        self._follow()

    def read(self) -> None:
        """Ask for the rules."""
        self.desk.tasks.read(rules).then(self._show)

    def _show(self, rows: tuple[RuleRow, ...]) -> None:
        self.model.show_rows(rows)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        chosen = self.table.chosen_rows()
        self.change_button.setEnabled(len(chosen) == 1)
        self.remove_button.setEnabled(bool(chosen))

    def _chosen(self) -> list[RuleRow]:
        return [self.model.rows[number] for number in self.table.chosen_rows()]

    # --- Acts ----------------------------------------------------------------------------------------------------

    @Slot()
    def add(self) -> None:
        """Open the form of a new rule."""
        dialog = RuleDialog(self.desk, None, self.desk_day(), self)
        dialog.save_requested.connect(lambda: self._save_new(dialog))
        dialog.show()

    def _save_new(self, dialog: RuleDialog) -> None:
        values, people = dialog.values(), dialog.people.value()
        if values is not None:
            dialog.saving(on=True)
            self.desk.tasks.write(add_rules, list(people), values).then(self._added, dialog.fail).done.connect(
                dialog.accept
            )

    def _added(self, ids: tuple[int, ...]) -> None:
        self.say(counted("{count} rule added.", "{count} rules added.", len(ids)))
        self.read()

    @Slot()
    def change(self) -> None:
        """Open the form of the rule chosen; it changes from a day on."""
        chosen = self._chosen()
        if len(chosen) != 1:
            return
        row = chosen[0]
        dialog = RuleDialog(self.desk, row, self.desk_day(), self)
        dialog.save_requested.connect(lambda: self._save_change(dialog, row))
        dialog.show()

    def _save_change(self, dialog: RuleDialog, row: RuleRow) -> None:
        values, from_day = dialog.values(), dialog.from_day.value()
        if values is not None and from_day is not None:
            dialog.saving(on=True)
            job = self.desk.tasks.write(change_rule, row.id, row.version, from_day, values)
            job.then(self._changed, dialog.fail).done.connect(dialog.accept)

    def _changed(self, saved: RuleSaved) -> None:
        self.say(_generated_words(saved.presences))
        self.read()

    @Slot()
    def remove(self) -> None:
        """End the rules chosen today, with their presences from today on."""
        for row in self._chosen():
            self.save(self.desk.tasks.write(remove_rule, row.id, row.version, self.desk_day()), self._removed)

    def _removed(self, count: int) -> None:
        self.say(
            counted(
                "The rule ends today; {count} presence removed.",
                "The rule ends today; {count} presences removed.",
                count,
            )
        )
        self.read()

    @Slot()
    def generate(self) -> None:
        """Write the presences of the rules chosen, or of all, into the plan."""
        first, last = self.first.value(), self.last.value()
        if first is None or last is None:
            return
        chosen = [row.id for row in self._chosen()]
        self.generate_button.setEnabled(False)
        job = self.desk.tasks.write(generate, first=first, last=last, rule_ids=chosen or None)
        job.ended.connect(self._free)
        self.save(job, self._done)

    @Slot()
    def _free(self) -> None:
        self.generate_button.setEnabled(True)

    def _done(self, done: Generated) -> None:
        self.say(_generated_words(done))
        self.read()


def _generated_words(done: Generated) -> Message:
    if done == Generated(0, 0, 0):
        return message(N_("Nothing to do: every presence is there already."))
    return message(
        N_("Presences: {added} added, {changed} changed, {removed} removed."),
        added=done.added,
        changed=done.changed,
        removed=done.removed,
    )


def _hours(row: RuleRow) -> str:
    if row.values.starts is None or row.values.ends is None:
        return i18n._("Working hours")
    return isolate(f"{row.values.starts:%H:%M}–{row.values.ends:%H:%M}")


def _generated(row: RuleRow) -> str:
    return format_date(row.generated_until, "short") if row.generated_until else i18n._("Not yet")


def rule_in_words(text: str, first_day: date) -> str:
    """A rule for the reader; one the form cannot show is shown as it is written."""
    found = recurrence.from_rrule(text)
    if found is None:
        return text
    days = found.weekdays or ((first_day.weekday(),) if found.unit is recurrence.Unit.WEEKS else ())
    first = i18n.first_weekday()
    names = [_weekday(day) for day in sorted(days, key=lambda each: (each - first) % 7)]
    return i18n.say(recurrence.described(found, ", ".join(names)))


def _weekday(day: int) -> str:
    """The short name; 2024 began with a Monday."""
    return format_date(date(2024, 1, 1 + day), "weekday")
