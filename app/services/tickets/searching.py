"""A search for tickets as conditions on either engine.

A ticket is found by its own texts, by those of its customer, and by its number. Words of three letters and more are
looked up in the trigram indexes; shorter ones have no trigram and are looked for along the order of the list.
"""

from collections.abc import Iterable

from app.domain.lookup import TRIGRAM, Wanted, like, phrase


def parameters(wanted: Wanted, *, is_sqlite: bool) -> dict[str, object]:
    """The values of the conditions' parameters."""
    values: dict[str, object] = {} if wanted.number is None else {"number": wanted.number}
    for place, word in enumerate(wanted.words):
        if is_sqlite:
            values |= {f"word{place}": word, f"match{place}": phrase(word)}
        else:
            values[f"word{place}"] = like(word)
    return values


def conditions(wanted: Wanted, *, is_sqlite: bool) -> Iterable[str]:
    """The search as conditions on a ticket `t` that was found by other means, one for each word."""
    if wanted.number is not None and not wanted.words:
        yield "t.id = :number"
    for place, word in enumerate(wanted.words):
        contains = _contains("t", place, is_sqlite=is_sqlite)
        if is_sqlite and len(word) >= TRIGRAM:
            customers = f"SELECT rowid FROM customers_search WHERE customers_search MATCH :match{place}"
        else:
            customers = f"SELECT c.id FROM customers c WHERE {_contains('c', place, is_sqlite=is_sqlite)}"
        by_number = "" if wanted.number is None else " OR t.id = :number"
        yield f"({contains} OR t.customer_id IN ({customers}){by_number})"


def candidates(wanted: Wanted, *, is_sqlite: bool) -> str:
    """The ids of tickets with the longest word, by the trigram indexes, at most `:few` by each of the two roads."""
    if is_sqlite:
        own = "SELECT rowid AS id FROM tickets_search WHERE tickets_search MATCH :match0 LIMIT :few"
        customers = (
            "customers_search m JOIN tickets o ON o.customer_id = m.rowid WHERE m.customers_search MATCH :match0"
        )
    else:
        own = "SELECT id FROM tickets WHERE search LIKE :word0 LIMIT :few"
        customers = "customers m JOIN tickets o ON o.customer_id = m.id WHERE m.search LIKE :word0"
    theirs = f"SELECT o.id FROM {customers} LIMIT :few"
    found = f"SELECT id FROM ({own}) AS a UNION SELECT id FROM ({theirs}) AS b"
    return found if wanted.number is None else f"{found} UNION SELECT id FROM tickets WHERE id = :number"


def _contains(table: str, place: int, *, is_sqlite: bool) -> str:
    return f"instr({table}.search, :word{place}) > 0" if is_sqlite else f"{table}.search LIKE :word{place}"
