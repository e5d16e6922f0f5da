"""Writing the customers of an import, a batch at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.domain.imports.rows import CustomerValues
from app.domain.phones import Phone
from app.domain.search import customer_search
from app.models.base import table_of
from app.models.customers import Customer, CustomerPhone
from app.models.places import Site
from app.services.imports.bulk import add, add_numbered, among, change
from app.services.imports.names import Names
from app.services.imports.report import Outcome

_CUSTOMERS = table_of(Customer)
_PHONES = table_of(CustomerPhone)
_TEXTS = ("external_key", "email", "address", "language", "notes")
_COLUMNS = ("name", "site_id", *_TEXTS)

_Existing = tuple[dict[str, Any], tuple[Phone, ...]]


def identity(values: CustomerValues) -> str:
    """What makes two rows of a file the same customer: the key, else name and numbers."""
    if values.external_key:
        return values.external_key
    return "\0".join(("", values.name or "", *sorted(phone.e164 or phone.raw for phone in values.phones or ())))


class CustomerWriter:
    """Adds new customers and updates known ones by their key; without a key by name and telephone."""

    table = "customers"

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sites = Names(session, Site)
        # Built once: building a statement for every batch costs more than running it.
        rows, phones = _CUSTOMERS.c, _PHONES.c
        every = select(*(rows[column] for column in ("id", *_COLUMNS)))
        keyless = every.where(rows.external_key.is_(None)).order_by(rows.id)
        number = or_(among(session, phones.e164, "e164"), phones.e164.is_(None) & among(session, phones.raw, "raw"))
        self._by_key = every.where(among(session, rows.external_key, "keys"))
        self._by_name = keyless.where(among(session, rows.name, "names"))
        self._by_number = keyless.where(rows.id.in_(select(phones.customer_id).where(number)))
        self._phones_of = (
            select(phones.customer_id, phones.raw, phones.e164, phones.is_suspect)
            .where(among(session, phones.customer_id, "ids"))
            .order_by(phones.customer_id, phones.position, phones.id)
        )
        self._drop_phones = delete(_PHONES).where(among(session, phones.customer_id, "ids"))

    def write(self, batch: Sequence[CustomerValues]) -> Outcome:
        """Write one batch; nothing is refused here, the values are whole already."""
        outcome = Outcome()
        find = self._finder(batch)
        added: list[tuple[dict[str, Any], tuple[Phone, ...]]] = []
        unchanged: list[int] = []
        updated: list[dict[str, Any]] = []
        rephoned: list[tuple[int, tuple[Phone, ...]]] = []
        for values in batch:
            existing = find(values)
            said = self._said(values)
            if existing is None:
                phones = values.phones or ()
                row = dict.fromkeys(_COLUMNS) | {"name": ""} | said
                added.append((row | {"search": _search(row, phones)}, phones))
                continue
            before, old_phones = existing
            row = before | said
            phones = old_phones if values.phones is None else values.phones
            outcome.count(is_changed=row != before or phones != old_phones)
            if phones != old_phones:
                rephoned.append((row["id"], phones))
            if row != before or phones != old_phones:
                updated.append(row | {"search": _search(row, phones)})
            else:
                unchanged.append(row["id"])
        outcome.added = len(added)
        fresh = self._add(added)
        change(self._session, _CUSTOMERS, updated)
        if rephoned:
            self._session.execute(self._drop_phones, {"ids": [row_id for row_id, _phones in rephoned]})
            add(self._session, _PHONES, list(_phone_rows(rephoned)))
        changed = [row["id"] for row in updated]
        if changed:
            _reach_pools(self._session, changed)
        outcome.ids = [*fresh, *changed, *unchanged]
        return outcome

    def _said(self, values: CustomerValues) -> dict[str, Any]:
        """The columns that the row says something about."""
        said: dict[str, Any] = {}
        for name in _TEXTS:
            if (value := getattr(values, name)) is not None:
                said[name] = value or None
        if values.name is not None:
            said["name"] = values.name
        if values.site is not None:
            said["site_id"] = self._sites.find_or_make(values.site) if values.site else None
        return said

    def _add(self, rows: Sequence[tuple[dict[str, Any], tuple[Phone, ...]]]) -> list[int]:
        keys = add_numbered(self._session, _CUSTOMERS, [row for row, _phones in rows])
        phones = ((key, phones) for key, (_row, phones) in zip(keys, rows, strict=True))
        add(self._session, _PHONES, list(_phone_rows(phones)))
        return keys

    def _finder(self, batch: Sequence[CustomerValues]) -> Callable[[CustomerValues], _Existing | None]:
        keys = [values.external_key for values in batch if values.external_key]
        by_key = {row["external_key"]: row for row in self._ask(self._by_key, keys=keys)} if keys else {}
        keyless = self._keyless([values for values in batch if not values.external_key])
        phones = self._phones([row["id"] for row in (*by_key.values(), *keyless)])
        by_name: dict[str, list[dict[str, Any]]] = {}
        for row in keyless:
            by_name.setdefault(row["name"], []).append(row)

        def find(values: CustomerValues) -> _Existing | None:
            if values.external_key:
                row = by_key.get(values.external_key)
                return None if row is None else (row, phones.get(row["id"], ()))
            for row in by_name.get(values.name or "", ()):
                if _share_number(phones.get(row["id"], ()), values.phones):
                    return row, phones.get(row["id"], ())
            return None

        return find

    def _keyless(self, batch: Sequence[CustomerValues]) -> list[dict[str, Any]]:
        """Customers without a key whom these rows may mean."""
        found: dict[int, dict[str, Any]] = {}
        numbers = [phone for values in batch for phone in values.phones or ()]
        if numbers:
            known = [phone.e164 for phone in numbers if phone.e164]
            typed = [phone.raw for phone in numbers if not phone.e164]
            found |= {row["id"]: row for row in self._ask(self._by_number, e164=known, raw=typed)}
        if names := [values.name for values in batch if not values.phones and values.name]:
            found |= {row["id"]: row for row in self._ask(self._by_name, names=names)}
        return list(found.values())

    def _ask(self, question: Any, **fields: object) -> Iterable[dict[str, Any]]:
        return (dict(row) for row in self._session.execute(question, fields).mappings())

    def _phones(self, ids: Sequence[int]) -> Mapping[int, tuple[Phone, ...]]:
        if not ids:
            return {}
        found: dict[int, tuple[Phone, ...]] = {}
        for customer_id, raw, e164, is_suspect in self._session.execute(self._phones_of, {"ids": ids}):
            found[customer_id] = (*found.get(customer_id, ()), Phone(raw, e164, is_suspect))
        return found


def _reach_pools(session: Session, ids: list[int]) -> None:
    """Whoever calls these customers calls the numbers that the file says."""
    from app.services.dialer.following import follow

    follow(session, ids)


def _share_number(known: Iterable[Phone], said: Sequence[Phone] | None) -> bool:
    """Whether a keyless customer can be the one a row means: a number in common, or neither names one."""
    numbers = {phone.e164 or phone.raw for phone in known}
    if said is None:
        return True
    return bool(numbers.intersection(phone.e164 or phone.raw for phone in said)) if said else not numbers


def _phone_rows(phones: Iterable[tuple[int, tuple[Phone, ...]]]) -> Iterable[dict[str, Any]]:
    for customer_id, numbers in phones:
        for position, phone in enumerate(numbers):
            yield {
                "customer_id": customer_id,
                "position": position,
                "raw": phone.raw,
                "e164": phone.e164,
                "is_suspect": phone.is_suspect,
            }


def _search(row: Mapping[str, Any], phones: tuple[Phone, ...]) -> str:
    return customer_search(row["name"], row["external_key"], row["email"], row["address"], phones)
