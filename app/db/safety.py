"""What an administrator should know about his server: known holes, lines anybody can read, functions of an old text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.words import N_, Message, message

__all__ = ["HOLES", "is_line_open", "open_holes", "readable_lines", "warnings"]

HOLES: Mapping[str, Mapping[int, int]] = MappingProxyType(
    {
        "CVE-2023-2455": {15: 3},
        "CVE-2023-39418": {15: 4},
        "CVE-2024-10976": {15: 9, 16: 5, 17: 1},
        "CVE-2025-8713": {15: 14, 16: 10, 17: 6},
    }
)
"""Ways past row security, with the minor version of each major one that closed it."""

_FACTS = text(
    """
    SELECT current_setting('server_version_num')::int AS version, current_setting('ssl') = 'on' AS has_tls,
        coalesce((SELECT s.ssl FROM pg_stat_ssl AS s WHERE s.pid = pg_backend_pid()), false) AS is_encrypted,
        coalesce(inet_client_addr() = inet_server_addr(), true) AS is_local,
        to_regprocedure('keep_login()') IS NULL OR to_regprocedure('login_group(bigint)') IS NOT NULL AS is_renewed
    """
)


def open_holes(version: int) -> tuple[str, ...]:
    """The known ways past row security of a server of this `server_version_num`."""
    major, minor = divmod(version, 10000)
    return tuple(name for name, closed in HOLES.items() if minor < closed.get(major, 0))


def version_to_install(version: int) -> str:
    """The first version of the same line without a known hole."""
    major = version // 10000
    return f"{major}.{max(closed.get(major, 0) for closed in HOLES.values())}"


@dataclass(frozen=True, slots=True)
class _Rule:
    line: int
    type: str
    method: str


_WEAK = frozenset({"trust", "password", "md5", "ident"})
_RULES = text(
    """
    SELECT line_number, type, auth_method FROM pg_hba_file_rules
    WHERE error IS NULL AND type LIKE 'host%'
        AND NOT (auth_method IN ('reject', 'cert') OR address IN ('127.0.0.1', '::1', 'localhost', 'samehost'))
    ORDER BY line_number
    """
)


def warnings(session: Session) -> tuple[Message, ...]:
    """What is to be put right, the worst first; nothing on a single seat."""
    if session.get_bind().dialect.name != "postgresql":
        return ()
    found = session.execute(_FACTS).one()
    is_private = found.is_encrypted or found.is_local
    told = _told(found.version, has_tls=found.has_tls, is_private=is_private, is_renewed=found.is_renewed)
    return tuple(told)


def _told(version: int, *, has_tls: bool, is_private: bool, is_renewed: bool) -> Iterator[Message]:
    if holes := open_holes(version):
        yield message(
            N_("The server's PostgreSQL {version} has known ways past row security ({holes}): update it to {wanted}."),
            version=f"{version // 10000}.{version % 10000}",
            holes=", ".join(holes),
            wanted=version_to_install(version),
        )
    if not has_tls:
        yield message(
            N_("TLS is off on the server: what desktops and server say to each other can be read on its way.")
        )
    elif not is_private:
        yield message(N_("The line to the server is not encrypted: what is said on it can be read on its way."))
    if not is_renewed:
        yield message(N_("The server's log-ins are kept by an older version: run once more: callboard server init"))


def is_line_open(session: Session) -> bool:
    """Whether this very line leaves the computer and is not encrypted."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    found = session.execute(_FACTS).one()
    return not (found.is_encrypted or found.is_local)


def readable_lines(session: Session) -> tuple[Message, ...]:
    """The lines of pg_hba.conf that let people in from other computers without TLS or without SCRAM."""
    rules = [_Rule(*row) for row in session.execute(_RULES)]
    open_ = [str(rule.line) for rule in rules if rule.type != "hostssl"]
    weak = [str(rule.line) for rule in rules if rule.method in _WEAK]
    found: list[Message] = []
    if open_:
        found.append(message(N_("pg_hba.conf lets log-ins in without TLS, by line {lines}."), lines=", ".join(open_)))
    if weak:
        found.append(message(N_("pg_hba.conf asks for no SCRAM password in line {lines}."), lines=", ".join(weak)))
    return tuple(found)
