import base64
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.adapters.mime import read_letter
from app.domain.mail.incoming import BODY_LENGTH, FILE_SIZE, FILES_AT_MOST, LeftOut, automatic

PIECES = st.sampled_from(
    [
        b"From: a@b.it\r\n",
        b"Subject: =?windows-1255?B?",
        b"=?utf-8?q?=zz?=",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n",
        b"Content-Type: text/html; charset=\0\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 666 x\n!!!\n",
        b"Content-Disposition: attachment; filename*=idna''%ff%00\r\n",
        b'Content-Type: text/plain; name*0*="\xff; name*9*=\r\n',
        b"--x\r\n",
        b"--x--\r\n",
        b"\r\n",
        b"<!--<script>",
    ]
)


def letter(**headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Dana <dana@rossi.it>"
    made["Subject"] = "Boiler"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return made


@given(st.lists(PIECES | st.binary(max_size=30), max_size=40).map(b"".join))
@example(b"")
@example(b"Content-Type: multipart/mixed\r\n\r\n--\r\n")
@settings(max_examples=300)
def test_whatever_the_bytes_are_a_letter_comes_of_it(raw: bytes) -> None:
    read = read_letter(raw)
    kept = "\n".join([read.from_address, read.from_name, read.subject, read.body, *(file.name for file in read.files)])
    kept.encode("utf-8")
    assert "\0" not in kept
    assert read.message_id
    assert all(file.name and "/" not in file.name for file in read.files)
    assert read_letter(raw) == read
    automatic(read)


@pytest.mark.parametrize("charset", ["windows-1255", "iso-8859-8", "iso-8859-8-i", "utf-8"])
@pytest.mark.row("R-F4")
def test_hebrew_of_any_age_is_read(charset: str) -> None:
    code = {"iso-8859-8-i": "iso-8859-8"}.get(charset, charset)
    word = base64.b64encode("הדוד דולף".encode(code)).decode()
    raw = (
        f"From: =?{charset}?B?{base64.b64encode('דנה כהן'.encode(code)).decode()}?= <dana@cohen.co.il>\r\n"
        f"Subject: =?{charset}?B?{word}?=\r\n =?{charset}?B?{word}?=\r\n"
        f"Content-Type: text/plain; charset={charset}\r\n\r\n"
    ).encode() + "שלום, הדוד דולף.".encode(code)
    read = read_letter(raw)
    assert read.from_name == "דנה כהן"
    assert read.subject == "הדוד דולףהדוד דולף"
    assert read.body == "שלום, הדוד דולף."


@pytest.mark.parametrize("named", ["", "; charset=us-ascii", "; charset=nonsense", "; charset=utf-8"])
def test_hebrew_without_its_charset_is_guessed(named: str) -> None:
    raw = b"From: a@b.il\r\nSubject: " + "דחוף".encode("cp1255")
    raw += f"\r\nContent-Type: text/plain{named}\r\n\r\n".encode() + "אין מים".encode("cp1255")
    read = read_letter(raw)
    assert (read.subject, read.body) == ("דחוף", "אין מים")


def test_plain_text_comes_before_a_page_and_a_page_becomes_text() -> None:
    both = letter()
    both.set_content("Plain words")
    both.add_alternative("<p>A page</p>", subtype="html")
    assert read_letter(both.as_bytes()).body == "Plain words"
    page = letter()
    page.set_content(
        "<style>p{}</style><!-- x --><div>Caf&eacute; &lt;3</div><div>two<br>three</div><script>steal()</script>",
        subtype="html",
    )
    assert read_letter(page.as_bytes()).body == "Café <3\ntwo\nthree"


def test_files_come_along_up_to_their_limits_and_the_others_are_named() -> None:
    made = letter()
    made.set_content("See the files")
    made.add_attachment(b"%PDF", "application", "pdf", filename="../../etc/שרטוט\u202egpj.pdf")
    made.add_attachment(b"x" * (FILE_SIZE + 1), "application", "zip", filename="all.zip")
    made.add_attachment(b"TNEF", "application", "ms-tnef", filename="winmail.dat")
    read = read_letter(made.as_bytes())
    assert [file.name for file in read.files] == ["שרטוטgpj.pdf", "winmail.dat"]
    assert read.files[0].content == b"%PDF"
    assert read.left_out == (LeftOut("all.zip", FILE_SIZE + 1),)
    assert read.body == "See the files"


def test_thousands_of_parts_and_a_bomb_of_headers_are_taken_within_limits() -> None:
    parts = MIMEMultipart()
    parts["From"] = "a@b.it"
    for number in range(3000):
        parts.attach(MIMEText(f"part {number}", "csv"))
    read = read_letter(parts.as_bytes())
    assert len(read.files) == FILES_AT_MOST
    assert len(read.left_out) < 1000
    bomb = b"From: a@b.it\r\nSubject: " + b"=?utf-8?q?x?= " * 100_000 + b"\r\n" + b"X: y\r\n" * 100_000 + b"\r\nhello"
    assert read_letter(bomb).body == "hello"
    assert len(read_letter(bomb).subject) <= 500
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=x%d\r\n\r\n--x%d\r\n" % (n, n) for n in range(3000))
    read = read_letter(b"From: a@b.it\r\nSubject: deep\r\n" + nested)
    assert (read.from_address, read.subject, read.is_readable) == ("a@b.it", "deep", False)


def test_a_page_of_nothing_but_tags_takes_no_time() -> None:
    page = b"From: a@b.it\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 60_000 + b"end" + b"<!--" * 60_000
    assert read_letter(page).body == "end"


def test_of_a_mail_that_is_too_big_its_beginning_is_read_and_no_half_file_is_kept() -> None:
    made = letter()
    made.set_content("The plan is attached")
    made.add_attachment(b"x" * 1_000_000, "application", "pdf", filename="plan.pdf")
    raw = made.as_bytes()
    read = read_letter(raw[:200_000], size=30_000_000)
    assert (read.body, read.files, read.is_whole, read.size) == ("The plan is attached", (), False, 30_000_000)


def test_a_long_text_is_cut() -> None:
    made = letter()
    made.set_content("word " * BODY_LENGTH)
    assert BODY_LENGTH - 10 < len(read_letter(made.as_bytes()).body) <= BODY_LENGTH


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("dana@rossi.it", "dana@rossi.it"),
        ("Dana Levi <Dana@Rossi.IT>", "dana@rossi.it"),
        ('"Levi, Dana" <dana@rossi.it>', "dana@rossi.it"),
        ("undisclosed-recipients:;", ""),
        ("<>", ""),
        ("dana@localhost", ""),
        ("dana@rossi.it\r\n\tBcc: x@y.z", ""),
    ],
)
def test_a_sender_is_an_address_or_nobody(sender: str, address: str) -> None:
    assert read_letter(f"From: {sender}\r\n\r\nhello".encode()).from_address == address


