"""How each user telephones, and the company's telephone server; passwords never come in here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters.telephony.numbers import FORMS
from app.domain.errors import Conflict
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.company import Company
from app.models.dialer import DialRules, PhoneLine
from app.services.context import actor, reads, require, writes
from app.services.saving import tell, wrong

__all__ = ["KINDS", "Line", "LineDraft", "Server", "my_line", "save_line", "save_server", "server"]

KINDS = ("handoff", "ami", "baresip", "simulator")
SECURITIES = ("none", "tls")

_WORD = re.compile(r"[A-Za-z0-9_.+-]{1,40}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?", re.ASCII)
_SERVER = re.compile(r"[A-Za-z0-9:]([A-Za-z0-9.:-]{0,250}[A-Za-z0-9:])?", re.ASCII)
_CHANNEL = re.compile(r"[A-Za-z0-9]{2,20}/[A-Za-z0-9_.@+-]{0,40}\{extension\}[A-Za-z0-9_.@/+-]{0,60}", re.ASCII)
_PREFIX = re.compile(r"[0-9*#]{0,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A user's telephone: `kind`, and what that kind asks for; fields of other kinds are not kept."""

    kind: str = "handoff"
    scheme: str = "tel"
    host: str = ""
    extension: str = ""
    login: str = ""
    registers: bool = True
    pace: float = 1.0


_KEPT = {
    "handoff": ("scheme", "host"),
    "ami": ("extension",),
    "baresip": ("host", "extension", "login", "registers"),
    "simulator": ("pace",),
}


@dataclass(frozen=True, slots=True)
class Server:
    """The company's Asterisk: where it is, who logs in, and how it dials."""

    host: str = ""
    port: int = 5038
    security: str = "none"
    login: str = ""
    channel: str = "PJSIP/{extension}"
    context: str = "from-internal"
    form: str = "e164"
    prefix: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A user's telephone with all it takes to use it; `version` 0 is a user who has chosen none yet."""

    draft: LineDraft
    server: Server
    country: str | None
    version: int = 0


@reads
def my_line(session: Session) -> Line:
    """The telephone of whoever asks; the system's own telephone program until another was chosen."""
    country = session.scalar(select(Company.country))
    kept = session.get(PhoneLine, actor(session) or 0)
    if kept is None:
        return Line(LineDraft(), _server(session), country)
    return Line(_draft(kept.kind, kept.settings), _server(session), country, kept.version)


def _draft(kind: str, settings: Mapping[str, Any]) -> LineDraft:
    known = {key: value for key, value in settings.items() if key in _KEPT[kind]}
    return LineDraft(kind, **known)


@writes
def save_line(session: Session, draft: LineDraft, *, version: int = 0) -> Line:
    """Choose one's own telephone; `version` is that of the line that was seen."""
    require(session, Permission.DIAL)
    settings = _checked(draft)
    user_id = actor(session)
    if user_id is None:
        raise wrong("USER", message(N_("Only users have a telephone.")))
    kept = session.get(PhoneLine, user_id, with_for_update=True)
    if (kept.version if kept else 0) != version:
        raise _conflict()
    if kept is None:
        session.add(PhoneLine(user_id=user_id, kind=draft.kind, settings=settings))
    else:
        kept.kind, kept.settings, kept.version = draft.kind, settings, version + 1
    session.flush()
    tell(session, "phone_lines", user_id)
    return my_line(session)


def _checked(draft: LineDraft) -> dict[str, Any]:
    if draft.kind not in KINDS:
        raise wrong("KIND", message(N_("Choose how you telephone.")))
    needs_host = draft.kind == "baresip" or (draft.kind == "handoff" and draft.scheme == "sip")
    if draft.scheme not in ("tel", "sip"):
        raise wrong("SCHEME", message(N_("Choose how the number is handed over.")))
    if needs_host and not _HOST.fullmatch(draft.host.strip()):
        raise wrong("HOST", message(N_("The telephone server is missing or is not a name.")))
    if draft.kind in ("ami", "baresip") and not _WORD.fullmatch(draft.extension.strip()):
        raise wrong("EXTENSION", message(N_("Your extension is missing or has signs an extension cannot have.")))
    if draft.kind == "baresip" and draft.login.strip() and not _WORD.fullmatch(draft.login.strip()):
        raise wrong("LOGIN", message(N_("The log-in has signs it cannot have.")))
    values = {each.name: getattr(draft, each.name) for each in fields(draft) if each.name in _KEPT[draft.kind]}
    if draft.kind == "simulator":
        values["pace"] = min(max(float(draft.pace), 0.0), 10.0)
    return {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}


@reads
def server(session: Session) -> Server:
    """The company's telephone server."""
    return _server(session)


def _server(session: Session) -> Server:
    rules = session.get(DialRules, 1)
    if rules is None:
        return Server()
    known = {each.name for each in fields(Server)} - {"version"}
    kept = {key: value for key, value in rules.telephony.items() if key in known}
    return Server(**kept, version=rules.version)


@writes
def save_server(session: Session, draft: Server) -> Server:
    """Say where the company's telephone server is; `draft.version` is that of the settings that were seen."""
    require(session, Permission.ADMINISTER)
    rules = session.get(DialRules, 1, with_for_update=True)
    if rules is None or rules.version != draft.version:
        raise _conflict()
    rules.telephony = _checked_server(draft)
    rules.version = draft.version + 1
    session.flush()
    tell(session, "dial_rules", 1)
    return _server(session)


def _checked_server(draft: Server) -> dict[str, Any]:
    host = draft.host.strip()
    if host and not _SERVER.fullmatch(host):
        raise wrong("HOST", message(N_("The telephone server is missing or is not a name.")))
    if not 1 <= draft.port <= 65535:
        raise wrong("PORT", message(N_("A port is a number between 1 and 65535.")))
    if draft.security not in SECURITIES:
        raise wrong("SECURITY", message(N_("Choose how the connection is made secure.")))
    if host and not _WORD.fullmatch(draft.login.strip()):
        raise wrong("LOGIN", message(N_("The log-in is missing or has signs it cannot have.")))
    if not _CHANNEL.fullmatch(draft.channel.strip()):
        raise wrong("CHANNEL", message(N_("The channel is written like PJSIP/{example}."), example="{extension}"))
    if not _WORD.fullmatch(draft.context.strip()):
        raise wrong("CONTEXT", message(N_("The context is missing or has signs it cannot have.")))
    if draft.form not in FORMS or not _PREFIX.fullmatch(draft.prefix.strip()):
        raise wrong("PREFIX", message(N_("The outside line is up to six digits.")))
    values = {each.name: getattr(draft, each.name) for each in fields(draft) if each.name != "version"}
    return {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}


def _conflict() -> Conflict:
    return Conflict(
        message(N_("Somebody else changed this in the meantime.")),
        message(N_("Nothing was overwritten. Look at the new values, then save again.")),
    )
