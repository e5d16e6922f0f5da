"""The functions of the dial desk as they stand, but that each asks first: of this company, let in, and may he dial."""

from alembic import op

from migrations.closing import BY_HAND

_ME = """(SELECT l.id FROM users AS l WHERE l.db_role = session_user::text AND l.is_active)"""
_LOGIN = "EXISTS (SELECT FROM users AS l WHERE l.db_role = session_user::text)"
_DIALS = (
    "AND EXISTS (SELECT FROM role_permissions AS mp WHERE mp.role_id = u.role_id AND mp.permission = 'dial')\n"
    "                AND is_let_in(u.role_id)"
)
_CHOSEN = "AND u.id = coalesce((SELECT l.id FROM users AS l WHERE l.db_role = session_user::text), p_user)"
_FORBIDDEN = "RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501';"
_RELEASES = """    BEGIN
        -- What is anyone's already"""
_RELEASES_IF = f"""    BEGIN
        IF {_LOGIN} AND NOT may('dial', 'run_campaigns') THEN
            {_FORBIDDEN}
        END IF;
        -- What is anyone's already"""

# Any log-in may hold any advisory key: who held those of all numbers would stop everybody, were they to be told.
_SALT = """
    CREATE SEQUENCE claim_salt;
    SELECT setval('claim_salt', 1 + (random() * 4e18)::bigint);
    REVOKE ALL ON SEQUENCE claim_salt FROM PUBLIC
"""
_KEY = "hashtextextended(p_person, 4)"

_SESSION = "IF current_user = session_user THEN"

CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "claim_next(bigint, text, bigint, jsonb)": ((_CHOSEN, f"{_CHOSEN}\n                {_DIALS}"),),
    "claim_customer(bigint, bigint, text, bigint)": ((_CHOSEN, f"{_CHOSEN}\n                {_DIALS}"),),
    "take_person(bigint, bigint, bigint, text, text, bigint, boolean, integer, timestamptz, text, jsonb)": (
        (_KEY, "hashtextextended(p_person, (SELECT s.last_value FROM claim_salt AS s))"),
    ),
    "check_attempt()": ((_SESSION, f"IF {BY_HAND} THEN"),),
    "beat_claim(text, bigint)": ((_ME, "acting_user()"),),
    "dial_claim(text, bigint, text)": (
        (_ME, "(SELECT acting_user() WHERE may('dial'))"),
    ),
    "move_callback(bigint, bigint, bigint, timestamptz, bigint, timestamptz, timestamptz)": (
        (_ME, "(SELECT acting_user() WHERE may('dial', 'work_tasks', 'run_campaigns', 'administer'))"),
    ),
    "release_callbacks(timestamptz)": ((_RELEASES, _RELEASES_IF),),
}  # fmt: skip
"""What is put in the place of what, in which function; each stands there once."""

INNER = (
    "passes(jsonb, bigint, bigint, text, timestamptz)",
    "dial_standing(text, bigint, boolean, boolean, integer, integer, boolean, timestamptz)",
    "sweep_claims(integer, timestamptz)",
    "take_person(bigint, bigint, bigint, text, text, bigint, boolean, integer, timestamptz, text, jsonb)",
)
"""Called by the others only."""

# With a body that is read when it is made, so that no path can give its words another meaning and the planner still
# puts it in line; one with a path of its own would be called row by row.
_PASSES = """
    CREATE OR REPLACE FUNCTION passes(
        filters jsonb, p_status bigint, p_site bigint, p_language text, p_added timestamptz
    ) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN (NOT filters ? 'statuses' OR filters -> 'statuses' @> to_jsonb(coalesce(p_status, 0)))
        AND (NOT filters ? 'sites' OR filters -> 'sites' @> to_jsonb(coalesce(p_site, 0)))
        AND (NOT filters ? 'languages' OR filters -> 'languages' ? coalesce(p_language, ''))
        AND (NOT filters ? 'added_from' OR (p_added AT TIME ZONE 'UTC')::date >= (filters ->> 'added_from')::date)
        AND (NOT filters ? 'added_to' OR (p_added AT TIME ZONE 'UTC')::date <= (filters ->> 'added_to')::date)
"""


def amend() -> None:
    """Change the functions where they stand; one that reads otherwise than expected stops the upgrade."""
    op.execute(_PASSES)
    op.execute(_SALT)
    for name in INNER[1:]:
        op.execute(f"ALTER FUNCTION {name} SET search_path = pg_catalog, public, pg_temp")
    for function, changes in CHANGES.items():
        for old, new in changes:
            op.execute(amended(function, old, new))


def amended(function: str, old: str, new: str) -> str:
    return f"""
        DO $amend$
        DECLARE
            was text := pg_get_functiondef('{function}'::regprocedure);
            old CONSTANT text := $old${old}$old$;
        BEGIN
            IF (length(was) - length(replace(was, old, ''))) <> length(old) THEN
                RAISE EXCEPTION 'callboard: % is not as expected', '{function}';
            END IF;
            EXECUTE replace(was, old, $new${new}$new$);
        END $amend$
    """
