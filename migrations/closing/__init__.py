"""What policies cannot say, closed by triggers and functions of PostgreSQL: a log-in writes only what is true.

A file has one user at a time, who owns it: there the services keep the same rules.
"""

HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
"""A function that does what a log-in may not do by itself; its first lines ask who calls."""

GUARD = "RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp"
"""A trigger of the log-in's own statement, with the log-in's own rights."""

BY_HAND = "pg_has_role(session_user, current_user, 'MEMBER')"
"""Whether a statement is the log-in's own and none of a function of the database; `SET ROLE` is no way out."""

OWN = f"NOT {BY_HAND} OR acting_user() IS NULL"
"""Whether a guard has nothing to say: functions of the database write what they know, the owner restores."""

AT = "greatest(now(), clock_timestamp() - interval '10 minutes')"
"""This moment by the server's clock, the same for a whole transaction unless that is kept open to date something back.
"""

FORBIDDEN = "RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501'"
KEPT = "RAISE EXCEPTION 'callboard:KEPT' USING ERRCODE = '23514'"
