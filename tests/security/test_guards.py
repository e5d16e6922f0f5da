"""Every trigger, check, key and reference of the server holds by itself, and none is there that is not proved here."""

import psycopg
import pytest
from psycopg import sql

from tests.security import constraints, guards
from tests.security.furnish import Office, group_of

pytestmark = [pytest.mark.row("F3", "R-X1")]


def test_every_trigger_does_what_it_is_there_for(office: Office) -> None:
    """Each with all others switched off."""
    with office.as_owner() as owner:
        there = guards.triggers(owner)
        proved = {guard.trigger for guard in guards.GUARDS}
        idle = [guard.trigger for guard in guards.GUARDS if not guards.holds(owner, office, guard)]
        notes: dict[str, bool] = {}
        for guard in guards.noting(there, office.tables):
            notes[guard.trigger] = notes.get(guard.trigger, False) or guards.holds(owner, office, guard)
    assert sorted(there.keys() - proved - notes.keys()) == [], "say in tests/security/guards.py what they are there for"
    assert idle + [trigger for trigger, holds in notes.items() if not holds] == []


def test_no_trigger_is_passed_by_taking_the_role_of_ones_group(office: Office) -> None:
    """Who one is stays who logged in; from PostgreSQL 16 on the server does not even let it be taken."""
    with office.as_owner() as owner:
        if owner.info.server_version >= 160000:
            refuse_roles(office)
            return
        passed = [
            guard.trigger
            for guard in guards.GUARDS
            if guard.who and not guards.holds(owner, office, guard, group=group_of(guard.who))
        ]
    assert passed == []


def refuse_roles(office: Office) -> None:
    for who in ("agent", "technician"):
        with office.connect(who) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(group_of(who))))


def test_every_constraint_refuses_what_breaks_it(office: Office, request: pytest.FixtureRequest) -> None:
    """`make golden` finds what breaks a new one."""
    with office.as_owner() as owner:
        if request.config.getoption("--write-golden", default=False):
            missing = constraints.write(owner, office.tables)
            assert not missing, "\n".join(missing)
        kept = constraints.kept()
        there = constraints.every(owner).keys() - constraints.NEVER_ALONE.keys()
        assert sorted(kept.keys() ^ there) == [], "`make golden` brings them up to date"
        wrong = [name for name, how in kept.items() if not constraints.holds(owner, name, *how)]
    assert wrong == []
