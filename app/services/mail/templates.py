"""Templates: what is written when something happens, to whom and from whose mailbox; tried on a record before use."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.mail.events import EVENTS, RECIPIENTS, SENDERS, Event, Recipient, Sender
from app.domain.mail.rendering import LONGEST_SUBJECT, LONGEST_TEXT, check
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.i18n import LANGUAGES
from app.models.company import Company
from app.models.mail import MailAccount, MailingList, MailTemplate
from app.models.processes import Stage
from app.services.context import reads, require, writes
from app.services.mail.rows import TemplateDraft, TemplateRow, TemplateText
from app.services.saving import cleaned, refuse_double, seen, tell, wrong

BEGINNING = Path(__file__).resolve().parents[3] / "resources" / "mail" / "templates.toml"
LONGEST_HOLD = 10080


@reads
def list_templates(session: Session) -> tuple[TemplateRow, ...]:
    """Every template, by event and name."""
    return _rows(session)


@reads
def load_template(session: Session, row_id: int) -> TemplateRow | None:
    """One template, or None when it is gone."""
    return next(iter(_rows(session, row_id)), None)


def _rows(session: Session, row_id: int | None = None) -> tuple[TemplateRow, ...]:
    named = select(Stage.mail_template_id, func.count()).group_by(Stage.mail_template_id)
    stages: dict[int | None, int] = dict(session.execute(named).all())
    asked = select(MailTemplate, MailingList.name).outerjoin(MailingList, MailingList.id == MailTemplate.list_id)
    if row_id is not None:
        asked = asked.where(MailTemplate.id == row_id)
    order = {event: number for number, event in enumerate(EVENTS)}
    found = [
        TemplateRow(row.id, row.version, _draft_of(row), list_name or "", stages.get(row.id, 0))
        for row, list_name in session.execute(asked)
    ]
    return tuple(sorted(found, key=lambda row: (order.get(row.draft.event, 99), row.draft.name.casefold(), row.id)))


def _draft_of(row: MailTemplate) -> TemplateDraft:
    texts = {code: TemplateText(text.get("subject", ""), text.get("body", "")) for code, text in row.texts.items()}
    return TemplateDraft(
        row.name, row.event, row.recipient, row.sender, row.list_id, row.hold_minutes, row.is_active, texts
    )


@writes
def save_template(
    session: Session, draft: TemplateDraft, *, row_id: int | None = None, version: int = 0
) -> TemplateRow:
    """Add a template, or change the one that was seen in this version; mail already written stays as it is."""
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name)
    refuse_double(session, MailTemplate.name, name, row_id)
    texts = checked(draft)
    if row_id is None:
        row = MailTemplate(name=name, event=draft.event, recipient=draft.recipient)
        session.add(row)
    else:
        row = seen(session, MailTemplate, row_id, version)
        _refuse_named(session, row, draft)
    row.name, row.event, row.recipient, row.sender = name, draft.event, draft.recipient, draft.sender
    row.list_id = draft.list_id if draft.recipient == Recipient.LIST else None
    row.hold_minutes, row.is_active, row.texts = draft.hold_minutes, draft.is_active, texts
    session.flush()
    tell(session, "mail_templates", row.id)
    return _rows(session, row.id)[0]


def checked(draft: TemplateDraft) -> dict[str, dict[str, str]]:
    """The texts of a draft as they are kept; what could not be sent is refused."""
    kind = EVENTS.get(draft.event)
    if kind is None:
        raise wrong("EVENT", message(N_("Choose the event.")))
    if draft.recipient not in RECIPIENTS or (draft.recipient == Recipient.LIST and draft.list_id is None):
        raise wrong("RECIPIENT", message(N_("Choose to whom it goes.")))
    if draft.sender not in SENDERS:
        raise wrong("SENDER", message(N_("Choose from whose mailbox it is sent.")))
    if not 0 <= draft.hold_minutes <= LONGEST_HOLD:
        raise wrong("HOLD", message(N_("Mail is held for 7 days at most.")))
    texts = {code: text for code, text in draft.texts.items() if text.subject.strip() or text.body.strip()}
    if not texts:
        raise wrong("TEXT", message(N_("The text is missing.")))
    for code, text in texts.items():
        _check_text(code, text, kind.fields)
    return {
        code: {"subject": " ".join(text.subject.split()), "body": text.body.strip("\n") + "\n"}
        for code, text in texts.items()
    }


def _check_text(code: str, text: TemplateText, fields: Mapping[str, object]) -> None:
    if code not in LANGUAGES:
        raise wrong("LANGUAGE", message(N_("Callboard does not speak this language.")))
    if not text.subject.strip() or not text.body.strip():
        raise wrong(
            "TEXT", message(N_("Write both the subject and the text in {language}."), language=LANGUAGES[code].name)
        )
    for part, longest in ((text.subject, LONGEST_SUBJECT), (text.body, LONGEST_TEXT)):
        if len(part) > longest:
            raise wrong(
                "LENGTH",
                counted("A text has at most {count} character.", "A text has at most {count} characters.", longest),
            )
        check(part, fields)


def _refuse_named(session: Session, row: MailTemplate, draft: TemplateDraft) -> None:
    """A template that stages name tells of stages, and is there."""
    stage = session.scalar(select(Stage.name).where(Stage.mail_template_id == row.id).limit(1))
    if stage is not None and row.event == Event.STAGE and draft.event != row.event:
        raise wrong("EVENT", message(N_("The stage “{name}” names this template."), name=stage))


@writes
def set_active(session: Session, row_id: int, version: int, *, on: bool) -> TemplateRow:
    """Let a template write, or let it rest."""
    require(session, Permission.ADMINISTER)
    row = seen(session, MailTemplate, row_id, version)
    row.is_active = on
    session.flush()
    tell(session, "mail_templates", row_id)
    return _rows(session, row_id)[0]


@writes
def delete_template(session: Session, row_id: int, version: int) -> None:
    """Remove a template that no stage names; what it has written stays."""
    require(session, Permission.ADMINISTER)
    row = seen(session, MailTemplate, row_id, version)
    stage = session.scalar(select(Stage.name).where(Stage.mail_template_id == row_id).limit(1))
    if stage is not None:
        raise Refused(
            "USED",
            message(N_("The stage “{name}” names this template."), name=stage),
            message(N_("Nothing was deleted. Give the stage another template first.")),
        )
    session.delete(row)
    session.flush()
    tell(session, "mail_templates", row_id)


@writes
def add_defaults(session: Session) -> int:
    """Add the templates a company begins with for the events that have none; gives how many."""
    require(session, Permission.ADMINISTER)
    return install_defaults(session)


def install_defaults(session: Session) -> int:
    """The same for who is setting a company up: handlers are told of their tasks, the others wait to be activated."""
    language = session.scalar(select(Company.language)) or "en"
    taken = set(session.scalars(select(MailTemplate.event)))
    names = {name.lower() for name in session.scalars(select(MailTemplate.name))}
    new = [_beginner(each, language) for each in _beginning() if each["event"] not in taken]
    added = [row for row in new if row.name.lower() not in names]
    session.add_all(added)
    session.flush()
    tell(session, "mail_templates", *(row.id for row in added))
    return len(added)


def _beginning() -> list[dict[str, Any]]:
    with BEGINNING.open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["template"]
    return found


def _beginner(each: dict[str, Any], language: str) -> MailTemplate:
    texts = {code: {"subject": each["subject"][code], "body": each["body"][code]} for code in each["body"]}
    kept = {key: each[key] for key in ("event", "recipient", "sender", "hold_minutes", "is_active")}
    return MailTemplate(name=each["name"].get(language, each["name"]["en"]), texts=texts, **kept)


def sender_of(session: Session, sender: str, handler_id: int | None) -> str:
    """Whose mailbox a mail would leave from, as its reader sees it."""
    own = None
    if sender == Sender.HANDLER and handler_id is not None:
        own = session.scalar(select(MailAccount).where(MailAccount.user_id == handler_id, MailAccount.is_active))
    found = own or session.scalar(select(MailAccount).where(MailAccount.is_office))
    return shown(found.name, found.address) if found else ""


def shown(name: str, address: str) -> str:
    """Name and address side by side."""
    return f"{name} <{address}>" if name else address
