"""Products and their groups: what tickets are linked to when the company keeps them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.models.tickets import Product, ProductGroup, Ticket
from app.services.context import reads, require, writes
from app.services.processes.rows import NamedRow
from app.services.saving import cleaned, refuse_double, seen, tell
from app.services.tickets.uses import refuse_used


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product with its group."""

    id: int
    version: int
    name: str
    code: str | None
    group_id: int | None
    group: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """What an administrator says about a product."""

    name: str
    code: str | None = None
    group_id: int | None = None
    is_active: bool = True


@reads
def list_product_groups(session: Session) -> tuple[NamedRow, ...]:
    """Every product group with the number of its products."""
    count = select(func.count()).where(Product.group_id == ProductGroup.id).scalar_subquery()
    asked = select(ProductGroup.id, ProductGroup.version, ProductGroup.name, count)
    rows = session.execute(asked.order_by(func.lower(ProductGroup.name), ProductGroup.id))
    return tuple(NamedRow(*row) for row in rows)


@writes
def save_product_group(session: Session, name: str, *, row_id: int | None = None, version: int = 0) -> NamedRow:
    """Add a product group, or rename the one that was seen in this version."""
    require(session, Permission.ADMINISTER)
    name = cleaned(name)
    refuse_double(session, ProductGroup.name, name, row_id)
    if row_id is None:
        group = ProductGroup(name=name)
        session.add(group)
    else:
        group = seen(session, ProductGroup, row_id, version)
        group.name = name
    session.flush()
    tell(session, "product_groups", group.id)
    return NamedRow(group.id, group.version, group.name, 0)


@writes
def delete_product_group(session: Session, row_id: int, version: int) -> None:
    """Remove a product group without products that no ticket has."""
    require(session, Permission.ADMINISTER)
    group = seen(session, ProductGroup, row_id, version)
    refuse_used(session, Ticket, Ticket.product_group_id == row_id)
    if count := session.scalar(select(func.count()).where(Product.group_id == row_id)):
        raise Refused(
            "USED",
            counted("{count} product is in this group.", "{count} products are in this group.", count),
            message(N_("Nothing was changed. Move them to another group first.")),
        )
    session.delete(group)
    session.flush()
    tell(session, "product_groups", row_id)


@reads
def list_products(session: Session) -> tuple[ProductRow, ...]:
    """Every product, by group, those without one last."""
    return _products(session)


def _products(session: Session, product_id: int | None = None) -> tuple[ProductRow, ...]:
    row = Product
    asked = select(
        row.id, row.version, row.name, row.code, row.group_id, func.coalesce(ProductGroup.name, ""), row.is_active
    ).outerjoin(ProductGroup, ProductGroup.id == row.group_id)
    if product_id is not None:
        asked = asked.where(row.id == product_id)
    asked = asked.order_by(row.group_id.is_(None), func.lower(ProductGroup.name), func.lower(row.name), row.id)
    return tuple(ProductRow(*found) for found in session.execute(asked))


@writes
def save_product(session: Session, draft: ProductDraft, *, row_id: int | None = None, version: int = 0) -> ProductRow:
    """Add a product, or change the one that was seen in this version."""
    require(session, Permission.ADMINISTER)
    name, code = cleaned(draft.name), " ".join((draft.code or "").split()) or None
    refuse_double(session, Product.name, name, row_id)
    if code is not None:
        refuse_double(session, Product.code, code, row_id)
    if row_id is None:
        product = Product(name=name)
        session.add(product)
    else:
        product = seen(session, Product, row_id, version)
    product.name, product.code, product.group_id, product.is_active = name, code, draft.group_id, draft.is_active
    session.flush()
    tell(session, "products", product.id)
    return _products(session, product.id)[0]


@writes
def delete_product(session: Session, row_id: int, version: int) -> None:
    """Remove a product that no ticket has; one in use can be switched off instead."""
    require(session, Permission.ADMINISTER)
    product = seen(session, Product, row_id, version)
    refuse_used(session, Ticket, Ticket.product_id == row_id)
    session.delete(product)
    session.flush()
    tell(session, "products", row_id)
