from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from app.adapters.imap import open_mailbox, try_mailbox
from app.domain.errors import Refused
from tests.kit.mailbox import MailServer, mail_server


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


def mail(subject: str, text: str = "hello") -> bytes:
    made = EmailMessage()
    made["Subject"] = subject
    made.set_content(text)
    return made.as_bytes()


def test_sizes_come_first_a_big_mail_need_not_be_fetched_whole_and_nothing_is_marked(server: MailServer) -> None:
    first = server.lay(mail("one"))
    second = server.lay(mail("two", "x" * 50_000))
    old = server.lay(mail("old"), datetime(2020, 1, 1, tzinfo=UTC))
    with open_mailbox(server.where) as box:
        assert [each.uid for each in box.after(first - 1)] == [first, second, old]
        assert [each.uid for each in box.after(second)] == [old]
        assert box.after(old) == ()
        lately = box.after(0, (datetime.now(UTC) - timedelta(days=1)).date())
        assert [each.uid for each in lately] == [first, second]
        assert lately[1].size > 50_000
        assert box.next_uid == old + 1
        beginning = box.fetch(second, 1000)
        assert beginning is not None
        assert len(beginning) == 1000
        assert box.fetch(old + 7) is None
    assert server.flags() == [frozenset()] * 3


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"password": "other"}, "LOGIN"),
        ({"password": "שגויה"}, "LOGIN"),
        ({"folder": "Nowhere"}, "FOLDER"),
        ({"host": "nobody.invalid"}, "HOST"),
        ({"port": 1}, "LOST"),
        ({"security": "tls"}, "SECURITY"),
        ({"security": "starttls"}, "SECURITY"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_said(server: MailServer, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        try_mailbox(replace(server.where, **wrong))  # type: ignore[arg-type]
    assert refused.value.code == code
    assert "s3cret" not in repr(server.where)
