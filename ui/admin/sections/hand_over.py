"""Hand-over: the rules by which the machine gives tasks to people, and what comes in by itself."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QTextEdit, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _
from app.services.people.rows import UserRow
from app.services.people.users import list_users
from app.services.processes.rows import TicketTypeRow
from app.services.processes.rules import LONGEST_DIARY, RulesDraft, RulesRow, rules, save_rules
from app.services.processes.ticket_types import list_ticket_types
from app.services.tickets.form import sample
from ui.admin.more_parts import NumberPart
from ui.admin.parts import Part, PickPart, TickPart
from ui.admin.section import Call, Entry, Offer, Section, Values
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.picker import Choice
from ui.widgets.styled import push_button, styled

__all__ = ["HAND_OVER"]


def _days() -> NumberPart:
    return NumberPart(1, LONGEST_DIARY)


class _Sample(QWidget):
    """A text to be copied; it is no language of people and reads from the left everywhere."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.setAcceptRichText(False)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        option = self.text.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        self.text.document().setDefaultTextOption(option)
        face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        face.setPointSizeF(theme.font(9).pointSizeF())
        self.text.setFont(face)
        styled(self.text, "code")
        self.text.setPlainText(sample())
        self.text.setFixedHeight(theme.scale(186))
        Texts(self.text).bind(self.text.setAccessibleName, N_("Sample for a web form"))
        column.addWidget(self.text)
        self.copy_button = push_button(N_("Copy"), "copy")
        self.copy_button.clicked.connect(self._copy)
        column.addWidget(self.copy_button)
        self.setFocusProxy(self.text)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


class _SamplePart(Part):
    """A text that is only shown."""

    def __init__(self) -> None:
        self.box = _Sample()
        super().__init__(self.box)

    def value(self) -> str:
        """Nothing of it is kept."""
        return ""

    def set_value(self, value: str) -> None:
        """It is always the same."""


def _values(row: RulesRow | None) -> dict[str, Any]:
    draft = row.draft if row else RulesDraft()
    return {**{name: getattr(draft, name) for name in RulesDraft.__slots__}, "sample": ""}


def _save(values: Values, row: RulesRow | None) -> Call:
    draft = RulesDraft(**{name: values[name] for name in RulesDraft.__slots__})
    return Call(save_rules, draft, row.version if row else 0)


def _users(rows: Sequence[UserRow]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_active) for row in rows]


def _types(rows: Sequence[TicketTypeRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows]


def _administrator() -> PickPart:
    return PickPart(nothing=N_("The first active administrator"))


def _type() -> PickPart:
    return PickPart(nothing=N_("No type"))


HAND_OVER: Section[RulesRow] = Section(
    key="hand_over",
    text=N_("Hand-over"),
    icon="hand-over",
    about=N_("How tasks that are handed over automatically find the one who does them, and what comes in by itself."),
    tables=frozenset({"routing_rules", "users", "ticket_types"}),
    read=rules,
    values=_values,
    title=lambda row: _("Who gets a task"),
    is_single=True,
    identify=lambda row: 1,
    entries=(
        Entry(
            "administrator_id",
            N_("Gets what nobody else can"),
            _administrator,
            hint=N_("Tasks whose stage has no profile, or whose profile nobody present has, wait with this person."),
            codes=frozenset({"ADMINISTRATOR"}),
        ),
        Entry(
            "counts_waiting",
            N_("Waiting tasks count as open"),
            TickPart,
            hint=N_(
                "Who has the fewest open tasks gets the next one; without this, waiting for others does not count."
            ),
        ),
        Entry(
            "keeps_absent",
            N_("Earlier handlers keep their tasks while away"),
            TickPart,
            hint=N_("A task goes back to the one who knows it and waits there, instead of going to somebody present."),
        ),
        Entry(
            "heeds_hours",
            N_("Outside working hours counts as away"),
            TickPart,
            hint=N_("Who has working hours gets automatic tasks only within them; who has none always gets them."),
        ),
        Entry(
            "intake_type_id",
            N_("Type of what comes in"),
            _type,
            hint=N_("Tickets from mail and from web forms get this type, and with it its process."),
            codes=frozenset({"TYPE"}),
            heading=N_("What comes in"),
        ),
        Entry(
            "sample",
            N_("Sample for a web form"),
            _SamplePart,
            hint=N_("A form sends these fields as JSON; the command “callboard intake FILE” takes them in."),
        ),
        Entry(
            "reminds_day_before",
            N_("Remind one day before"),
            TickPart,
            hint=N_("Handlers get a mail the day before a task is due, by the template for it."),
            heading=N_("Reminders and home page"),
        ),
        Entry(
            "diary_days",
            N_("Days on the home page"),
            _days,
            hint=N_("So many days ahead the home page shows visits and tasks."),
            codes=frozenset({"DIARY"}),
        ),
    ),
    offers=(Offer("administrator_id", list_users, _users), Offer("intake_type_id", list_ticket_types, _types)),
    save=_save,
)
"""How tasks find people."""
