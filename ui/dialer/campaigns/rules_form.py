"""The settings of a campaign as fields: its name and script, and every rule in its group with its sentence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QTextEdit, QVBoxLayout, QWidget

from app import i18n
from app.domain.dialer.filtering import read_filters
from app.domain.dialer.hours import day_name, written
from app.domain.dialer.rules import GROUPS, CampaignDraft, Kind, Rule
from app.domain.merging import Clash
from app.domain.words import N_, Message
from ui.dialer.campaigns.filter_field import FilterField, Offered
from ui.dialer.campaigns.hours_field import HoursField
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.fields import DurationField, NumberField
from ui.widgets.form import Field, Form
from ui.widgets.merge.saying import asked_in
from ui.widgets.merge.window import Asked

__all__ = ["RulesForm"]


class RulesForm(QWidget):
    """Signal: `edited()` by the person; `draft()` is what the fields hold then."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self._draft = CampaignDraft("")
        self.name, self.script = QLineEdit(), QTextEdit()
        self.name.setMaxLength(200)
        self.script.setAcceptRichText(False)
        self.script.setTabChangesFocus(True)
        self.script.setFixedHeight(theme.scale(96))
        self.hours, self.filters = HoursField(), FilterField()
        self.switches: dict[str, QCheckBox] = {}
        self.numbers: dict[str, NumberField | DurationField] = {}
        self.fields: dict[str, Field] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.form = Form(wraps=True)
        column.addWidget(self.form)
        self.fields["name"] = self.form.row(N_("Name"), self.name)
        about = N_("What the agent reads out. {customer} and {agent} become their names.")
        self.fields["script"] = self.form.row(N_("Script"), self.script, about)
        for group in GROUPS:
            self.form.heading(group.title)
            for rule in group.rules:
                self.fields[rule.key] = self.form.row(rule.label, self._widget(rule), rule.about)
        self.name.textEdited.connect(self._tell)
        self.script.textChanged.connect(self._tell)
        self.hours.changed.connect(self._tell)
        self.filters.changed.connect(self._tell)

    def _widget(self, rule: Rule) -> QWidget:
        if rule.kind is Kind.HOURS:
            return self.hours
        if rule.kind is Kind.FILTERS:
            return self.filters
        if rule.kind is Kind.CHECK:
            self.switches[rule.key] = box = QCheckBox()
            box.toggled.connect(self._tell)
            return box
        number: NumberField | DurationField = DurationField(step=5) if rule.kind is Kind.MINUTES else NumberField()
        number.setRange(rule.least, rule.most)
        number.setMaximumWidth(theme.scale(160))
        number.valueChanged.connect(self._tell)
        Texts(number).bind(number.setSpecialValueText, N_("None"))
        self.numbers[rule.key] = number
        return number

    # --- What is in the fields

    def offer(self, offered: Offered) -> None:
        """What filters can name."""
        self.filters.offer(offered)

    def draft(self) -> CampaignDraft:
        """The rules as the fields have them."""
        values: dict[str, Any] = {key: box.isChecked() for key, box in self.switches.items()}
        values |= {key: number.value() for key, number in self.numbers.items()}
        filters = self.filters.value()
        # Written as it was where it means the same, so that looking at filters changes nothing.
        kept = self._draft.filters
        return replace(
            self._draft,
            name=self.name.text(),
            script=self.script.toPlainText(),
            hours=self.hours.value(),
            filters=kept if read_filters(kept) == filters else filters.document(),
            **values,
        )

    def fill(self, draft: CampaignDraft) -> None:
        """Show these rules; what means the same is left alone, with the cursor in it."""
        self._is_filling = True
        self._draft = draft
        if self.name.text() != draft.name:
            self.name.setText(draft.name)
        if self.script.toPlainText() != draft.script:
            self.script.setPlainText(draft.script)
        self.hours.set_value(draft.hours)
        self.filters.set_value(read_filters(draft.filters))
        for key, box in self.switches.items():
            box.setChecked(getattr(draft, key))
        for key, number in self.numbers.items():
            if number.value() != getattr(draft, key):
                number.setValue(getattr(draft, key))
        self._adapt()
        self._is_filling = False

    def settle(self) -> None:
        """Take half typed numbers and hours for typed."""
        self.hours.settle()
        for number in self.numbers.values():
            number.interpretText()

    def asked(self, clash: Clash) -> Asked:
        """A rule that two people changed, as it is called here; each weekday and each limit is a rule of its own."""
        rule, _dot, part = clash.field.partition(".")
        if rule == "hours":
            label = i18n._(
                "{first}, {second}",
                first=self.fields[rule].label.text(),
                second=i18n.say(day_name(part.rpartition(".")[2])),
            )
            return Asked(clash, label, lambda stretches: written(stretches or ()), is_line=True, takes_both=False)
        return self.filters.asked(clash) if rule == "filters" else asked_in(self.fields, clash)

    def complain(self, problems: Mapping[str, Message]) -> None:
        """Say under the fields what is wrong with them and go to the first."""
        for key, field in self.fields.items():
            field.error(problems.get(key))
        self.form.first_error()

    # --- Inside

    def _adapt(self) -> None:
        self.numbers["call_delay_seconds"].setEnabled(self.switches["calls_automatically"].isChecked())

    @Slot()
    def _tell(self) -> None:
        if self._is_filling:
            return
        self._adapt()
        self.edited.emit()
