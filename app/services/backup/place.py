"""Where the database lies, as far as somebody who backs it up has to know."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.services.context import reads

__all__ = ["Place", "place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A single seat's file, or the address with which a server's migrator logs in, without a password."""

    file: Path | None
    address: str

    @property
    def command(self) -> str:
        """What the one who looks after the server has done every night."""
        return f"callboard backup --database {self.address} --to /var/backups/callboard/"


@reads
def place(session: Session) -> Place:
    """Where the database is."""
    url = session.get_bind().engine.url
    if url.get_backend_name() == "sqlite":
        return Place(Path(url.database or ""), "")
    port = f":{url.port}" if url.port else ""
    return Place(None, f"postgresql://{url.database}_migrator@{url.host or 'localhost'}{port}/{url.database}")
