"""Mailboxes: the office's, and those of people who write in their own name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.words import N_, Message, message
from app.i18n import _
from app.services.mail.accounts import delete_account, list_accounts
from app.services.mail.mailboxes import save_mailbox, try_out
from app.services.mail.rows import AccountDraft, AccountRow
from app.services.people.rows import UserRow
from app.services.people.users import list_users
from ui.admin.parts import Part, PickPart, PortPart, SecretPart, TextPart, TickPart
from ui.admin.section import Act, Call, Column, Entry, Offer, Section, Values, deletion
from ui.widgets.picker import Choice

__all__ = ["MAILBOXES"]

_SECURITIES: tuple[tuple[str, Message], ...] = (
    ("tls", message(N_("Encrypted (TLS)"))),
    ("starttls", message(N_("Encrypted (STARTTLS)"))),
    ("none", message(N_("Not encrypted"))),
)
_PORTS = {"smtp": {"tls": 465, "starttls": 587, "none": 25}, "imap": {"tls": 993, "starttls": 143, "none": 143}}


def _security() -> PickPart:
    return PickPart(fixed=_SECURITIES)


_KEYS = (
    "user_id",
    "address",
    "name",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_login",
    "imap_host",
    "imap_port",
    "imap_security",
    "imap_login",
    "imap_folder",
    "is_active",
)


def _values(row: AccountRow | None) -> dict[str, Any]:
    draft = row.draft if row else AccountDraft("")
    return {key: getattr(draft, key) for key in _KEYS} | {"password": ""}


def _save(values: Values, row: AccountRow | None) -> Call:
    draft = replace(AccountDraft(""), **{key: values[key] for key in _KEYS})
    known = {"row_id": row.id, "version": row.version} if row else {}
    return Call(save_mailbox, draft, values["password"], **known)


def _adapt(parts: Mapping[str, Part], row: AccountRow | None, key: str) -> None:
    """Another security usually means another port; one of the company's own stays."""
    side = key.partition("_")[0]
    if key.endswith("_security") and side in _PORTS and row is None:
        port = parts[f"{side}_port"]
        usual = _PORTS[side]
        if port.value() in usual.values():
            port.set_value(usual.get(str(parts[key].value()), port.value()))


def _users(rows: Sequence[UserRow]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_active) for row in rows]


def _owner(row: AccountRow) -> str:
    return row.user or _("Office")


def _servers(row: AccountRow) -> str:
    if row.draft.smtp_host and row.draft.imap_host:
        return _("Sends and reads")
    if row.draft.smtp_host:
        return _("Sends")
    return _("Reads") if row.draft.imap_host else _("Nothing yet")


MAILBOXES: Section[AccountRow] = Section(
    key="mailboxes",
    text=N_("Mailboxes"),
    icon="mail",
    about=N_("Where mail is sent from and read. Passwords stay in the key store of the computer that sends."),
    tables=frozenset({"mail_accounts", "users"}),
    read=list_accounts,
    values=_values,
    title=lambda row: row.draft.address,
    is_muted=lambda row: not row.draft.is_active,
    columns=(
        Column(N_("Owner"), _owner, 130),
        Column(N_("Address"), lambda row: row.draft.address, 200),
        Column(N_("Use"), _servers, 130),
    ),
    entries=(
        Entry(
            "user_id",
            N_("Owner"),
            lambda: PickPart(nothing=N_("Office")),
            hint=N_("The office has one mailbox. A user with one may write in their own name."),
            codes=frozenset({"OWNER"}),
        ),
        Entry("address", N_("Address"), TextPart, codes=frozenset({"ADDRESS"}), needed=N_("The address is missing.")),
        Entry("name", N_("Shown name"), TextPart, hint=N_("Whom readers see as the sender.")),
        Entry(
            "password",
            N_("New password"),
            SecretPart,
            hint=N_("Kept in the key store of this computer alone. Left empty, it stays as it is."),
            codes=frozenset({"KEYRING"}),
        ),
        Entry("is_active", N_("Active"), TickPart),
        Entry("smtp_host", N_("Server"), TextPart, heading=N_("Sending (SMTP)")),
        Entry("smtp_security", N_("Security"), _security, codes=frozenset({"SECURITY"})),
        Entry("smtp_port", N_("Port"), PortPart, codes=frozenset({"PORT"})),
        Entry("smtp_login", N_("Log-in"), TextPart, hint=N_("Empty: the address.")),
        Entry(
            "imap_host",
            N_("Server"),
            TextPart,
            hint=N_("Empty: nothing is read. Mail that is read stays in the mailbox, unmarked."),
            heading=N_("Reading (IMAP)"),
        ),
        Entry("imap_security", N_("Security"), _security),
        Entry("imap_port", N_("Port"), PortPart),
        Entry("imap_login", N_("Log-in"), TextPart, hint=N_("Empty: the address.")),
        Entry("imap_folder", N_("Folder"), TextPart),
    ),
    offers=(Offer("user_id", list_users, _users),),
    save=_save,
    new=N_("New mailbox"),
    acts=(
        Act("try", lambda row: N_("Test connection"), "online", lambda row: Call(try_out, row.draft), is_slow=True),
        deletion(delete_account),
    ),
    adapt=_adapt,
)
"""Where mail goes out and comes in."""
