"""Searches of technicians: a trigram index answers none of them under their policies, so functions ask it for them.

What LIKE says of a row must not be heard by whoever may not see the row, so PostgreSQL reads every visible row instead
of the index. These functions ask the index and give back the numbers of what is on the way of who asks, nothing else.
They take plain words and escape them themselves: a pattern of the caller's own could fail on a row that is not his.
"""

from alembic import op

from migrations.closing import HEAD
from migrations.grants import TECHNICIAN

OUTER = ("customers_found(text[], bigint)", "tickets_found(text[], text[], boolean, bigint)")
INNER = ("holds_words(text, text[])",)
MOST = 10_001


def make() -> None:
    """Make them, for technicians to call: everybody else's searches use the indexes themselves."""
    for statement in (_WORDS, _CUSTOMERS, _TICKETS):
        op.execute(statement)
    op.execute(f"REVOKE ALL ON FUNCTION {', '.join((*OUTER, *INNER))} FROM PUBLIC")
    roles = ", ".join(f"callboard_{group}" for group in TECHNICIAN)
    op.execute(f"GRANT EXECUTE ON FUNCTION {', '.join(OUTER)} TO {roles}")


# As literals, so that the planner sees how long the words are; null where there is none.
_WORDS = f"""
    CREATE FUNCTION holds_words(p_table text, p_words text[]) RETURNS text {HEAD} IMMUTABLE AS $$
    BEGIN
        RETURN (
            SELECT string_agg(format('%I.search LIKE %L', p_table, '%' || regexp_replace(
                w.word, '([%_\\\\])', '\\\\\\1', 'g') || '%'), ' AND ')
            FROM unnest(p_words) AS w (word) WHERE w.word <> '');
    END $$
"""

_REACHED = """(EXISTS (SELECT FROM reaches AS r WHERE r.{0} = {1} AND r.user_id = $1)
                    OR EXISTS (SELECT FROM group_reaches AS r WHERE r.{0} = {1} AND r.group_id = ANY ($2)))"""
_MINE = _REACHED.format("customer_id", "m.id")

_CUSTOMERS = f"""
    CREATE FUNCTION customers_found(p_words text[], p_most bigint) RETURNS bigint[] {HEAD} STABLE AS $$
    DECLARE
        me bigint := acting_user();
        mine bigint[] := my_groups();
        theirs text := holds_words('m', p_words);
        found bigint[];
    BEGIN
        IF theirs IS NOT NULL THEN
            EXECUTE format('SELECT ARRAY(SELECT m.id FROM customers AS m WHERE %s
                AND {_MINE} LIMIT $3)', theirs) INTO found USING me, mine, least(p_most, {MOST});
        END IF;
        RETURN coalesce(found, ARRAY[]::bigint[]);
    END $$
"""

_VISIBLE = f"""({_REACHED.format("customer_id", "o.customer_id")}
                OR o.customer_id IS NULL AND {_REACHED.format("ticket_id", "o.id")})"""

# OFFSET 0 keeps the planner from beginning at the other end, as in app.services.tickets.searching.
_TICKETS = f"""
    CREATE FUNCTION tickets_found(p_own text[], p_theirs text[], p_from_customers boolean, p_most bigint)
    RETURNS bigint[] {HEAD} STABLE AS $$
    DECLARE
        me bigint := acting_user();
        mine bigint[] := my_groups();
        own text := holds_words('t', p_own);
        theirs text := holds_words('m', p_theirs);
        road text;
        found bigint[];
    BEGIN
        IF theirs IS NOT NULL AND (p_from_customers OR own IS NULL) THEN
            road := format('(SELECT m.id FROM customers AS m WHERE %s AND {_MINE} OFFSET 0) AS c
                CROSS JOIN LATERAL (SELECT t.id FROM tickets AS t WHERE t.customer_id = c.id AND %s OFFSET 0) AS o',
                theirs, coalesce(own, 'true'));
        ELSIF own IS NOT NULL THEN
            road := format('(SELECT t.id, t.customer_id FROM tickets AS t WHERE %s OFFSET 0) AS o', own);
            IF theirs IS NOT NULL THEN
                road := road || format(' CROSS JOIN LATERAL (
                    SELECT FROM customers AS m WHERE m.id = o.customer_id AND %s OFFSET 0) AS c', theirs);
            END IF;
            road := road || ' WHERE {_VISIBLE}';
        END IF;
        IF road IS NOT NULL THEN
            EXECUTE format('SELECT ARRAY(SELECT o.id FROM %s LIMIT $3)', road)
                INTO found USING me, mine, least(p_most, {MOST});
        END IF;
        RETURN coalesce(found, ARRAY[]::bigint[]);
    END $$
"""
