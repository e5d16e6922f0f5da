"""Products and their groups."""

from collections.abc import Sequence
from typing import Any

from app.domain.words import N_
from app.i18n import _, format_number
from app.services.processes.rows import NamedRow
from app.services.tickets.products import (
    ProductDraft,
    ProductRow,
    delete_product,
    delete_product_group,
    list_product_groups,
    list_products,
    save_product,
    save_product_group,
)
from ui.admin.parts import PickPart, TextPart, TickPart
from ui.admin.section import Call, Column, Entry, Offer, Section, Values, deletion
from ui.widgets.picker import Choice

__all__ = ["PRODUCTS", "PRODUCT_GROUPS"]


def _save_group(values: Values, row: NamedRow | None) -> Call:
    known = {"row_id": row.id, "version": row.version} if row else {}
    return Call(save_product_group, values["name"], **known)


def _values(product: ProductRow | None) -> dict[str, Any]:
    shown = product or ProductDraft("")
    return {"name": shown.name, "code": shown.code or "", "group": shown.group_id, "active": shown.is_active}


def _save(values: Values, product: ProductRow | None) -> Call:
    draft = ProductDraft(values["name"], values["code"] or None, values["group"], values["active"])
    known = {"row_id": product.id, "version": product.version} if product else {}
    return Call(save_product, draft, **known)


def _groups(rows: Sequence[NamedRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows]


def _name(product: ProductRow) -> str:
    return product.name if product.is_active else _("{name} (not active)", name=product.name)


_NAME = Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing."))

PRODUCT_GROUPS: Section[NamedRow] = Section(
    key="product_groups",
    text=N_("Product groups"),
    icon="folder",
    about=N_("Products that belong together. A ticket can be linked to a group or to one product."),
    tables=frozenset({"product_groups", "products"}),
    read=list_product_groups,
    values=lambda row: {"name": row.name if row else ""},
    title=lambda row: row.name,
    columns=(
        Column(N_("Name"), lambda row: row.name, 240),
        Column(N_("Products"), lambda row: format_number(row.uses), 110, sort=lambda row: row.uses),
    ),
    entries=(_NAME,),
    save=_save_group,
    new=N_("New product group"),
    acts=(deletion(delete_product_group),),
)
"""What groups products."""

PRODUCTS: Section[ProductRow] = Section(
    key="products",
    text=N_("Products"),
    icon="list",
    about=N_("What is sold and serviced. The fields are on the cards where the card layout puts them."),
    tables=frozenset({"products", "product_groups"}),
    read=list_products,
    values=_values,
    title=lambda product: product.name,
    group=lambda product: product.group or _("Without a group"),
    is_muted=lambda product: not product.is_active,
    columns=(Column(N_("Name"), _name, 240), Column(N_("Code"), lambda product: product.code or "", 120)),
    entries=(
        _NAME,
        Entry("code", N_("Code"), TextPart, codes=frozenset({"TAKEN"})),
        Entry("group", N_("Product group"), lambda: PickPart(nothing=N_("Without a group"))),
        Entry(
            "active", N_("Active"), TickPart, hint=N_("What is not active stays on old work and is not offered anew.")
        ),
    ),
    offers=(Offer("group", list_product_groups, _groups),),
    save=_save,
    new=N_("New product"),
    acts=(deletion(delete_product),),
)
"""What is sold and serviced."""
