from datetime import UTC, datetime

import pytest

from app.domain.mail.failures import Failure
from app.services.tickets.timeline import Entry, Kind
from ui.kit.bidi import bare
from ui.tickets.card.timeline import TimeLine
from ui.tickets.card.words import body, headline

NOON = datetime(2031, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("failure", list(Failure))
def test_why_a_mail_did_not_leave_is_a_sentence_and_not_a_code(failure: Failure) -> None:
    words = body(Entry(Kind.MAIL_OUT, 1, NOON, title="Thanks", text=f"{failure.value} 550 no such user"))
    assert failure.value not in words
    assert words.endswith((".", "user"))


def test_what_was_written_stands_as_it_was_written(qtbot) -> None:
    assert body(Entry(Kind.NOTE, 1, NOON, text="NO_ACCOUNT is what the screen said")).startswith("NO_ACCOUNT")
    line = TimeLine()
    qtbot.addWidget(line)
    assert line.lines == []


@pytest.mark.parametrize(
    ("form", "who", "said"),
    [
        ("call", "Dana", "Call by Dana: No answer"),
        ("call", None, "Call: No answer"),
        ("inbound", "Dana", "The customer called; answered by Dana"),
        ("inbound", None, "The customer called"),
    ],
)
def test_a_call_says_who_called_whom_and_what_came_of_it(form: str, who: str | None, said: str) -> None:
    entry = Entry(Kind.CALL, 1, NOON, who, state=form, note_kind=("no_answer", None))
    assert bare(headline(entry, None)) == said
