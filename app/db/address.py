"""A server's address as people type it, and as the one line that carries it: hosts, log-in and how safe the line is."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.engine import URL

__all__ = ["ServerAddress", "Tls", "is_here", "split_host", "taken_apart"]

_SYSTEM = "system"


class Tls(StrEnum):
    """How the line to a server is kept from others."""

    SYSTEM = "system"
    """Encrypted, and the server's certificate is one this computer trusts."""
    COMPANY = "company"
    """Encrypted, and the server's certificate is one of the company's own."""
    ENCRYPTED = "encrypted"
    """Encrypted; by the password the server proves that it is the one that was meant."""
    OFFERED = "offered"
    """Encrypted where the server offers it."""


def split_host(typed: str) -> tuple[str, int | None]:
    """Host and port of "host", "host:5433", "::1" and "[::1]:5433"; port 0 is one that is none."""
    text = typed.strip()
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, _port(rest.removeprefix(":")) if rest else None
    host, colon, port = text.rpartition(":")
    if not colon or ":" in host:
        return text, None
    return host, _port(port)


def _port(typed: str) -> int:
    return int(typed) if typed.isdecimal() and 0 < int(typed) < 65536 else 0


def is_here(host: str) -> bool:
    """Whether the server is on this very computer, so that nothing leaves it."""
    if host == "localhost" or host.startswith("/"):
        return True
    import ipaddress  # Only where a server is spoken of: no part of the start of a single seat.

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The parts of a server's address that a person types; `second` is the server that takes over."""

    host: str
    database: str
    login: str
    port: int | None = None
    second: str = ""
    tls: Tls = Tls.OFFERED
    certificate: str = ""

    @property
    def shown_host(self) -> str:
        """The host as it is typed, with its port."""
        host = f"[{self.host}]" if ":" in self.host and self.port else self.host
        return f"{host}:{self.port}" if self.port else self.host

    @property
    def leaves(self) -> bool:
        """Whether what is said leaves this computer."""
        return not (is_here(self.host) and (not self.second or is_here(split_host(self.second)[0])))

    def url(self, password: str) -> str:
        """The whole address; a log-in may be typed as "u7", "7" or in full."""
        login, database = self.login.strip(), self.database.strip()
        digits = login.removeprefix("u")
        if digits.isdigit():
            login = f"{database}_u{digits}"
        query = self._line()
        host, port = self.host.strip(), self.port
        if self.second:
            other, other_port = split_host(self.second)
            both = {"host": f"{host},{other}", "port": f"{port or 5432},{other_port or 5432}"}
            # Of two servers only the one that takes changes will do.
            query = both | {"target_session_attrs": "read-write"} | query
            made = URL.create("postgresql", login, password or None, None, None, database, query)
        else:
            made = URL.create("postgresql", login, password or None, host, port, database, query)
        return made.render_as_string(hide_password=False)

    def _line(self) -> dict[str, str]:
        """By the binding of the password's proof to this line nobody in between can pass it on."""
        if self.tls is Tls.OFFERED:
            return {}
        if self.tls is Tls.ENCRYPTED:
            return {"sslmode": "require", "channel_binding": "require"}
        root = _SYSTEM if self.tls is Tls.SYSTEM else self.certificate
        return {"sslmode": "verify-full", "sslrootcert": root, "channel_binding": "require"}


def taken_apart(url: URL) -> ServerAddress:
    """The parts of a known address."""
    hosts = str(url.query.get("host", "")).split(",")
    ports = str(url.query.get("port", "")).split(",")
    first, first_port = url.host or hosts[0], url.port or _known_port(ports[0])
    second = ""
    if not url.host and len(hosts) > 1:
        port = _known_port(ports[1]) if len(ports) > 1 else None
        second = ServerAddress(hosts[1], "", "", port).shown_host
    tls, certificate = _tls(str(url.query.get("sslmode", "")), str(url.query.get("sslrootcert", "")))
    return ServerAddress(first, url.database or "", url.username or "", first_port, second, tls, certificate)


def _known_port(typed: str) -> int | None:
    port = _port(typed)
    return None if port in (0, 5432) else port


def _tls(mode: str, root: str) -> tuple[Tls, str]:
    if mode.startswith("verify"):
        return (Tls.SYSTEM, "") if root == _SYSTEM else (Tls.COMPANY, root)
    return (Tls.ENCRYPTED if mode == "require" else Tls.OFFERED), ""
