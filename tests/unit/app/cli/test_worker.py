"""`callboard worker`: one round or until told to end; who may run it, and where passwords come from."""

import json
import signal
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.cli import main
from app.db.database import Database
from app.models.company import Company
from app.models.mail import MailAccount, MailTemplate, OutboxMessage
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.mail.queueing import queue
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user
from tests.kit.factory import add_call, add_group, add_type, add_user
from tests.kit.mail_server import mail_server
from tests.kit.servers import PASSWORD, Server


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["worker", *words])


def write(url: str, *, keys: str = "1", port: int = 25) -> list[str]:
    """An office with mail to send; its Message-IDs."""
    opened = Database(url)
    with opened.transaction() as session:
        if session.get(Company, 1) is None:
            session.add(Company(id=1, name="Rossi", country="IT", time_zone="Europe/Rome", language="it"))
            add_user(session, "Dana", role="administrator", email="dana@office.test", language="he")
            values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_login": "office"}
            session.add(MailAccount(is_office=True, address="office@rossi.test", **values))
            text = {"en": {"subject": "{task}", "body": "Hello {handler}"}}
            session.add(MailTemplate(name="New task", event="task_given", recipient="handler", texts=text))
            group = add_group(session, "Back office", is_back_office=True)
            add_call(session, group, add_type(session), "דוד דולף")
        for key in keys:
            queue(session, "task_given", key=key, task_id=1, user_id=1)
    with opened.reading() as session:
        found = list(session.scalars(select(OutboxMessage.message_id).order_by(OutboxMessage.id)))
    opened.close()
    return found


@pytest.mark.row("R-X4", "R-F6")
def test_one_round_sends_what_is_due_with_the_password_of_the_file(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("office@rossi.test horse-battery\n", encoding="utf-8")
    file.chmod(0o600)
    with mail_server(password="horse-battery") as server:
        ids = write(database_url, keys="12", port=server.port)
        done = run("--once", "--json", "--credentials", str(file), "--database", database_url)
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout) == {
            "sent": 2,
            "failed": 0,
            "read": 0,
            "rerouted": 0,
            "reminded": 0,
            "laid_out": 0,
            "verified": 0,
            "cleared": 0,
        }
        assert server.ids == ids
        assert server.taken[0]["Subject"] == "דוד דולף [#1]"
        again = run("--once", "--database", database_url, "--credentials", str(file))
        assert again.stdout == (
            "sent 0, failed 0, read 0, handed over 0, reminded 0, calling hours 0, points verified 0, cleared 0\n"
        )
        assert "horse" not in done.output + again.output


def test_mail_can_be_dropped_into_a_folder(sqlite_url: str, tmp_path: Path) -> None:
    (message_id,) = write(sqlite_url)
    assert run("--once", "--drop", str(tmp_path / "mail"), "--database", sqlite_url).exit_code == 0
    (file,) = (tmp_path / "mail").glob("*.eml")
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["Message-ID"] == message_id


def test_passwords_others_can_read_are_refused_in_words(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("office@rossi.test horse-battery\n", encoding="utf-8")
    file.chmod(0o640)
    refused = run("--once", "--credentials", str(file), "--database", sqlite_url)
    assert refused.exit_code == 1
    assert "chmod 600" in refused.stderr
    assert "horse" not in refused.output


def test_only_an_administrator_of_a_server_may_work_for_it(server: Server) -> None:
    with server.as_user(f"{server.name}_u1") as backend:
        backend.execute(set_up, CompanyDraft("Rossi", "IT", "Europe/Rome", "it"))
        roles = {role.code: role.id for role in backend.execute(list_roles)}
        draft = UserDraft("noa", "Noa", roles["technician"])
        noa = backend.execute(save_user, draft, password=PASSWORD)
    refused = run("--once", "--database", server.url_of(noa.db_role or ""))
    assert refused.exit_code == 1
    assert "Your role does not allow this." in refused.stderr
    done = run("--once", "--json", "--database", server.url_of(f"{server.name}_u1"))
    assert json.loads(done.stdout)["failed"] == 0


def test_it_works_until_it_is_told_to_end(sqlite_url: str, tmp_path: Path) -> None:
    write(sqlite_url)
    words = [sys.executable, "-m", "ui", "worker", "--json", "--drop", str(tmp_path / "mail"), "--database", sqlite_url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert json.loads(worker.stdout.readline())["sent"] == 1
        worker.send_signal(signal.SIGTERM)
        _out, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    assert "Traceback" not in errors


def test_without_a_keyring_a_password_is_refused_in_words() -> None:
    refused = CliRunner().invoke(main, ["worker", "password", "office@rossi.test", "--stdin"], input="horse\n")
    assert refused.exit_code == 1
    assert "--credentials" in refused.stderr
    assert "horse" not in refused.output
