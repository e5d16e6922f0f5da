"""Mail handed to real SMTP servers: what the reader gets, and the name of every failure."""

import logging
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.adapters.credentials import CredentialsFile
from app.adapters.drop_folder import DropFolder
from app.adapters.letters import LARGEST, Letter, Undelivered, compose, packed
from app.adapters.smtp import Server, Smtp
from app.domain.errors import UserError
from app.domain.mail.failures import Failure
from tests.kit.mail_server import MailServer, mail_server

LETTER = Letter(
    from_address="office@rossi.test",
    from_name="Caldaie Rossi",
    to_address="bianchi@home.test",
    to_name="Bianchi",
    language="en",
    is_rtl=False,
    subject="About the boiler [#7]",
    body="Dear Bianchi,\n\n.a line with a dot\n",
    message_id="<abc@rossi.test>",
    written_at=datetime(2031, 11, 24, 9, tzinfo=UTC),
    in_reply_to="<before@home.test>",
)
HEBREW = replace(
    LETTER, language="he", is_rtl=True, to_name="לוי כהן", from_name="דוודים בע״מ", subject="פגישה: הדוד דולף [#7]",
    body="שלום לוי,\nהטכנאי Ana יגיע ב־09:00 <b>\n",
)  # fmt: skip


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as mails:
        yield mails


def smtp(server: MailServer, security: str = "none", login: str = "", password: str | None = None) -> Smtp:
    return Smtp(Server("127.0.0.1", server.port, security, login), password, timeout=60)


def failure(way: Smtp, letter: Letter = LETTER) -> Undelivered:
    with closing(way), pytest.raises(Undelivered) as caught:
        way.deliver(letter)
    return caught.value


def test_a_letter_arrives_as_it_was_written(server: MailServer) -> None:
    with closing(smtp(server)) as way:
        way.deliver(LETTER)
    (mail,) = server.taken
    assert (mail["From"], mail["To"]) == ("Caldaie Rossi <office@rossi.test>", "Bianchi <bianchi@home.test>")
    assert (mail["Message-ID"], mail["In-Reply-To"], mail["References"]) == (
        "<abc@rossi.test>", "<before@home.test>", "<before@home.test>",
    )  # fmt: skip
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == LETTER.body
    assert server.senders == ["office@rossi.test"]


@pytest.mark.row("U20", "F6")
def test_hebrew_mail_carries_language_and_direction(server: MailServer) -> None:
    with closing(smtp(server)) as way:
        way.deliver(HEBREW)
    (mail,) = server.taken
    assert mail["Subject"] == HEBREW.subject
    assert mail["To"].addresses[0].display_name == "לוי כהן"
    assert mail["From"].addresses[0].display_name == "דוודים בע״מ"
    assert mail["Content-Language"] == "he"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n") == HEBREW.body
    html = page.get_content()
    assert '<html dir="rtl" lang="he">' in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_one_connection_serves_many_mails_and_survives_a_refusal(server: MailServer) -> None:
    server.to["bad@home.test"] = "550 5.1.1 no such user"
    with closing(smtp(server)) as way:
        way.deliver(LETTER)
        with pytest.raises(Undelivered):
            way.deliver(replace(LETTER, to_address="bad@home.test"))
        way.deliver(replace(LETTER, message_id="<two@rossi.test>"))
    assert len(server.taken) == 2
    assert len(server.peers) == 1


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("550 5.1.1 no such user", Failure.REFUSED),
        ("450 4.2.0 greylisted", Failure.LATER),
        ("452 4.2.2 mailbox full", Failure.LATER),
        ("421 4.3.2 shutting down", Failure.LATER),
        ("drop", Failure.LOST),
    ],
)
def test_every_answer_to_a_recipient_has_its_name(server: MailServer, answer: str, name: Failure) -> None:
    server.to["bianchi@home.test"] = answer
    found = failure(smtp(server))
    assert found.failure is name
    if answer != "drop":
        assert found.detail == answer


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("554 5.7.1 looks like spam", Failure.REFUSED),
        ("451 4.3.0 try later", Failure.LATER),
        ("drop", Failure.LOST),
        ("drop midway", Failure.LOST),
    ],
)
def test_every_answer_to_a_mail_has_its_name_and_the_next_mail_still_goes(
    server: MailServer, answer: str, name: Failure
) -> None:
    server.at_data["bianchi@home.test"] = answer
    with closing(smtp(server)) as way:
        with pytest.raises(Undelivered) as caught:
            way.deliver(LETTER)
        assert caught.value.failure is name
        way.deliver(replace(LETTER, to_address="other@home.test"))
    assert server.readers == ["other@home.test"]


def test_a_dead_server_a_silent_one_and_no_host_have_names() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        assert failure(Smtp(Server("127.0.0.1", port, "none"), timeout=0.2)).failure is Failure.UNREACHABLE
    with closing(socket.socket()) as dead:
        dead.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
        port = dead.getsockname()[1]
        assert failure(Smtp(Server("127.0.0.1", port, "none"))).failure is Failure.UNREACHABLE
        assert failure(Smtp(Server("127.0.0.1", port, "tls"))).failure is Failure.UNREACHABLE
    assert failure(Smtp(Server("no-such-host.invalid", 25, "none"))).failure is Failure.UNREACHABLE
    assert failure(Smtp(Server("x" * 300, 25, "none"))).failure is Failure.UNREACHABLE
    assert failure(Smtp(Server("", 25, "none"))).failure is Failure.NO_ACCOUNT


