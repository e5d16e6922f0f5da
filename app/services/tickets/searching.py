"""A search for tickets as conditions on either engine.

A ticket is found by its own texts, by those of its customer, and by its number; each word may be in either. Words of
three letters and more are looked up in the trigram indexes; shorter ones have no trigram and are looked for among what
the others found, or along the order of the list.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from app.domain.lookup import TRIGRAM, Wanted, like, phrase

INDEXED = 3
"""So many words are looked up in the indexes, the longest ones; with more, what they find is read through."""
RARE = 500
"""Words that no more customers have lead to their tickets one by one."""


def parameters(wanted: Wanted, *, is_sqlite: bool) -> dict[str, object]:
    """The values of the conditions' parameters."""
    values: dict[str, object] = {} if wanted.number is None else {"number": wanted.number}
    for place, word in enumerate(wanted.words):
        if is_sqlite:
            values |= {f"word{place}": word, f"match{place}": phrase(word)}
        else:
            values |= {f"word{place}": like(word), f"plain{place}": word}
    return values


def conditions(wanted: Wanted, *, is_sqlite: bool) -> Iterable[str]:
    """The search as conditions on a ticket `t` that was found by other means, one for each word."""
    if wanted.number is not None and not wanted.words:
        yield "t.id = :number"
    for place, _word in enumerate(wanted.words):
        own, theirs = (_contains(table, place, is_sqlite=is_sqlite) for table in ("t", "c"))
        by_number = "" if wanted.number is None else " OR t.id = :number"
        yield f"({own} OR EXISTS (SELECT 1 FROM customers c WHERE c.id = t.customer_id AND {theirs}){by_number})"


def candidates(wanted: Wanted, rare: Sequence[bool], *, is_sqlite: bool, sees_part: bool = False) -> str:
    """The ids of tickets that have the longest words, by the trigram indexes, at most `:few` by each of the roads.

    There is a road for each way the words can be spread over a ticket and its customer; `rare` are the answers of
    `rarity`: where few customers have their part of the words, the road begins at them, else at the tickets. For who
    sees a part of the tickets, functions of the database walk them: no index is his to use.
    """
    walked = _asked if sees_part else _sqlite if is_sqlite else _postgresql
    roads, answers = [], iter(rare)
    for own, theirs in _spreads(wanted):
        is_mixed = bool(own and theirs)
        from_customers = next(answers, False) if is_mixed else bool(theirs)
        roads.append(walked(own, theirs, from_customers=from_customers))
    found = " UNION ".join(f"SELECT id FROM ({road} LIMIT :few) AS r{number}" for number, road in enumerate(roads))
    return found if wanted.number is None else f"{found} UNION SELECT id FROM tickets WHERE id = :number"


def mixed(wanted: Wanted) -> int:
    """In how many ways some of the words can be the ticket's and the others its customer's."""
    return sum(1 for own, theirs in _spreads(wanted) if own and theirs)


def rarity(wanted: Wanted, *, is_sqlite: bool, sees_part: bool = False) -> str:
    """For each way the words can be spread, whether few customers have theirs."""
    asked: list[str] = []
    for own, theirs in _spreads(wanted):
        if own and theirs and sees_part:
            asked.append(f"cardinality(customers_found({_words(theirs)}, {RARE + 1})) <= {RARE}")
        elif own and theirs:
            found = f"SELECT 1 FROM {_customers(theirs, is_sqlite=is_sqlite)} LIMIT {RARE + 1}"
            asked.append(f"(SELECT count(*) FROM ({found}) AS few{len(asked)}) <= {RARE}")
    return f"SELECT {', '.join(asked)}"


def _spreads(wanted: Wanted) -> Iterable[tuple[list[int], list[int]]]:
    """Which of the words that are looked up are the ticket's, and which its customer's."""
    places = [place for place, word in enumerate(wanted.words[:INDEXED]) if len(word) >= TRIGRAM]
    for spread in product((False, True), repeat=len(places)):
        sides: tuple[list[int], list[int]] = [], []
        for place, is_theirs in zip(places, spread, strict=True):
            sides[is_theirs].append(place)
        yield sides


def _customers(theirs: list[int], *, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"customers_search m WHERE m.customers_search MATCH ({_match(theirs)})"
    return f"customers m WHERE {_all(theirs, 'm', is_sqlite=False)}"


def _sqlite(own: list[int], theirs: list[int], *, from_customers: bool) -> str:
    if not theirs:
        return f"SELECT rowid AS id FROM tickets_search WHERE tickets_search MATCH ({_match(own)})"
    if from_customers:
        customers = f"(SELECT rowid AS id FROM {_customers(theirs, is_sqlite=True)}) AS m"
        source = f"{customers} CROSS JOIN tickets o INDEXED BY ix_tickets_customer_id_id ON o.customer_id = m.id"
        return f"SELECT o.id AS id FROM {source}{_where(_all(own, 'o', is_sqlite=True))}"
    source = "tickets_search s CROSS JOIN tickets o ON o.id = s.rowid CROSS JOIN customers c ON c.id = o.customer_id"
    match = f"s.tickets_search MATCH ({_match(own)})"
    return f"SELECT o.id AS id FROM {source} WHERE {match} AND {_all(theirs, 'c', is_sqlite=True)}"


def _postgresql(own: list[int], theirs: list[int], *, from_customers: bool) -> str:
    # OFFSET 0 keeps the planner from beginning at the other end: it knows nothing of how rare a word is.
    if not theirs:
        return f"SELECT o.id FROM tickets o WHERE {_all(own, 'o', is_sqlite=False)}"
    if from_customers:
        customers = f"(SELECT m.id FROM {_customers(theirs, is_sqlite=False)} OFFSET 0) AS m"
        tickets = "(SELECT t.id, t.search FROM tickets t WHERE t.customer_id = m.id OFFSET 0) AS o"
        return f"SELECT o.id FROM {customers} CROSS JOIN LATERAL {tickets}{_where(_all(own, 'o', is_sqlite=False))}"
    tickets = f"(SELECT t.id, t.customer_id FROM tickets t WHERE {_all(own, 't', is_sqlite=False)} OFFSET 0) AS o"
    customers = "(SELECT c.search FROM customers c WHERE c.id = o.customer_id OFFSET 0) AS m"
    return f"SELECT o.id FROM {tickets} CROSS JOIN LATERAL {customers} WHERE {_all(theirs, 'm', is_sqlite=False)}"


def _asked(own: list[int], theirs: list[int], *, from_customers: bool) -> str:
    return f"SELECT unnest(tickets_found({_words(own)}, {_words(theirs)}, {from_customers}, :few)) AS id"


def _words(places: list[int]) -> str:
    return "CAST(ARRAY[{}] AS text[])".format(", ".join(f":plain{place}" for place in places))


def _match(places: list[int]) -> str:
    return " || ' ' || ".join(f":match{place}" for place in places)


def _all(places: list[int], table: str, *, is_sqlite: bool) -> str:
    return " AND ".join(_contains(table, place, is_sqlite=is_sqlite) for place in places)


def _where(conditions: str) -> str:
    return f" WHERE {conditions}" if conditions else ""


def _contains(table: str, place: int, *, is_sqlite: bool) -> str:
    return f"instr({table}.search, :word{place}) > 0" if is_sqlite else f"{table}.search LIKE :word{place}"
