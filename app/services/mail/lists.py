"""Mailing lists: addresses a template can go to."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.errors import Refused
from app.domain.mail import addresses
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.i18n import LANGUAGES
from app.models.mail import MailingList, MailingListAddress, MailTemplate
from app.services.context import reads, require, writes
from app.services.mail.rows import ListedAddress, MailingListRow
from app.services.saving import cleaned, refuse_double, seen, tell, wrong

MOST_ADDRESSES = 500


@reads
def list_lists(session: Session) -> tuple[MailingListRow, ...]:
    """Every mailing list by name."""
    return _rows(session)


def _rows(session: Session, row_id: int | None = None) -> tuple[MailingListRow, ...]:
    used = select(MailTemplate.list_id, func.count()).group_by(MailTemplate.list_id)
    uses: dict[int | None, int] = dict(session.execute(used).all())
    held: dict[int, list[ListedAddress]] = {}
    for each in session.scalars(select(MailingListAddress).order_by(MailingListAddress.id)):
        held.setdefault(each.list_id, []).append(ListedAddress(each.address, each.name, each.language))
    asked = select(MailingList).order_by(func.lower(MailingList.name), MailingList.id)
    if row_id is not None:
        asked = asked.where(MailingList.id == row_id)
    return tuple(
        MailingListRow(row.id, row.version, row.name, tuple(held.get(row.id, ())), uses.get(row.id, 0))
        for row in session.scalars(asked)
    )


@writes
def save_list(
    session: Session, name: str, listed: Sequence[ListedAddress], *, row_id: int | None = None, version: int = 0
) -> MailingListRow:
    """Add a mailing list, or change the one that was seen in this version; its addresses are exactly these."""
    require(session, Permission.ADMINISTER)
    name = cleaned(name)
    refuse_double(session, MailingList.name, name, row_id)
    kept = _checked(listed)
    if row_id is None:
        row = MailingList(name=name)
        session.add(row)
    else:
        row = seen(session, MailingList, row_id, version)
        # Its addresses are part of it: whoever edits it at the same time is told even where the name stays.
        row.name = name
        flag_modified(row, "name")
    session.flush()
    session.execute(delete(MailingListAddress).where(MailingListAddress.list_id == row.id))
    session.add_all(
        MailingListAddress(list_id=row.id, address=each.address, name=each.name, language=each.language)
        for each in kept
    )
    session.flush()
    tell(session, "mailing_lists", row.id)
    return _rows(session, row.id)[0]


def _checked(listed: Sequence[ListedAddress]) -> list[ListedAddress]:
    if len(listed) > MOST_ADDRESSES:
        raise wrong(
            "ADDRESS", counted("A list has at most {count} address.", "A list has at most {count} addresses.",
                               MOST_ADDRESSES)
        )  # fmt: skip
    found: dict[str, ListedAddress] = {}
    for each in listed:
        address = addresses.cleaned(each.address)
        if address is None:
            raise wrong("ADDRESS", message(N_("“{address}” is not a mail address."), address=each.address.strip()))
        if each.language is not None and each.language not in LANGUAGES:
            raise wrong("LANGUAGE", message(N_("Callboard does not speak this language.")))
        found.setdefault(address.lower(), ListedAddress(address, " ".join(each.name.split()), each.language))
    return list(found.values())


@writes
def delete_list(session: Session, row_id: int, version: int) -> None:
    """Remove a mailing list that no template goes to."""
    require(session, Permission.ADMINISTER)
    row = seen(session, MailingList, row_id, version)
    user = session.scalar(select(MailTemplate.name).where(MailTemplate.list_id == row_id).limit(1))
    if user is not None:
        raise Refused(
            "USED",
            message(N_("The template “{name}” goes to this list."), name=user),
            message(N_("Nothing was deleted. Let the template go to somebody else first.")),
        )
    session.delete(row)
    session.flush()
    tell(session, "mailing_lists", row_id)
