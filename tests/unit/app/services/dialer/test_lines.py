"""How users telephone: their own line, the company's server, and nowhere a password."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.adapters import secrets
from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.models.company import Company
from app.services.dialer.lines import LineDraft, Server, my_line, save_line, save_server, server
from app.services.dialer.telephones import dialled_form, password_key, save_telephone, try_out
from tests.kit.factory import add_user


def people(database: Database) -> tuple[Backend, Backend]:
    """An administrator's and an agent's way in."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IT", time_zone="Europe/Rome", language="en"))
        session.flush()
        admin, agent = add_user(session, "Sara", "administrator").id, add_user(session, "Ada", "agent").id
    return Backend(database, actor=admin), Backend(database, actor=agent)


@pytest.mark.row("U40")
def test_everybody_chooses_a_telephone_of_his_own(database: Database) -> None:
    admin, agent = people(database)
    assert agent.execute(my_line).draft == LineDraft()
    saved = agent.execute(save_line, LineDraft("ami", extension=" 100 ", host="ignored"))
    assert (saved.draft, saved.version, saved.country) == (LineDraft("ami", extension="100"), 1, "IT")
    assert agent.execute(save_line, LineDraft("simulator", pace=0.5), version=1).draft.pace == 0.5
    assert agent.execute(my_line).version == 2
    assert admin.execute(my_line).draft.kind == "handoff"
    with pytest.raises(Conflict):
        agent.execute(save_line, LineDraft(), version=1)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (LineDraft("fax"), "KIND"),
        (LineDraft("ami"), "EXTENSION"),
        (LineDraft("ami", extension="100\r\nAction: Originate"), "EXTENSION"),
        (LineDraft("baresip", extension="100"), "HOST"),
        (LineDraft("baresip", extension="100", host="pbx;auth_pass=x"), "HOST"),
        (LineDraft("baresip", extension="100", host="pbx", login="a;b"), "LOGIN"),
        (LineDraft("handoff", scheme="file"), "SCHEME"),
        (LineDraft("handoff", scheme="sip", host="../x"), "HOST"),
    ],
)
def test_a_line_that_cannot_work_is_refused(database: Database, draft: LineDraft, code: str) -> None:
    _admin, agent = people(database)
    with pytest.raises(Refused) as refused:
        agent.execute(save_line, draft)
    assert refused.value.code == code


def test_the_server_is_the_administrators(database: Database) -> None:
    admin, agent = people(database)
    asked = Server(
        "pbx.local", 5039, "tls", "callboard", form="national", prefix="0", version=admin.execute(server).version
    )
    with pytest.raises(Refused, match="role"):
        agent.execute(save_server, asked)
    admin.execute(save_server, asked)
    line = agent.execute(save_line, LineDraft("ami", extension="100"))
    assert (line.server.host, line.server.security) == ("pbx.local", "tls")
    assert dialled_form(line, "06 1234 5678") == "00612345678"
    with pytest.raises(Conflict):
        admin.execute(save_server, asked)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"host": "pbx\r\n"}, ""),
        ({"host": "a b"}, "HOST"),
        ({"port": 0}, "PORT"),
        ({"login": ""}, "LOGIN"),
        ({"channel": "PJSIP/100"}, "CHANNEL"),
        ({"channel": "PJSIP/{extension}\r\nAction: X"}, "CHANNEL"),
        ({"context": ""}, "CONTEXT"),
        ({"prefix": "abc"}, "PREFIX"),
    ],
)
def test_a_server_that_cannot_work_is_refused(database: Database, values: dict[str, object], code: str) -> None:
    admin, _agent = people(database)
    draft = Server(**{"host": "pbx", "login": "x", "version": admin.execute(server).version, **values})
    if not code:
        assert admin.execute(save_server, draft).host == "pbx"
        return
    with pytest.raises(Refused) as refused:
        admin.execute(save_server, draft)
    assert refused.value.code == code


def test_a_password_goes_to_the_key_store_and_nowhere_else(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(secrets, "keep", lambda key, password: not kept.update({key: password}))
    _admin, agent = people(database)
    draft = LineDraft("baresip", extension="100", host="pbx.test")
    line = agent.execute(save_telephone, draft, "hunter-22")
    assert kept == {password_key(line): "hunter-22"}
    tables = ("phone_lines", "dial_rules", "operations", "change_log")
    with database.reading() as session:
        stored = "".join(str(session.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)
    assert "hunter" not in stored
    assert "hunter" not in repr(line)
    said = try_out(agent.execute(save_line, LineDraft("simulator"), version=line.version), tmp_path)
    assert "pretends" in said.text


def test_a_computer_without_a_key_store_says_so_and_nothing_is_saved(database: Database) -> None:
    _admin, agent = people(database)
    with pytest.raises(Refused) as refused:
        agent.execute(save_telephone, LineDraft("baresip", extension="100", host="pbx.test"), "hunter-22")
    assert refused.value.code == "KEYRING"
    assert agent.execute(my_line).version == 0
