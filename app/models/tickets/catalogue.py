"""What tickets are linked to and numbered by: products, projects, numerators."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned


class ProductGroup(Versioned, Base):
    """Products that belong together."""

    __tablename__ = "product_groups"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    name: Mapped[str] = mapped_column(unique=True)


class Product(Versioned, Base):
    """Something that is sold and serviced."""

    __tablename__ = "products"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    name: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str | None] = mapped_column(unique=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("product_groups.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")


class Project(Versioned, Base):
    """A customer project tickets and hours are linked to; one with a parent is a sub-project."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("parent_id", "name"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("parent_id <> id", name="not_its_own"),
    )

    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")


class Numerator(Versioned, Base):
    """Gives out numbers such as INT-00042: the prefix, then the next number in at least so many digits."""

    __tablename__ = "numerators"
    __table_args__ = (
        CheckConstraint("digits BETWEEN 1 AND 12", name="digits"),
        CheckConstraint("next_number > 0", name="next_number"),
        CheckConstraint("name <> ''", name="named"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str] = mapped_column(default="", server_default="")
    digits: Mapped[int] = mapped_column(default=5, server_default="5")
    next_number: Mapped[int] = mapped_column(default=1, server_default="1")
