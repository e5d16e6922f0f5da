"""What the task points summary is narrowed by: days, worker, customer, process, stage, group, and the kind of rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.periods import OWN, code_of, days_of, earlier_months, last_day_of, offered
from app.domain.points.asked import Asked, Kind, Slice
from app.domain.words import N_
from app.i18n import _, format_date, say
from app.services.customers import listing as customers
from app.services.customers.listing import CustomerRow
from app.services.points.choices import Choices, Named
from app.services.points.report import SliceRow
from ui.kit.bidi import bare, isolate
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.fields import DateField
from ui.widgets.lookup import Found, LookupField
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import icon_button

__all__ = ["Filters"]

_PERIODS = offered("month", "last-month", "30", "365")
_KINDS = {Kind.SCORED: N_("Scored"), Kind.REDEEMED: N_("Redemptions"), Kind.REVERSED: N_("Reversals")}
_FIRST = "month"
_LETTERS = 12


class Filters(QWidget):
    """Signal: `changed()` when the question is another one. Until `offer` there is none."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._choices: Choices | None = None
        self._asked = Asked()
        self.period = Picker()
        self.first, self.last = DateField(), DateField()
        self.worker, self.group = Picker(nothing=N_("All workers")), Picker(nothing=N_("All groups"))
        self.customer = LookupField(self._find, _found, placeholder=N_("All customers"))
        self.process, self.stage = Picker(nothing=N_("All processes")), Picker(nothing=N_("All stages"))
        self.kind = Picker(nothing=N_("All rows"))
        self.clear_button = icon_button("reset", N_("Clear the filters"))
        self.period.set_value(_FIRST)
        self._pickers = (self.period, self.worker, self.group, self.process, self.stage, self.kind)
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        holder, flow = flowing()
        column.addWidget(holder)
        parts: tuple[QWidget, ...] = (
            self.period, self.first, self.last, self.worker, self.group, self.customer, self.process, self.stage,
            self.kind, self.clear_button,
        )  # fmt: skip
        for widget in parts:
            flow.addWidget(widget)
        for picker in self._pickers:
            # As wide for short names as for long ones: what is chosen moves nothing.
            picker.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            picker.setMinimumContentsLength(_LETTERS)
        self.setFocusProxy(self.period)

    def _connect(self) -> None:
        texts = Texts(self)
        for widget, name in (
            (self.period, N_("Period")),
            (self.first, N_("First day")),
            (self.last, N_("Last day")),
            (self.worker, N_("Worker")),
            (self.group, N_("Group")),
            (self.customer, N_("Customer")),
            (self.process, N_("Process")),
            (self.stage, N_("Stage")),
            (self.kind, N_("Kind")),
        ):
            texts.bind(widget.setAccessibleName, name)
        texts.redo(self._speak, key="speak")
        self.process.changed.connect(self._turn_process)
        for picker in (self.period, self.worker, self.group, self.stage, self.kind):
            picker.changed.connect(self._tell)
        self.customer.changed.connect(self._tell)
        for field in (self.first, self.last):
            field.changed.connect(self._tell)
        self.clear_button.clicked.connect(self.clear)

    # --- The question

    @property
    def asked(self) -> Asked | None:
        """What the filters say; None while it is not known what day the company has."""
        return self._asked if self._choices is not None else None

    def said(self) -> str:
        """What the rows are narrowed to besides the days, in words; nothing where they are not."""
        parts = [
            (each.accessibleName(), each.currentText())
            for each in self._pickers
            if each is not self.period and each.value() is not None
        ]
        if self.customer.value() is not None:
            parts.append((self.customer.accessibleName(), self.customer.text()))
        return "  ·  ".join(_("{filter}: {value}", filter=name, value=isolate(bare(value))) for name, value in parts)

    def _read(self, today: date) -> Asked:
        period = str(self.period.value() or _FIRST)
        first, last = (self.first.value(), self.last.value()) if period == OWN else days_of(period, today)
        return Asked(
            first,
            last,
            _number(self.worker),
            self.customer.value(),
            None if self.process.value() is None else str(self.process.value()),
            _number(self.stage),
            _number(self.group),
            None if self.kind.value() is None else str(self.kind.value()),
        )

    @Slot()
    def _tell(self) -> None:
        if self._choices is None:
            return
        self._fit()
        asked = self._read(self._choices.today)
        if asked != self._asked:
            self._asked = asked
            self.changed.emit()

    def _fit(self) -> None:
        """Days can be set where the person sets them; they begin as those that were shown."""
        is_own = self.period.value() == OWN
        if is_own and self.first.isHidden() and self._choices is not None:
            today = self._choices.today
            self._set_days(self._asked.first or today, self._asked.last or today)
        for field in (self.first, self.last):
            field.setVisible(is_own)

    def _set_days(self, first: date, last: date) -> None:
        for field, day in ((self.first, first), (self.last, last)):
            field.blockSignals(True)
            field.set_value(day)
            field.blockSignals(False)

    @Slot()
    def _turn_process(self) -> None:
        self.stage.set_value(None)
        self._speak()
        self._tell()

    @Slot()
    def clear(self) -> None:
        """This month, and everything of it."""
        self.period.set_value(_FIRST)
        self.customer.set_value(None, "")
        for picker in (self.worker, self.group, self.process, self.stage, self.kind):
            picker.set_value(None)
        self._speak()
        self._tell()

    def narrow(self, by: Slice, row: SliceRow, label: str) -> bool:
        """Narrow to the rows of one sum; False where it cannot be said, as of rows that have none of it."""
        if row.key is None:
            return False
        if by is Slice.CUSTOMER and isinstance(row.key, int):
            self.customer.set_value(row.key, label)
        elif isinstance(row.key, date):
            self._narrow_to_month(row.key)
        else:
            picker = {
                Slice.WORKER: self.worker, Slice.GROUP: self.group, Slice.PROCESS: self.process, Slice.STAGE: self.stage
            }[by]  # fmt: skip
            picker.set_value(row.key)
        self._speak()
        self._tell()
        return True

    def _narrow_to_month(self, month: date) -> None:
        """A month of which only some days were asked for stays with these days."""
        first, last = self._asked.first, self._asked.last
        if (first is None or first <= month) and (last is None or last >= last_day_of(month)):
            self.period.set_value(code_of(month))
            return
        start, end = max(month, first or month), min(last_day_of(month), last or last_day_of(month))
        self.period.set_value(OWN)
        self._fit()
        self._set_days(start, end)

    # --- What is offered

    def offer(self, choices: Choices) -> None:
        """Offer these; the first time this is also the first question."""
        self._choices = choices
        self._speak()
        self._tell()

    def _speak(self) -> None:
        self.kind.offer([Choice(kind.value, _(text)) for kind, text in _KINDS.items()])
        known = self._choices
        periods = [Choice(code, say(name)) for code, name in _PERIODS.items()]
        if known is not None:
            months = earlier_months(known.first, known.today)
            periods += [Choice(code_of(month), format_date(month, "month")) for month in months]
            self._offer_names(known)
        self.period.offer(_with(self.period, periods, _month_name))

    def _offer_names(self, known: Choices) -> None:
        self.worker.offer(_choices(known.workers))
        self.group.offer(_choices(known.groups))
        names = [Choice(each.name, each.name, each.is_active) for each in known.processes]
        # Rows bear the name their process had then.
        self.process.offer(_with(self.process, names, str))
        process, chosen = self.process.value(), self.stage.value()
        stages = [each for each in known.stages if process in (None, each.under) or each.id == chosen]
        self.stage.offer([Choice(each.id, _stage_name(each), each.is_active) for each in stages])

    def _find(self, typed: str) -> Any:
        return self._desk.tasks.read(customers.find, typed)


def _number(picker: Picker) -> int | None:
    chosen = picker.value()
    return None if chosen is None else int(chosen)


def _choices(rows: Sequence[Named]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_active) for row in rows]


def _with(picker: Picker, offered: list[Choice], name: Any) -> list[Choice]:
    """The choices, with what is chosen among them."""
    chosen = picker.value()
    if chosen is None or any(each.id == chosen for each in offered):
        return offered
    return [*offered, Choice(chosen, name(chosen))]


def _month_name(code: object) -> str:
    return format_date(date.fromisoformat(f"{code}-01"), "month")


def _stage_name(stage: Named) -> str:
    return _("{name} ({above})", name=isolate(stage.name), above=isolate(stage.under))


def _found(rows: Sequence[CustomerRow]) -> list[Found]:
    return [Found(row.id, row.label, "  ".join(filter(None, [row.phone, row.address]))) for row in rows]
