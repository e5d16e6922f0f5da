"""Mailing lists: addresses a template can go to."""

import re
from typing import Any

from app.domain.words import N_
from app.i18n import LANGUAGES, format_number
from app.services.mail.lists import delete_list, list_lists, save_list
from app.services.mail.rows import ListedAddress, MailingListRow
from ui.admin.parts import LinesPart, TextPart
from ui.admin.section import Call, Column, Entry, Section, Values, deletion

__all__ = ["MAILING_LISTS", "line_of", "listed"]

_CODES = "|".join(LANGUAGES)
_LINE = re.compile(rf"(?:(?P<name>[^<>]*)<(?P<inside>[^<>]*)>|(?P<bare>\S+))(?:\s+(?P<language>{_CODES}))?")


def listed(line: str) -> ListedAddress:
    """An address as it is typed: "Dana <dana@casa.it> he", or the address alone."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return ListedAddress(line)
    address = found["inside"] if found["bare"] is None else found["bare"]
    return ListedAddress(address.strip(), (found["name"] or "").strip(), found["language"])


def line_of(each: ListedAddress) -> str:
    """The line of an address."""
    address = f"{each.name} <{each.address}>" if each.name else each.address
    return f"{address} {each.language}" if each.language else address


def _values(row: MailingListRow | None) -> dict[str, Any]:
    if row is None:
        return {"name": "", "addresses": ()}
    return {"name": row.name, "addresses": tuple(line_of(each) for each in row.addresses)}


def _save(values: Values, row: MailingListRow | None) -> Call:
    known = {"row_id": row.id, "version": row.version} if row else {}
    return Call(save_list, values["name"], tuple(listed(line) for line in values["addresses"]), **known)


MAILING_LISTS: Section[MailingListRow] = Section(
    key="mailing_lists",
    text=N_("Mailing lists"),
    icon="people",
    about=N_("Addresses a mail template can go to, such as a warehouse or a branch."),
    tables=frozenset({"mailing_lists", "mailing_list_addresses", "mail_templates"}),
    read=list_lists,
    values=_values,
    title=lambda row: row.name,
    columns=(
        Column(N_("Name"), lambda row: row.name, 200),
        Column(
            N_("Addresses"), lambda row: format_number(len(row.addresses)), 100, sort=lambda row: len(row.addresses)
        ),
        Column(N_("Templates"), lambda row: format_number(row.templates), 100, sort=lambda row: row.templates),
    ),
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),
        Entry(
            "addresses",
            N_("Addresses"),
            LinesPart,
            hint=N_("One in each line: Dana Levi <dana@casa.it>. A language may follow, such as he."),
            codes=frozenset({"ADDRESS", "LANGUAGE"}),
        ),
    ),
    save=_save,
    new=N_("New mailing list"),
    acts=(deletion(delete_list),),
)
"""Who else is told."""
