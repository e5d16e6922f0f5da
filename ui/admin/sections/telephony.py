"""The company's telephone server, for those who telephone by Asterisk."""

from typing import Any

from app.domain.words import N_, Message, message
from app.services.dialer.lines import Server, server
from app.services.dialer.telephones import save_telephone_server, try_server
from app.settings import data_folder
from ui.admin.parts import PickPart, PortPart, SecretPart, TextPart
from ui.admin.section import Act, Call, Entry, Section, Values

__all__ = ["TELEPHONY"]

_SECURITIES: tuple[tuple[str, Message], ...] = (
    ("tls", message(N_("Encrypted (TLS)"))),
    ("none", message(N_("Not encrypted"))),
)
_FORMS: tuple[tuple[str, Message], ...] = (
    ("e164", message(N_("With a plus: +39 06 1234"))),
    ("00", message(N_("With two zeros: 0039 06 1234"))),
    ("national", message(N_("As within the country: 06 1234"))),
)
_KEYS = ("host", "port", "security", "login", "channel", "context", "form", "prefix")


def _values(row: Server | None) -> dict[str, Any]:
    shown = row or Server()
    return {key: getattr(shown, key) for key in _KEYS} | {"password": ""}


def _save(values: Values, row: Server | None) -> Call:
    draft = Server(**{key: values[key] for key in _KEYS}, version=row.version if row else 0)
    return Call(save_telephone_server, draft, values["password"])


TELEPHONY: Section[Server] = Section(
    key="telephony",
    text=N_("Telephone server"),
    icon="call",
    about=N_("The company's Asterisk, which rings the agent and then the customer. Each user chooses a telephone."),
    tables=frozenset({"dial_rules"}),
    read=server,
    values=_values,
    title=lambda row: row.host,
    is_single=True,
    identify=lambda row: 1,
    entries=(
        Entry(
            "host",
            N_("Server"),
            TextPart,
            hint=N_("Empty: there is none. Its manager interface (AMI) must be open to these computers."),
            codes=frozenset({"HOST"}),
        ),
        Entry("security", N_("Security"), lambda: PickPart(fixed=_SECURITIES), codes=frozenset({"SECURITY"})),
        Entry("port", N_("Port"), PortPart, codes=frozenset({"PORT"})),
        Entry("login", N_("Log-in"), TextPart, codes=frozenset({"LOGIN"})),
        Entry(
            "password",
            N_("New password"),
            SecretPart,
            hint=N_("Kept in the key store of this computer alone. Left empty, it stays as it is."),
            codes=frozenset({"KEYRING"}),
        ),
        Entry(
            "channel",
            N_("Channel"),
            TextPart,
            hint=N_("How the agent's own telephone is rung; {extension} is what each user has set."),
            codes=frozenset({"CHANNEL"}),
            heading=N_("Calling"),
        ),
        Entry(
            "context",
            N_("Context"),
            TextPart,
            hint=N_("Where in the dial plan outgoing calls begin."),
            codes=frozenset({"CONTEXT"}),
        ),
        Entry("form", N_("Numbers"), lambda: PickPart(fixed=_FORMS)),
        Entry(
            "prefix",
            N_("Outside line"),
            TextPart,
            hint=N_("Digits dialled before the number, if any."),
            codes=frozenset({"PREFIX"}),
        ),
    ),
    save=_save,
    acts=(
        Act(
            "try",
            lambda row: N_("Test connection"),
            "online",
            lambda row: Call(try_server, row, data_folder()),
            lambda row: bool(row.host),
            is_slow=True,
        ),
    ),
)
"""Where the company's telephone server is, and how it dials."""
