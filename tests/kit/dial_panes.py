"""The panes of the dial desk with everything on them that can be said, for a walk through every window."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.dialer.dry import Dry
from app.domain.dialer.forms import KINDS, FormField
from app.domain.dialer.standing import WORDS
from app.services.dialer.card import CampaignFacts, CardForm, CardNumber, DialCard, OpenTicket
from app.services.dialer.claiming import Claimed
from app.services.dialer.history import HistoryLine, HistoryPage, Kind
from app.services.dialer.standing import Nobody
from ui.dialer.panes.history import HistoryPane
from ui.dialer.panes.nobody import NobodyPane
from ui.dialer.panes.person import PersonPane
from ui.dialer.panes.script import ScriptPane
from ui.dialer.panes.why import WhyThisOne
from ui.dialer.panes.words import zone_of
from ui.kit.screen import Desk

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_FACTS = CampaignFacts(
    id=1,
    name="Zzz",
    script="Zzz {customer}",
    is_closed=False,
    lock_minutes=0,
    needs_note=True,
    needs_consent=True,
    checks_register=True,
    calls_automatically=False,
    call_delay_seconds=5,
    alert_after_seconds=60,
    wrap_up_seconds=0,
)
_DRIES = {
    Dry.EMPTY: Nobody(0, 0, ()),
    Dry.FREE: Nobody(9, 2, (("GAP", 7),)),
    Dry.OVER: Nobody(9, 0, (("FINAL", 9),)),
    Dry.HOURS: Nobody(9, 0, (("HOURS", 9),), NOW + timedelta(days=900)),
    Dry.LATER: Nobody(9000, 0, tuple((code, 3) for code in WORDS), NOW + timedelta(days=900)),
    Dry.BLOCKED: Nobody(9, 0, (("DO_NOT_CALL", 9),)),
}


def _lines() -> Iterator[HistoryLine]:
    for form in ("skip", "lost", "inbound"):
        yield HistoryLine(Kind.CALL, 1, NOW, "Zzz", "", form)
    yield HistoryLine(
        Kind.CALL, 2, NOW, "Zzz", "Zzz", "call", "callback", outcome="callback", campaign="Zzz", callback_at=NOW,
        callback_who="Zzz", answered_at=NOW, hung_up_at=NOW + timedelta(minutes=3),
    )  # fmt: skip
    yield HistoryLine(Kind.CALL, 3, NOW, "Zzz", "", "inbound", "success", outcome="success", callback_at=NOW)
    yield HistoryLine(Kind.NOTE, 4, NOW, "Zzz", "Zzz", code="alert", ticket_id=7, number="7", is_marked=True)
    yield HistoryLine(Kind.TICKET, 5, NOW, "Zzz", "Zzz", code="new", ticket_id=7, number="7")
    for campaign, is_marked in ((None, False), ("Zzz", False), (None, True)):
        yield HistoryLine(Kind.WISH, 6, NOW, "Zzz", "Zzz", "customer", campaign=campaign, is_marked=is_marked)


def _card(*numbers: CardNumber, zone: str = "Europe/Rome") -> DialCard:
    fields = tuple(FormField(f"f{place}", "Zzz", kind, ("Zzz",), True) for place, kind in enumerate(KINDS))
    form = CardForm(1, "Zzz", fields)
    return DialCard(
        1, "Zzz", "Zzz 1", "zzz@zzz.it", "it", "Zzz", "Zzz", zone, "Asia/Jerusalem", "Zzz", NOW, _FACTS, numbers,
        ("Zzz",), (), (OpenTicket(7, "7", "Zzz", NOW, "new", None),), (), (form,),
        {form.key_of(each): True if each.kind == "check" else "Zzz" for each in fields}, HistoryPage(tuple(_lines())),
        Decimal("-1234.5"),
    )  # fmt: skip


def dial_panes(desk: Desk) -> Iterator[tuple[str, QWidget]]:
    """Each state of the panes by name, in a window as wide as the smallest screen leaves them."""
    number = "+390612345"
    claimed = Claimed("1", 1, 1, 1, number, NOW, NOW, True, "IN_TURN", {"pool": "Zzz", "priority": 1})
    plain = CardNumber(number, number, NOW, 2, register_days=15)
    cards = {
        "never-checked": _card(plain, CardNumber("06 x", None)),
        "old-check": _card(CardNumber(number, number, register_checked_at=NOW - timedelta(30), register_days=15)),
        "listed": _card(CardNumber(number, number, None, 1, False, NOW, True, 15, NOW + timedelta(90)), zone="UTC"),
        "free": _card(CardNumber(number, number, register_checked_at=NOW, register_days=15), zone="Asia/Jerusalem"),
        "refused": _card(CardNumber(number, number, is_refused=True)),
        "without": _card(),
    }
    holder = QWidget()
    row = QHBoxLayout(holder)
    person, script, history = PersonPane(desk), ScriptPane(desk), HistoryPane(desk)
    for pane in (person, script, history):
        row.addWidget(pane, 1)
    holder.resize(920, 640)
    holder.show()
    for name, card in cards.items():
        person.show_card(card, claimed)
        script.show_card(card, name)
        script.missing()
        history.show_card(card)
        yield f"dial-card-{name}", holder
    nobody = NobodyPane(desk)
    nobody.resize(700, 560)
    nobody.show()
    for state, told in _DRIES.items():
        nobody.show_reasons(told, 1, may_filter=True)
        assert nobody.state is state
        yield f"dial-nobody-{state.name}", nobody
    reasons = {"pool": "Zzz", "due_at": NOW.isoformat(), "tries": 2, "tried_at": NOW.isoformat(), "priority": 0}
    for rule in ("CALLBACK_MINE", "CALLBACK_ANYONE", "NO_STATUS", "IN_TURN", "BY_HAND"):
        why = WhyThisOne(rule, reasons, zone_of("Asia/Jerusalem"), holder)
        why.show()
        yield f"dial-why-{rule}", why
        why.close()
    for window in (holder, nobody):
        window.close()
        window.deleteLater()
