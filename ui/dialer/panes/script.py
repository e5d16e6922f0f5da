"""What to say and what to ask: the campaign's script with its fields filled in, and its forms."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.dialer.script import REACHED, filled, first_missing
from app.domain.words import Message
from app.services.dialer.card import CardForm, DialCard
from ui.dialer.panes.questions import Question
from ui.kit import theme
from ui.kit.bidi import by_line, isolate
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import heading, plain, styled

__all__ = ["ScriptPane"]


class ScriptPane(QWidget):
    """The forms of one contact; what is typed stays when the same contact is read anew.

    Signal: `changed()` when the person has answered something.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._card: DialCard | None = None
        self._contact: tuple[object, ...] = ()
        self._shape: tuple[object, ...] = ()
        self.questions: dict[str, Question] = {}
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        page = styled(QWidget(), "surface")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(page)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        column.setSpacing(theme.scale(12))
        self.script = styled(plain(), "body")
        self.script.setWordWrap(True)
        self.script.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.script)
        self._forms = QWidget()
        self._form_column = _column(self._forms)
        column.addWidget(self._forms)
        column.addStretch(1)
        self._area = ScrolledPage(page, theme.scale(260))
        whole.addWidget(self._area)
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")

    def show_card(self, card: DialCard | None, request_id: str = "") -> None:
        """Show what to say to this customer; the same contact read again keeps what was typed."""
        contact = (card.customer_id, card.campaign.id, request_id) if card else ()
        shape = (*(card.forms if card else ()), repr(sorted(card.answers.items())) if card else "")
        kept = self.typed() if contact == self._contact else {}
        is_same = contact == self._contact and shape == self._shape
        self._card, self._contact, self._shape = card, contact, shape
        if not is_same:
            self._build_forms()
            self.put(kept)
        self._say()

    # --- Answers

    def answers(self) -> dict[str, Any]:
        """What was answered, as it is kept with the call."""
        return {key: value for key, value in self.typed().items() if value is not None}

    def typed(self) -> dict[str, Any]:
        """What stands in every field."""
        return {key: question.value() for key, question in self.questions.items()}

    def put(self, answers: Mapping[str, Any]) -> None:
        """Fill in what was typed before, as after a restart."""
        for key, value in answers.items():
            if key in self.questions:
                self.questions[key].set_value(value)

    def missing(self, outcome: str | None = None) -> Message | None:
        """What keeps the contact from being finished, marked where it is; None where nothing does.

        What is required need not be filled in after an outcome without a talk.
        """
        is_asked = outcome is None or outcome in REACHED
        asked = list(self.questions.values())
        for question in asked:
            question.check(is_asked=is_asked)
        return first_missing(((each.field, each.value()) for each in asked), is_asked=is_asked)

    @Slot()
    def focus_first(self) -> None:
        """Put the cursor into the first field with something wrong, else into the first field."""
        order = list(self.questions.values())
        wrong = next((each for each in order if not each.wrong.isHidden()), None)
        first = wrong or next(iter(order), None)
        if first is not None:
            first.widget.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(first)

    # --- Showing

    def _build_forms(self) -> None:
        old, self._forms = self._forms, QWidget()
        self._form_column = _column(self._forms)
        parent = old.parentWidget()
        layout = parent.layout() if parent else None
        if layout is not None:
            layout.replaceWidget(old, self._forms)
        old.hide()
        old.deleteLater()
        self.questions = dict(self._made())
        order = [each.widget for each in self.questions.values()]
        for one, two in pairwise(order):
            QWidget.setTabOrder(one, two)

    def _made(self) -> Iterator[tuple[str, Question]]:
        card = self._card
        for form in card.forms if card else ():
            self._form_column.addWidget(_title(form))
            for field in form.fields:
                key = form.key_of(field)
                question = Question(field, card.answers.get(key) if card else None)
                question.changed.connect(self.changed)
                self._form_column.addWidget(question)
                yield key, question

    def _say(self) -> None:
        card = self._card
        self.setVisible(card is not None)
        if card is None:
            return
        values = {"customer": isolate(card.name), "agent": isolate(card.agent)}
        self.script.setText(by_line(filled(card.campaign.script, values)))
        self.script.setVisible(bool(card.campaign.script))


def _column(holder: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.scale(10))
    return column


def _title(form: CardForm) -> QWidget:
    title = heading()
    Texts(title).redo(lambda: title.setText(by_line(form.name)))
    title.setWordWrap(True)
    return title
