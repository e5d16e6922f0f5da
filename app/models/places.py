"""Sites: the zones calls lie in and technicians are present at."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned


class Site(Versioned, Base):
    """A place or zone of work."""

    __tablename__ = "sites"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    external_key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
