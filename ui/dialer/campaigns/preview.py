"""The line that says what unsaved rules mean: how many can be called now, and what blocks the others."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app import i18n
from app.domain.dialer.rules import CampaignDraft
from app.domain.dialer.standing import WORDS
from app.domain.words import N_
from app.i18n import _, _n
from app.services.dialer.preview import preview
from app.services.dialer.standing import Nobody
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.styled import plain, secondary, styled

__all__ = ["PreviewLine"]

_PAUSE = 250
"""Milliseconds without a change before the question is asked."""


class PreviewLine(QWidget):
    """Only the answer to the newest question is shown; while it is under way the one before stays, muted.

    One question is under way at a time: counting a million customers again and again would keep the server busy.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "toolrow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._asked: tuple[int, CampaignDraft] | None = None
        self._question: tuple[int, CampaignDraft] | None = None
        self._answer: Nobody | None = None
        self.is_waiting = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE)
        self._later.timeout.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        column.setSpacing(theme.scale(4))
        self.words = plain()
        self.words.setWordWrap(True)
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        self._blocked_label = secondary(N_("Blocked:"))
        self._blocked_label.setWordWrap(False)
        row.addWidget(self._blocked_label)
        self._holder, self._flow = flowing()
        row.addWidget(self._holder, 1)
        column.addLayout(row)
        self._chips: list[QWidget] = []
        Texts(self).redo(self._show)

    def ask(self, campaign_id: int, draft: CampaignDraft, *, now: bool = False) -> None:
        """Ask what these rules mean, when nothing has changed for a moment."""
        question = campaign_id, draft
        if question == self._question and not now:
            return
        if self._question is None or self._question[0] != campaign_id:
            self._answer = None
        self._question, self.is_waiting = question, True
        self._show()
        self._later.start(0 if now else _PAUSE)

    @property
    def text(self) -> str:
        """What the line says."""
        return " ".join([self.words.text(), *(chip.accessibleName() for chip in self._chips)])

    @Slot()
    def _ask(self) -> None:
        if self._question is None or self._asked is not None or self._desk.tasks.is_closed:
            return
        self._asked = self._question
        self._desk.tasks.read(preview, *self._asked).then(self._take, self._fail)

    @Slot(object)
    def _take(self, answer: Nobody) -> None:
        self._answered(answer)

    @Slot(object)
    def _fail(self, _problem: Exception) -> None:
        """Rules that cannot be saved have no meaning yet; the fields say what is wrong with them."""
        self._answered(None)

    def _answered(self, answer: Nobody | None) -> None:
        asked, self._asked = self._asked, None
        if asked == self._question and not self._later.isActive():
            self._answer, self.is_waiting = answer, False
            self._show()
        elif not self._later.isActive():
            self._ask()

    def _show(self) -> None:
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        answer = self._answer
        blocked = () if answer is None else answer.blocked
        self._blocked_label.setVisible(bool(blocked))
        self._holder.setVisible(bool(blocked))
        styled(self.words, "secondary" if self.is_waiting or answer is None else "body")
        if answer is None:
            self.words.setText(_("Counting…") if self.is_waiting else "")
            return
        self.words.setText(_sentence(answer.callable, answer.total))
        for code, count in blocked:
            self._chips.append(chip := _chip(i18n.say(WORDS[code]) if code in WORDS else code, count))
            self._flow.addWidget(chip)


def _sentence(callable_now: int, total: int) -> str:
    if not total:
        return _("No customer is in a pool of this campaign yet.")
    return _n(
        "With these rules {callable} of {total} customer can be called now.",
        "With these rules {callable} of {total} customers can be called now.",
        total,
        callable=i18n.format_number(callable_now),
        total=i18n.format_number(total),
    )


def _chip(words: str, count: int) -> QWidget:
    frame = styled(QWidget(), "chip")
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    frame.setFixedHeight(theme.scale(26))
    frame.setAccessibleName(f"{i18n.format_number(count)} {words}")
    row = QHBoxLayout(frame)
    row.setContentsMargins(*[theme.scale(each) for each in (10, 0, 10, 0)])
    row.setSpacing(theme.scale(6))
    number = styled(plain(i18n.format_number(count)), "body")
    row.addWidget(number)
    row.addWidget(styled(plain(words), "secondary"))
    return frame
