"""Mailboxes and mailing lists in Set-up, and the question whether a mailbox works."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton

from app.adapters import credentials
from app.domain.errors import Refused
from app.i18n import say
from app.services.mail.accounts import list_accounts
from app.services.mail.lists import list_lists
from app.services.mail.mailboxes import try_out
from app.services.mail.rows import AccountDraft, ListedAddress
from tests.kit.mailbox import LOGIN, PASSWORD, mail_server
from tests.unit.ui.admin.conftest import Hands
from ui.admin.sections.mailing_lists import line_of, listed


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A key store that keeps."""
    kept: dict[str, str] = {}

    def keep(address: str, password: str) -> bool:
        kept[address] = password
        return True

    monkeypatch.setattr(credentials, "keep", keep)
    monkeypatch.setattr(credentials.Keyring, "password", lambda self, address: kept.get(address))
    return kept


def test_a_mailbox_is_saved_its_password_goes_into_the_key_store_and_the_connection_is_tried(
    hands: Hands, kept: dict[str, str]
) -> None:
    with mail_server() as server:
        view = hands.go("mailboxes")
        view.new()
        for key, value in {"address": "office@acqua.it", "password": PASSWORD, "imap_host": "127.0.0.1"}.items():
            view.form.parts[key].set_value(value)
        view.form.parts["imap_security"].set_value("none")
        view.form.parts["imap_port"].set_value(server.port)
        view.form.parts["imap_login"].set_value(LOGIN)
        view.save()
        hands.wait(lambda: not view.form.is_new)
        (row,) = hands.backend.execute(list_accounts)
        assert (row.draft.address, row.draft.imap_port, row.user) == ("office@acqua.it", server.port, "")
        assert kept == {"office@acqua.it": PASSWORD}
        button = view.form.findChild(QAbstractButton, "try")
        assert button is not None
        button.click()
        hands.wait(lambda: bool(hands.notices) and "Reading works" in hands.notices[-1].words())


def test_a_password_that_no_key_store_takes_is_not_saved_anywhere(hands: Hands) -> None:
    view = hands.go("mailboxes")
    view.new()
    view.form.parts["address"].set_value("office@acqua.it")
    view.form.parts["password"].set_value("s3cret")
    view.save()
    hands.wait(lambda: view.form.fields_with_errors == ["password"])
    assert hands.backend.execute(list_accounts) == ()


def test_what_is_wrong_with_a_mailbox_is_said_for_each_server(kept: dict[str, str]) -> None:
    draft = AccountDraft("office@acqua.it", imap_host="127.0.0.1", imap_port=1, imap_security="none")
    with pytest.raises(Refused) as refused:
        try_out(draft)
    assert "does not have the password" in say(refused.value.what)
    kept["office@acqua.it"] = "x"
    with pytest.raises(Refused) as refused:
        try_out(draft)
    assert refused.value.code == "READING"
    with pytest.raises(Refused) as refused:
        try_out(replace(draft, smtp_host="127.0.0.1", smtp_port=1, smtp_security="none"))
    assert say(refused.value.what).startswith("Sending does not work.")
    with pytest.raises(Refused):
        try_out(AccountDraft("office@acqua.it"))


def test_a_mailing_list_is_typed_line_by_line(hands: Hands) -> None:
    view = hands.go("mailing_lists")
    view.new()
    view.form.parts["name"].set_value("Warehouse")
    view.form.parts["addresses"].set_value(("דנה <dana@acqua.it> he", "store@acqua.it"))
    view.save()
    hands.wait(lambda: not view.form.is_new)
    (row,) = hands.backend.execute(list_lists)
    assert row.addresses == (ListedAddress("dana@acqua.it", "דנה", "he"), ListedAddress("store@acqua.it"))
    view.form.parts["addresses"].set_value(("nobody",))
    view.save()
    hands.wait(lambda: view.form.fields_with_errors == ["addresses"])


@pytest.mark.parametrize("line", ["dana@casa.it", "Dana Levi <dana@casa.it>", "Dana <dana@casa.it> it", "d@c.it he"])
def test_a_line_is_read_back_as_it_was_written(line: str) -> None:
    assert line_of(listed(line)) == line