def test_a_log_in_is_made_and_its_password_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="app")
    with mail_server(password="horse-battery") as server:
        with closing(smtp(server, login="office", password="horse-battery")) as way:
            way.deliver(LETTER)
        assert server.logged_in == ["office"]
        assert failure(smtp(server, login="office", password="wrong-staple")).failure is Failure.LOGIN
        assert failure(smtp(server, login="office")).failure is Failure.NO_SECRET
        assert failure(smtp(server)).failure is Failure.REFUSED
    for secret in ("horse-battery", "wrong-staple"):
        assert not [record for record in caplog.records if secret in record.getMessage() and "app" in record.name]


def test_a_password_does_not_travel_open_and_a_server_that_repeats_it_is_not_quoted(server: MailServer) -> None:
    far = failure(Smtp(Server("127.0.0.1", server.port, "starttls", "office"), "horse-battery", timeout=60))
    assert far.failure is Failure.ENCRYPTION
    server.to["bianchi@home.test"] = "550 you said horse-battery"
    told = failure(smtp(server, password="horse-battery"))
    assert told.detail == "550 you said •••"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's own certificate, and a context that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key, pem = folder / "key.pem", folder / "cert.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", pem]
    subprocess.run([*made, *subject], check=True, capture_output=True)
    offered = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    offered.load_cert_chain(pem, key)
    return offered, ssl.create_default_context(cafile=str(pem))


def test_starttls_is_used_and_a_strange_certificate_refused(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    offered, trusting = certificate
    with mail_server(tls=offered, require_starttls=True, password="horse-battery") as server:
        where = Server("127.0.0.1", server.port, "starttls", "office")
        with closing(Smtp(where, "horse-battery", timeout=60, context=trusting)) as way:
            way.deliver(LETTER)
        assert server.readers == ["bianchi@home.test"]
        assert failure(Smtp(where, "horse-battery", timeout=60)).failure is Failure.ENCRYPTION


def test_a_mail_of_30_mb_is_refused_in_words_before_anything_is_sent(server: MailServer) -> None:
    found = failure(smtp(server), replace(LETTER, body="x" * 30 * 1024 * 1024))
    assert (found.failure, found.detail) == (Failure.TOO_LARGE, "30 MB > 25 MB")
    assert server.taken == []
    with mail_server(data_size_limit=1000) as small:
        refused = failure(smtp(small), replace(LETTER, body="x\n" * 1000))
        assert refused.failure is Failure.TOO_LARGE
        assert small.taken == []


def test_addresses_of_other_scripts_travel_where_the_server_lets_them(server: MailServer) -> None:
    with closing(smtp(server)) as way:
        way.deliver(replace(LETTER, to_address="rossi@münchen.test"))
    assert server.readers == ["rossi@xn--mnchen-3ya.test"]
    assert failure(smtp(server), replace(LETTER, to_address="לוי@home.test")).failure is Failure.ADDRESS
    with mail_server(smtputf8=True) as international, closing(smtp(international)) as way:
        way.deliver(replace(HEBREW, to_address="לוי@home.test"))
        assert international.readers == ["לוי@home.test"]
        assert international.taken[0]["Subject"] == HEBREW.subject


ANYTHING = st.text(alphabet=st.characters(), max_size=60)


@given(subject=ANYTHING, name=ANYTHING, body=ANYTHING, in_reply_to=ANYTHING, is_rtl=st.booleans())
@example(
    subject="x\r\nBcc: thief@evil.test",
    name="y\nX-Evil: 1",
    body="a\r\n.\r\nMAIL FROM:<x@y>",
    in_reply_to="<a>\r\nBcc: b@c",
    is_rtl=True,
)
@example(subject="\u2028Bcc: x@evil.test", name="\x00\x0b\x1c\x85X: y", body="\ud800", in_reply_to="", is_rtl=False)
def test_nothing_that_is_typed_becomes_a_header(
    subject: str, name: str, body: str, in_reply_to: str, is_rtl: bool
) -> None:
    letter = replace(
        LETTER, subject=subject, to_name=name, from_name=name, body=body, in_reply_to=in_reply_to, is_rtl=is_rtl
    )
    data = packed(letter)
    read = message_from_bytes(data, policy=policy.default)
    assert sorted(set(read.keys())) == sorted(set(compose(letter).keys()))
    assert "Bcc" not in read
    assert [each.addr_spec for each in read["To"].addresses] == ["bianchi@home.test"]
    part = read.get_body(("plain",))
    assert part is not None
    assert b"\n.\r\n" not in data or "." in body
    assert len(data) < LARGEST


def test_a_drop_folder_folds_what_comes_twice(tmp_path: Path) -> None:
    way = DropFolder(tmp_path / "mail")
    way.deliver(LETTER)
    way.deliver(LETTER)
    way.deliver(replace(LETTER, message_id="<two@rossi.test>"))
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2
    way.close()


def test_a_file_of_passwords_is_used_only_when_it_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "mail.credentials"
    file.write_text("# mailboxes\nOffice@rossi.test  a b = c\n\nbroken\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(UserError) as caught:
        CredentialsFile(file)
    assert str(file) in str(caught.value)
    file.chmod(0o600)
    known = CredentialsFile(file)
    assert known.password("office@ROSSI.test") == "a b = c"
    assert known.password("broken") is None
    assert "a b = c" not in repr(known)
    with pytest.raises(UserError):
        CredentialsFile(tmp_path / "none")
