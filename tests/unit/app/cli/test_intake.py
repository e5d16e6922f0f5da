"""An enquiry from a web form: taken in once, or refused in one sentence."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer
from app.models.tickets import Ticket
from app.services.tickets.form import SAMPLE, sample
from tests.kit.factory import add_user


@pytest.fixture
def office(database: Database) -> Database:
    """A company with an administrator."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Galil", country="IL", time_zone="Asia/Jerusalem", language="en"))
        add_user(session, "Dana", "administrator")
    return database


def send(url: str, text: str, *words: str) -> Result:
    """The command with this at its standard input."""
    return CliRunner().invoke(main, ["intake", *words, "--database", url], input=text)


@pytest.mark.row("R-F4", "R-F25")
def test_the_sample_is_taken_in_once(office: Database, database_url: str, tmp_path: Path):
    file = tmp_path / "enquiry.json"
    file.write_text(sample(), encoding="utf-8")
    first = CliRunner().invoke(main, ["intake", str(file), "--json", "--database", database_url])
    assert first.exit_code == 0, first.output
    again = send(database_url, sample(), "--json")
    assert json.loads(again.stdout)["ticket_id"] == json.loads(first.stdout)["ticket_id"]
    with office.reading() as session:
        ticket = session.query(Ticket).one()
        customer = session.query(Customer).one()
        assert (ticket.subject, customer.email, customer.language) == (SAMPLE["subject"], SAMPLE["email"], "he")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{subject: 1}", "This is not JSON: line 1, column 2."),
        ("[1]", "An enquiry is one object of fields and texts."),
        ("[" * 100_000, "An enquiry is one object of fields and texts."),
        ('{"subject": "Leak", "mail": "a@b.com"}', "There is no field “mail”."),
        ('{"subject": "Leak", "email": 7}', "The value of “email” has to be a text."),
        ('{"email": "ruth@example.com"}', "Say in a few words what it is about."),
        ('{"subject": "Leak"}', "An enquiry needs a mail address or a telephone number to answer to."),
        ('{"subject": "Leak", "phone": "03 1234567", "language": "xx"}', "Callboard does not speak this language."),
        ("x" * 1_000_001, "An enquiry has at most 1000000 characters."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, said: str):
    refused = send(str(tmp_path / "none.sqlite"), text)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.output
    assert len(refused.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path):
    refused = CliRunner().invoke(main, ["intake", str(tmp_path / "nothing.json")])
    assert refused.exit_code == 1
    assert "nothing.json cannot be read" in refused.stderr


def test_nothing_is_left_of_a_refused_enquiry(office: Database, database_url: str):
    assert send(database_url, '{"subject": "Leak"}').exit_code == 1
    with office.reading() as session:
        assert session.query(Ticket).count() == 0
