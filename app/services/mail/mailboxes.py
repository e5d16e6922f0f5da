"""A mailbox with its password: saved together, tried out together; the password stays with this computer."""

from sqlalchemy.orm import Session

from app.adapters import credentials
from app.adapters.imap import Mailbox, try_mailbox
from app.adapters.letters import Undelivered
from app.adapters.smtp import Server, Smtp
from app.domain.errors import Refused
from app.domain.mail.failures import stored, told
from app.domain.words import N_, Message, message
from app.services.context import writes
from app.services.mail.accounts import keep_password, save_account
from app.services.mail.rows import AccountDraft, AccountRow
from app.services.saving import wrong

_PATIENCE = 15.0


@writes
def save_mailbox(
    session: Session, draft: AccountDraft, password: str = "", *, row_id: int | None = None, version: int = 0
) -> AccountRow:
    """Save a mailbox; a password that is given goes into this computer's key store, which must take it."""
    saved = save_account(session, draft, row_id=row_id, version=version)
    if password and not keep_password(saved.draft.address, password):
        raise wrong(
            "KEYRING",
            message(N_("This computer has no key store. Give the worker the password in its credentials file.")),
        )
    return saved


def try_out(draft: AccountDraft) -> Message:
    """Log in to both servers of a mailbox and leave; a `Refused` says which of them does not let us in, and why."""
    password = credentials.Keyring().password(draft.address)
    if draft.smtp_host:
        _try_sending(draft, password)
    if draft.imap_host:
        _try_reading(draft, password)
    if draft.smtp_host and draft.imap_host:
        return message(N_("Sending and reading work."))
    if draft.smtp_host:
        return message(N_("Sending works. Nothing is read from this mailbox."))
    if draft.imap_host:
        return message(N_("Reading works. Nothing is sent from this mailbox."))
    raise Refused("SERVER", message(N_("The mailbox names no server.")))


def _try_sending(draft: AccountDraft, password: str | None) -> None:
    login = draft.smtp_login or (draft.address if password is not None and draft.smtp_security != "none" else "")
    way = Smtp(Server(draft.smtp_host, draft.smtp_port, draft.smtp_security, login), password, timeout=_PATIENCE)
    try:
        way.greet()
    except Undelivered as problem:
        said = told(stored(problem.failure, problem.detail))
        raise Refused("SENDING", message(N_("Sending does not work. {reason}"), reason=said)) from problem
    finally:
        way.close()


def _try_reading(draft: AccountDraft, password: str | None) -> None:
    if password is None:
        said = message(N_("This computer does not have the password of {address}."), address=draft.address)
        raise Refused("READING", message(N_("Reading does not work. {reason}"), reason=said))
    where = Mailbox(
        draft.imap_host,
        draft.imap_port,
        draft.imap_security,
        draft.imap_login or draft.address,
        password,
        draft.imap_folder,
    )
    try:
        try_mailbox(where)
    except Refused as problem:
        raise Refused("READING", message(N_("Reading does not work. {reason}"), reason=problem.what)) from problem