BOUNCE = b"""From: Mail Delivery System <MAILER-DAEMON@mx.rossi.it>
Return-Path: <>
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

Sorry.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.rossi.it

Final-Recipient: rfc822; dana@rossi.it
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox is full

--x
Content-Type: text/rfc822-headers

Message-ID: <ours-1@acqua.it>
Subject: Your ticket

--x--
"""


def test_a_report_of_a_mail_server_names_the_mail_that_came_back() -> None:
    read = read_letter(BOUNCE)
    assert read.bounce is not None
    assert (read.bounce.message_id, read.bounce.reason) == ("<ours-1@acqua.it>", "552 5.2.2 Mailbox is full")
    assert read.bounce.is_final
    late = read_letter(BOUNCE.replace(b"Action: failed", b"Action: delayed")).bounce
    assert late is not None
    assert not late.is_final


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "Precedence: Bulk",
        "List-Id: news <news.x.it>",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=disposition-notification",
    ],
)
def test_what_machines_write_is_known_for_it(header: str) -> None:
    assert automatic(read_letter(f"From: a@b.it\r\n{header}\r\n\r\nhello".encode())) is not None


def test_what_people_write_is_not_taken_for_a_machine() -> None:
    raw = b"From: a@b.it\r\nAuto-Submitted: no\r\nReturn-Path: <a@b.it>\r\nPrecedence: first-class\r\n\r\nhello"
    assert automatic(read_letter(raw)) is None
