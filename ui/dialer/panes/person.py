"""Who is to be called: name, numbers, the time there, what the law says, and why this one now."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.dialer import reasons
from app.domain.tickets.names import status_name
from app.domain.words import N_
from app.i18n import LANGUAGES, _, _n, format_date, format_points, format_time, say
from app.services.dialer.card import CardNumber, DialCard, OpenTicket
from app.services.dialer.claiming import Claimed
from ui.dialer.panes.facts import FactRows, Said
from ui.dialer.panes.why import WhyThisOne
from ui.dialer.panes.words import in_words, moment_words, zone_of
from ui.kit import theme
from ui.kit.bidi import by_line, isolate, sided
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.bell import Bell
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import heading, plain, push_button, styled

__all__ = ["PersonPane"]

_MINUTE = 10_000
_SOON = timedelta(days=7)


class PersonPane(QWidget):
    """One customer at a time; the clock of where he lives goes on while he is shown."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._card: DialCard | None = None
        self._claimed: Claimed | None = None
        self._others: tuple[str, ...] = ()
        self._read_at = 0.0
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(_MINUTE)
        self._clock.timeout.connect(self._tick)
        self._texts = Texts(self)
        self._texts.redo(self._fill, key="fill")
        theme.news.changed.connect(self._fill)

    # --- Putting together

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        page = styled(QWidget(), "surface")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        self._column.setSpacing(theme.scale(8))
        self._column.addLayout(self._head())
        self._column.addWidget(self.bell.panel)
        self.others = _wrapped("note-box")
        self._column.addWidget(self.others)
        self.numbers = self._part(FactRows())
        self._column.addLayout(self._reason())
        self.facts = self._part(FactRows())
        self.law = self._part(FactRows())
        self.notes = _wrapped("body")
        self._column.addWidget(self.notes)
        self.tickets = QVBoxLayout()
        self.tickets.setSpacing(theme.scale(2))
        self._column.addLayout(self.tickets)
        self.open_button = push_button(N_("Open the customer"), "open", "link")
        self.open_button.clicked.connect(self._open_customer)
        self._column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeading)
        self._column.addStretch(1)
        whole.addWidget(ScrolledPage(page, theme.scale(240)))

    def _part(self, rows: FactRows) -> FactRows:
        self._column.addWidget(rows)
        return rows

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        self.name = heading()
        self.name.setWordWrap(True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bell = Bell(self._desk)
        row.addWidget(self.name, 1)
        row.addWidget(self.bell, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _reason(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        self.reason = _wrapped("secondary")
        self.why_button = push_button(N_("Why?"), look="link")
        self.why_button.clicked.connect(self.tell_why)
        row.addWidget(self.reason, 1)
        row.addWidget(self.why_button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    # --- Showing

    @property
    def card(self) -> DialCard | None:
        """Whom it shows."""
        return self._card

    def show_card(self, card: DialCard | None, claimed: Claimed | None = None) -> None:
        """Show a customer and why he came; None for nobody."""
        self._card, self._claimed = card, claimed
        self._read_at = monotonic()
        self._others = card.others if card else ()
        self.bell.show_alerts(card.customer_id if card else None, card.alerts if card else ())
        if card is not None:
            self.bell.keep_time(_company_zone(card))
        self._fill()

    def show_others(self, others: tuple[str, ...]) -> None:
        """Who else has this customer open, as the last sign of life told it."""
        if others != self._others:
            self._others = others
            self._say_others()

    @property
    def lines(self) -> list[str]:
        """What is shown, one line each."""
        return [text for part in (self.numbers, self.facts, self.law) for text in part.texts()]

    @Slot()
    def tell_why(self) -> None:
        """Open the full answer."""
        if self._claimed is not None and self._card is not None:
            zone = _company_zone(self._card)
            self.why = WhyThisOne(self._claimed.rule, self._claimed.reason, zone, self)
            self.why.open()

    def now(self) -> datetime:
        """This moment by the database's clock, as it went on since the card was read."""
        if self._card is None:
            return datetime.now(UTC)
        return self._card.moment + timedelta(seconds=monotonic() - self._read_at)

    @Slot()
    def _fill(self) -> None:
        card = self._card
        self.setVisible(card is not None)
        if card is None:
            return
        self.name.setText(by_line(card.name or _("No name")))
        self._say_others()
        self._say_why()
        self.numbers.fill(
            [self._number(each) for each in card.numbers] or [("error", "warning", _("No number"), "body")]
        )
        self.facts.fill(self._facts(card))
        dialled = next((each for each in card.numbers if each.e164 == self._person()), None)
        self.law.fill(self._law(card, dialled) if dialled else [])
        self.notes.setText(by_line(card.notes))
        self.notes.setVisible(bool(card.notes))
        self._fill_tickets(card)

    def _fill_tickets(self, card: DialCard) -> None:
        while (item := self.tickets.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for ticket in card.tickets:
            self.tickets.addWidget(self._ticket(ticket), 0, Qt.AlignmentFlag.AlignLeading)

    def _say_others(self) -> None:
        names = ", ".join(isolate(each) for each in self._others)
        count = len(self._others)
        text = _n("{names} has this customer open too.", "{names} have this customer open too.", count, names=names)
        self.others.setText(sided(text) if self._others else "")
        self.others.setVisible(bool(self._others))

    def _say_why(self) -> None:
        claimed = self._claimed
        is_told = claimed is not None and bool(claimed.rule)
        self.reason.setText(sided(say(reasons.short(claimed.rule, claimed.reason))) if claimed and is_told else "")
        self.reason.setVisible(is_told)
        self.why_button.setVisible(is_told)

    def _person(self) -> str:
        if self._claimed is not None and self._claimed.person:
            return self._claimed.person
        return next((each.e164 for each in self._card.numbers if each.e164), "") if self._card else ""

    def _number(self, number: CardNumber) -> Said:
        shown = isolate(number.raw)
        if number.e164 is None:
            return "error", "muted", _("{number}: nobody can read this number", number=shown), "secondary"
        if number.is_refused:
            return "refused", "danger", _("{number}: do not call", number=shown), "body"
        if number.e164 == self._person():
            return "call", "accent", shown, "figure"
        return "call", "muted", shown, "body"

    def _facts(self, card: DialCard) -> list[Said]:
        found: list[Said] = [("clock", "muted", self._time_there(card), "body")]
        if card.last_call_at is not None:
            moment = moment_words(card.last_call_at, _company_zone(card), self.now())
            found.append(("history", "muted", _("Last called {moment}", moment=isolate(moment)), "body"))
        else:
            found.append(("history", "muted", _("Never called"), "body"))
        if card.balance is not None:
            points = isolate(format_points(card.balance))
            found.append(("points", "muted", _("Points: {balance}", balance=points), "body"))
        if card.language:
            known = LANGUAGES.get(card.language)
            found.append(("language", "muted", isolate(known.name if known else card.language), "body"))
        if place := ", ".join(isolate(each) for each in (card.address, card.site) if each):
            found.append(("site", "muted", place, "body"))
        if card.email:
            found.append(("mail", "muted", isolate(card.email), "body"))
        return found

    def _time_there(self, card: DialCard) -> str:
        zone = zone_of(card.zone)
        time = format_time(self.now(), zone)
        if self.now().astimezone(zone).utcoffset() == self.now().astimezone(_company_zone(card)).utcoffset():
            return _("{time} there, as here", time=time)
        return _("{time} there ({zone})", time=time, zone=isolate(card.zone.replace("_", " ")))

    def _law(self, card: DialCard, number: CardNumber) -> list[Said]:
        found: list[Said] = []
        zone = _company_zone(card)
        if number.register_days is not None and card.campaign.checks_register:
            found.append(self._register(number, zone))
        if number.consent_until is not None and number.consent_until > self.now():
            is_near = number.consent_until - self.now() < _SOON
            day = format_date(number.consent_until.astimezone(zone).date())
            tone = "warning" if is_near else "success"
            found.append(("success", tone, _("Consent until {day}", day=day), "secondary"))
        elif card.campaign.needs_consent:
            found.append(("warning", "warning", _("No valid consent"), "secondary"))
        if number.calls_today:
            text = _n("Called {count} time today", "Called {count} times today", number.calls_today)
            found.append(("repeat", "muted", text, "secondary"))
        return found

    def _register(self, number: CardNumber, zone: tzinfo) -> Said:
        checked = number.register_checked_at
        if checked is None:
            return "warning", "warning", _("Never checked against the register"), "secondary"
        day = format_date(checked.astimezone(zone).date())
        if number.is_registered:
            return "refused", "danger", _("Listed in the register on {day}", day=day), "secondary"
        if checked + timedelta(days=number.register_days or 0) <= self.now():
            return (
                "warning",
                "warning",
                _("Last checked against the register on {day}, too long ago", day=day),
                "secondary",
            )
        return "success", "success", _("Not in the register on {day}", day=day), "secondary"

    def _ticket(self, ticket: OpenTicket) -> QWidget:
        state = in_words(status_name(ticket.code, ticket.name))
        text = _("Ticket {number}, {state}", number=isolate(ticket.number), state=isolate(state))
        button = push_button("", "ticket", "link")
        button.setText(f"{text}: {isolate(ticket.subject[:60])}" if ticket.subject else text)
        button.setAccessibleName(button.text())
        button.clicked.connect(partial(self._desk.commands.run, "tickets.open", ticket.id))
        return button

    # --- Acts and time

    @Slot()
    def _open_customer(self) -> None:
        if self._card is not None:
            self._desk.commands.run("customers.open", self._card.customer_id)

    @Slot()
    def _tick(self) -> None:
        if self._card is not None:
            self.facts.fill(self._facts(self._card))

    def showEvent(self, event: QShowEvent) -> None:
        """The clock goes while it can be seen."""
        super().showEvent(event)
        self._clock.start()
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks at the clock."""
        super().hideEvent(event)
        self._clock.stop()


def _wrapped(look: str) -> QLabel:
    label = styled(plain(), look)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.hide()
    return label


def _company_zone(card: DialCard) -> tzinfo:
    return zone_of(card.company_zone)
