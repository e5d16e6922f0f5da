"""Mailboxes: the office's and those of handlers who write in their own name. Their passwords never come in here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters import credentials
from app.domain.mail import addresses
from app.domain.mail.rendering import one_line
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.mail import MailAccount
from app.models.people import User
from app.services.context import reads, require, writes
from app.services.mail.rows import AccountDraft, AccountRow
from app.services.saving import seen, tell, wrong

SECURITIES = ("none", "starttls", "tls")


@reads
def list_accounts(session: Session) -> tuple[AccountRow, ...]:
    """The office's mailbox first, then those of users by name."""
    return _rows(session)


def _rows(session: Session, row_id: int | None = None) -> tuple[AccountRow, ...]:
    asked = select(MailAccount, User.name).outerjoin(User, User.id == MailAccount.user_id)
    if row_id is not None:
        asked = asked.where(MailAccount.id == row_id)
    found = session.execute(asked.order_by(MailAccount.is_office.desc(), User.name, MailAccount.id))
    return tuple(AccountRow(row.id, row.version, draft_of(row), name or "") for row, name in found)


def draft_of(row: MailAccount) -> AccountDraft:
    """A mailbox without the marks of how far it was read."""
    return AccountDraft(
        address=row.address,
        user_id=row.user_id,
        name=row.name,
        smtp_host=row.smtp_host,
        smtp_port=row.smtp_port,
        smtp_security=row.smtp_security,
        smtp_login=row.smtp_login,
        imap_host=row.imap_host,
        imap_port=row.imap_port,
        imap_security=row.imap_security,
        imap_login=row.imap_login,
        imap_folder=row.imap_folder,
        is_active=row.is_active,
    )


@writes
def save_account(session: Session, draft: AccountDraft, *, row_id: int | None = None, version: int = 0) -> AccountRow:
    """Add a mailbox, or change the one that was seen in this version; the office has one, a user at most one."""
    require(session, Permission.ADMINISTER)
    values = _checked(draft)
    same = MailAccount.is_office if draft.user_id is None else MailAccount.user_id == draft.user_id
    if any(found != row_id for found in session.scalars(select(MailAccount.id).where(same))):
        raise wrong("OWNER", message(N_("This mailbox is there already.")))
    if row_id is None:
        row = MailAccount(**values)
        session.add(row)
    else:
        row = seen(session, MailAccount, row_id, version)
        if (row.imap_host, row.imap_login, row.imap_folder) != tuple(
            values[key] for key in ("imap_host", "imap_login", "imap_folder")
        ):
            row.uid_validity, row.last_uid = None, 0
        for key, value in values.items():
            setattr(row, key, value)
    session.flush()
    tell(session, "mail_accounts", row.id)
    return _rows(session, row.id)[0]


def _checked(draft: AccountDraft) -> dict[str, object]:
    address = addresses.cleaned(draft.address)
    if address is None:
        raise wrong("ADDRESS", message(N_("“{address}” is not a mail address."), address=draft.address.strip()))
    for port in (draft.smtp_port, draft.imap_port):
        if not 1 <= port <= 65535:
            raise wrong("PORT", message(N_("A port is a number between 1 and 65535.")))
    if draft.smtp_security not in SECURITIES or draft.imap_security not in SECURITIES:
        raise wrong("SECURITY", message(N_("Choose how the connection is made secure.")))
    return {
        "is_office": draft.user_id is None,
        "user_id": draft.user_id,
        "address": address,
        "name": one_line(draft.name),
        "smtp_host": one_line(draft.smtp_host),
        "smtp_port": draft.smtp_port,
        "smtp_security": draft.smtp_security,
        "smtp_login": one_line(draft.smtp_login),
        "imap_host": one_line(draft.imap_host),
        "imap_port": draft.imap_port,
        "imap_security": draft.imap_security,
        "imap_login": one_line(draft.imap_login),
        "imap_folder": one_line(draft.imap_folder) or "INBOX",
        "is_active": draft.is_active,
    }


@writes
def delete_account(session: Session, row_id: int, version: int) -> None:
    """Remove a mailbox; what was sent from it stays."""
    require(session, Permission.ADMINISTER)
    session.delete(seen(session, MailAccount, row_id, version))
    session.flush()
    tell(session, "mail_accounts", row_id)


def keep_password(address: str, password: str) -> bool:
    """Let this computer's keyring keep a mailbox's password; False without a keyring. Never goes to the database."""
    cleaned = addresses.cleaned(address)
    if cleaned is None:
        return False
    return credentials.keep(cleaned, password)


def forget_password(address: str) -> None:
    """Keep no password for this mailbox on this computer any more."""
    credentials.forget(addresses.cleaned(address) or address)


def has_password(address: str) -> bool:
    """Whether this computer's keyring has the mailbox's password; slow, so never on the window's thread."""
    return credentials.Keyring().password(addresses.cleaned(address) or address) is not None
