"""Listens to every statement of the tests: a service that changes a row people edit raises its version.

The ORM does so by itself; statements that go past it may forget, and then the next one to save overwrites silently.
"""

import functools
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

from app.models.base import Base, Versioned

SERVICES = str(Path(__file__).resolve().parents[2] / "app" / "services") + "/"
LEFT_OUT = "demo/"
"""Nobody edits what is only being made."""

KEPT_BY_PROGRAM: Mapping[str, frozenset[str]] = {
    "mail_accounts": frozenset({"last_uid", "uid_validity"}),
    "numerators": frozenset({"next_number"}),
    "outbox_messages": frozenset({"in_reply_to"}),
    "reminders": frozenset({"entry_id"}),
}
"""Columns no form shows: the program counts and links by them, and nobody's text stands in them."""

_UPDATE = re.compile(r'\s*UPDATE\s+(?:public\.)?"?(\w+)"?\s+(?:AS \w+ )?SET\s+(.*)', re.IGNORECASE | re.DOTALL)
_COLUMN = re.compile(r'(?:^|,)\s*"?(\w+)"?\s*=')
_QUOTED = re.compile(r"'[^']*'")
_END = re.compile(r"\s(?:WHERE|FROM|RETURNING)\s", re.IGNORECASE)


@functools.cache
def versioned() -> frozenset[str]:
    """The tables of rows people edit."""
    return frozenset(
        str(mapper.local_table) for mapper in Base.registry.mappers if issubclass(mapper.class_, Versioned)
    )


def forgotten(statement: str) -> tuple[str, frozenset[str]] | None:
    """The table and the columns of an UPDATE that leaves the version as it is, and the row changed."""
    found = _UPDATE.match(statement)
    if found is None or found[1] not in versioned():
        return None
    changed = frozenset(_COLUMN.findall(_outer(found[2])))
    if "version" in changed or changed <= KEPT_BY_PROGRAM.get(found[1], frozenset()):
        return None
    return found[1], changed


def _outer(text: str) -> str:
    """What stands outside brackets, up to where the columns end."""
    kept, depth = [], 0
    for part in re.split(r"([()])", _QUOTED.sub("''", text)):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if not depth and part not in "()":
            kept.append(part)
    return _END.split(" ".join(kept), maxsplit=1)[0]


def listen() -> None:
    """From now on such a statement of a service fails where it is made."""
    event.listen(Engine, "before_cursor_execute", _hear)


def _hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.lstrip()[:6].upper() == "UPDATE" and (found := forgotten(statement)) is not None and _is_service():
        raise AssertionError(f"a change of {found[0]} ({', '.join(sorted(found[1]))}) does not raise its version")


def _is_service() -> bool:
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(SERVICES):
            return not name.startswith(SERVICES + LEFT_OUT)
        frame = frame.f_back
    return False
