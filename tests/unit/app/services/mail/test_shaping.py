"""Templates, mailing lists and mailboxes: what is refused and why; nothing secret is kept; a preview writes nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app import i18n
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.domain.mail.events import EVENTS
from app.i18n import LANGUAGES
from app.models.mail import MailTemplate
from app.services.mail import accounts, lists, templates
from app.services.mail.preview import preview, samples
from app.services.mail.rows import AccountDraft, ListedAddress, TemplateDraft, TemplateText
from tests.unit.app.services.mail.conftest import Office

THANKS = TemplateDraft(
    "Thanks", "ticket_opened", sender="handler", texts={"en": TemplateText("Hello {customer}", "{subject}\n")}
)


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        call()
    hint = caught.value.hint
    return caught.value.code, f"{i18n.say(caught.value.what)} {i18n.say(hint) if hint else ''}".strip()


@pytest.mark.row("R-X4")
def test_an_unknown_field_is_refused_with_the_known_ones_and_nothing_is_saved(office: Office) -> None:
    wrong = replace(THANKS, texts={"en": TemplateText("Hello {costumer}", "x")})
    code, words = refusal(lambda: office.backend.execute(templates.save_template, wrong))
    assert code == "UNKNOWN_FIELD"
    assert "{costumer}" in words
    assert all("{" + name + "}" in words for name in EVENTS["ticket_opened"].fields)
    assert office.backend.execute(templates.list_templates) == ()


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(THANKS, texts={"en": TemplateText("Hello", "a { alone")}), "BRACE"),
        (replace(THANKS, texts={"en": TemplateText("Hello", "{visit_start}")}), "UNKNOWN_FIELD"),
        (replace(THANKS, texts={}), "TEXT"),
        (replace(THANKS, texts={"en": TemplateText("", "body")}), "TEXT"),
        (replace(THANKS, texts={"en": TemplateText("x" * 301, "body")}), "LENGTH"),
        (replace(THANKS, texts={"xx": TemplateText("x", "body")}), "LANGUAGE"),
        (replace(THANKS, event="moon"), "EVENT"),
        (replace(THANKS, recipient="list"), "RECIPIENT"),
        (replace(THANKS, sender="moon"), "SENDER"),
        (replace(THANKS, hold_minutes=20000), "HOLD"),
        (replace(THANKS, name="  "), "NAME"),
    ],
)
def test_what_could_not_be_sent_is_refused_at_save(office: Office, draft: TemplateDraft, code: str) -> None:
    assert refusal(lambda: office.backend.execute(templates.save_template, draft))[0] == code


def test_a_template_is_kept_changed_and_deleted_in_the_version_seen(office: Office) -> None:
    row = office.backend.execute(templates.save_template, THANKS)
    resting = office.backend.execute(templates.set_active, row.id, row.version, on=False)
    assert not resting.draft.is_active
    with pytest.raises(Conflict):
        office.backend.execute(templates.save_template, THANKS, row_id=row.id, version=row.version)
    office.backend.execute(templates.delete_template, row.id, resting.version)
    assert office.backend.execute(templates.list_templates) == ()


@pytest.mark.row("R-F6", "R-F7")
def test_a_company_begins_with_templates_in_every_language_of_which_only_the_handlers_are_active(
    office: Office,
) -> None:
    assert office.backend.execute(templates.add_defaults) == 7
    assert office.backend.execute(templates.add_defaults) == 0
    found = {row.draft.event: row.draft for row in office.backend.execute(templates.list_templates)}
    active = {event for event, draft in found.items() if draft.is_active}
    assert active == {"task_given", "ticket_answered", "due_tomorrow"}
    assert (found["ticket_opened"].sender, found["ticket_opened"].recipient) == ("handler", "customer")
    assert found["task_given"].name == "Nuova attività per l’incaricato"
    for draft in found.values():
        assert set(draft.texts) == set(LANGUAGES)
        templates.checked(draft)


def test_a_preview_shows_a_real_record_and_writes_nothing(office: Office) -> None:
    draft = replace(THANKS, texts={"en": TemplateText("Hi {customer}", "{subject} {due}"),
                                   "he": TemplateText("שלום {customer}", "{subject}")})  # fmt: skip
    (sample,) = office.backend.execute(samples, "ticket_opened")
    shown = office.backend.execute(preview, draft, sample.id)
    assert (shown.to, shown.sender) == ("Bianchi <bianchi@home.test>", "Caldaie Rossi <office@rossi.test>")
    assert shown.subject == "Hi Bianchi [#INT-00042]"
    assert "Boiler leaks" in shown.body
    hebrew = office.backend.execute(preview, draft, sample.id, "he")
    assert hebrew.is_rtl
    assert hebrew.subject.startswith("שלום")
    assert office.mails() == []
    for event in EVENTS:
        plain = TemplateDraft(
            "x", event, texts={"en": TemplateText("x", " ".join(f"{{{f}}}" for f in EVENTS[event].fields))}
        )
        assert office.backend.execute(preview, plain).subject.startswith("x")


def test_a_list_has_addresses_and_stays_while_a_template_goes_to_it(office: Office) -> None:
    listed = [
        ListedAddress(" boss@office.TEST "),
        ListedAddress("BOSS@office.test"),
        ListedAddress("a@b.test", "A", "he"),
    ]
    row = office.backend.execute(lists.save_list, "Bosses", listed)
    assert [each.address for each in row.addresses] == ["boss@office.test", "a@b.test"]
    office.template(recipient="list", list_id=row.id)
    assert refusal(lambda: office.backend.execute(lists.delete_list, row.id, row.version))[0] == "USED"
    wrong = [ListedAddress("a@b.test\r\nBcc: x@y.test")]
    assert refusal(lambda: office.backend.execute(lists.save_list, "Other", wrong))[0] == "ADDRESS"
    again = office.backend.execute(lists.save_list, "Bosses", listed[:1], row_id=row.id, version=row.version)
    assert again.version > row.version
    assert len(again.addresses) == 1
    with pytest.raises(Conflict):
        office.backend.execute(lists.save_list, "Bosses", [], row_id=row.id, version=row.version)


def test_the_office_has_one_mailbox_and_a_user_one_of_his_own(office: Office) -> None:
    assert refusal(lambda: office.backend.execute(accounts.save_account, AccountDraft("b@c.test")))[0] == "OWNER"
    own = AccountDraft("ana@rossi.test", user_id=office.ana, smtp_host="mail.test")
    office.backend.execute(accounts.save_account, own)
    assert refusal(lambda: office.backend.execute(accounts.save_account, own))[0] == "OWNER"
    for wrong, code in (("nobody", "ADDRESS"), ("a@b.test\nX: y", "ADDRESS")):
        draft = AccountDraft(wrong, user_id=office.levi)
        assert refusal(lambda draft=draft: office.backend.execute(accounts.save_account, draft))[0] == code
    office_box, ana = office.backend.execute(accounts.list_accounts)
    assert (office_box.user, ana.user) == ("", "Ana")


def test_only_administrators_shape_mail(office: Office) -> None:
    ana = office.backend.acting_as(office.ana)
    for call in (
        lambda: ana.execute(templates.save_template, THANKS),
        lambda: ana.execute(lists.save_list, "x", []),
        lambda: ana.execute(accounts.save_account, AccountDraft("x@y.test", user_id=office.ana)),
        lambda: ana.execute(templates.add_defaults),
    ):
        assert refusal(call)[0] == "FORBIDDEN"


def test_no_column_of_a_mailbox_could_hold_a_password(office: Office, database: Database) -> None:
    with database.reading() as session:
        columns = session.execute(text("SELECT * FROM mail_accounts")).keys()
        assert not [name for name in columns if "pass" in name or "secret" in name]
        assert session.scalars(select(MailTemplate)).all() == []
