"""The frozen rows that the services of mail take and answer with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class TemplateText:
    """Subject and body in one language, with `{field}` places."""

    subject: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A template as it shall be; `texts` by language code."""

    name: str
    event: str
    recipient: str = "customer"
    sender: str = "office"
    list_id: int | None = None
    hold_minutes: int = 0
    is_active: bool = True
    texts: Mapping[str, TemplateText] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template as it is; `list_name` where it goes to a mailing list, `stages` how many stages name it."""

    id: int
    version: int
    draft: TemplateDraft
    list_name: str = ""
    stages: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """A record a template can be tried on."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a template would write about a record; `to` is empty where there would be nobody to write to."""

    to: str
    sender: str
    language: str
    is_rtl: bool
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """One address of a mailing list; without a language it reads the company's."""

    address: str
    name: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class MailingListRow:
    """A mailing list with its addresses and the number of templates that go to it."""

    id: int
    version: int
    name: str
    addresses: tuple[ListedAddress, ...]
    templates: int = 0


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """A mailbox as it shall be: the office's without `user_id`; without `imap_host` nothing is read from it."""

    address: str
    user_id: int | None = None
    name: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_login: str = ""
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = "tls"
    imap_login: str = ""
    imap_folder: str = "INBOX"
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A mailbox as it is; `user` is empty for the office's."""

    id: int
    version: int
    draft: AccountDraft
    user: str = ""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A mail as the list shows it; `is_held` while it can still be taken back before its first attempt."""

    id: int
    version: int
    event: str
    state: str
    to_address: str
    to_name: str
    subject: str
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None
    attempts: int
    last_error: str
    customer_id: int | None
    customer: str
    ticket_id: int | None
    ticket_number: str
    task_id: int | None
    template: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class OutboxCard:
    """One mail whole."""

    row: OutboxRow
    body: str
    language: str
    is_rtl: bool
    sender: str
    message_id: str


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """Mails, the newest first; `before` asks for the next page where there is one."""

    rows: tuple[OutboxRow, ...]
    before: int | None

    @property
    def has_before(self) -> bool:
        """Pages are read from the newest on."""
        return False

    @property
    def has_after(self) -> bool:
        """Whether there are older ones."""
        return self.before is not None
