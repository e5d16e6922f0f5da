"""The windows of the law page: a wish, why it is lifted, a consent, for how long a register's answer holds."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.words import N_
from app.i18n import _
from app.services.dialer import consents, registers, wishes
from app.services.dialer.registers import RuleRow
from app.services.dialer.wishes import WishRow
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateField, NumberField
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import plain, secondary

__all__ = ["ConsentWindow", "LiftWindow", "RuleWindow", "WishWindow"]


class _Window(FormDialog):
    """Writes by one job and closes when it is done."""

    def __init__(self, desk: Desk, title: str, save: str, write: Callable[[], Job[Any]], parent: QWidget) -> None:
        super().__init__(title, save, messages=desk.messages, parent=parent)
        self.desk, self._write = desk, write
        self.save_requested.connect(self._save)

    @Slot()
    def _save(self) -> None:
        self.saving(on=True)
        self._write().then(self._saved, self.fail)

    def _saved(self, _answer: object) -> None:
        self.accept()


class WishWindow(_Window):
    """A number that is not to be called, in any form."""

    def __init__(self, desk: Desk, campaign_id: int, parent: QWidget) -> None:
        super().__init__(desk, N_("Do not call"), N_("Add"), self._put, parent)
        self._campaign_id = campaign_id
        self.number, self.reason, self.where = QLineEdit(), QLineEdit(), Picker()
        form = Form()
        form.row(N_("Number"), self.number)
        form.row(N_("Where"), self.where)
        form.row(N_("Reason"), self.reason)
        self.body.addWidget(form)
        self.where.set_value("everywhere")
        Texts(self).redo(self._speak)

    def _speak(self) -> None:
        self.where.offer([Choice("everywhere", _("Everywhere")), Choice("here", _("In this campaign"))])

    def _put(self) -> Job[Any]:
        campaign = self._campaign_id if self.where.value() == "here" else None
        write = self.desk.tasks.write
        return write(wishes.add, self.number.text(), campaign_id=campaign, reason=self.reason.text())


class LiftWindow(_Window):
    """Why a number may be called again."""

    def __init__(self, desk: Desk, wish: WishRow, parent: QWidget) -> None:
        super().__init__(desk, N_("Lift the wish"), N_("Lift"), self._lift, parent)
        self._wish = wish
        self.reason = QLineEdit()
        form = Form()
        form.row(N_("Number"), plain(isolate(wish.person)))
        form.row(N_("Reason"), self.reason)
        self.body.addWidget(form)
        self.body.addWidget(secondary(N_("That this number stood here, and who lifted it and why, stays on record.")))

    def _lift(self) -> Job[Any]:
        return self.desk.tasks.write(wishes.lift, self._wish.id, self.reason.text())


class ConsentWindow(_Window):
    """A consent to be called; it ends a year from today unless another day is chosen."""

    def __init__(self, desk: Desk, zone: ZoneInfo, parent: QWidget) -> None:
        super().__init__(desk, N_("Consent"), N_("Add"), self._give, parent)
        self._zone = zone
        self.number, self.source, self.until = QLineEdit(), QLineEdit(), DateField()
        today = datetime.now(zone).date()
        self.until.set_value(today + timedelta(days=365))
        form = Form()
        form.row(N_("Number"), self.number)
        form.row(N_("How it was given"), self.source)
        form.row(N_("Until"), self.until)
        self.body.addWidget(form)

    def _give(self) -> Job[Any]:
        day = self.until.value() or datetime.now(self._zone).date()
        end = datetime.combine(day + timedelta(days=1), time(), self._zone)
        write = self.desk.tasks.write
        return write(consents.give, self.number.text(), source=self.source.text(), expires_at=end)


class RuleWindow(_Window):
    """For how many days an answer of a country's register holds."""

    def __init__(self, desk: Desk, rule: RuleRow, parent: QWidget) -> None:
        super().__init__(desk, N_("Register"), N_("Save"), self._put, parent)
        self._rule = rule
        self.days = NumberField()
        self.days.setRange(1, 365)
        self.days.setValue(rule.days)
        form = Form()
        form.row(N_("Country"), plain(rule.country))
        form.row(N_("An answer holds for (days)"), self.days)
        self.body.addWidget(form)

    def _put(self) -> Job[Any]:
        rule = self._rule
        return self.desk.tasks.write(registers.save_rule, rule.country, rule.version, self.days.value())
