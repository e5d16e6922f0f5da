"""The server's catalogue itself: every table closed, every function pinned, nothing for everybody, nothing unknown."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.db.server import GROUPS
from tests.security import catalogue
from tests.security.furnish import ROLES, Office

pytestmark = [pytest.mark.row("F3", "R-X3")]

_EXCEPTIONS: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text("utf-8"))
_LETTERS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
_GROUPS = {f"callboard_{group}" for group in GROUPS}
Found = dict[str, Any]


@pytest.fixture(scope="module")
def found(office: Office) -> Found:
    """The catalogue of the furnished server, with a log-in of each role."""
    with office.as_owner() as owner:
        return catalogue.read(owner, office.name, frozenset(office.login(who) for who in (*ROLES, "gone")))


@pytest.fixture
def tables(found: Found) -> Found:
    """The tables alone."""
    return {name: table for name, table in found["tables"].items() if table["kind"] in "rp"}


def test_the_catalogue_is_the_one_that_was_looked_over(found: Found, request: pytest.FixtureRequest) -> None:
    """`make golden` writes it anew; its difference in the commit is what a reviewer reads."""
    if request.config.getoption("--write-golden", default=False):
        catalogue.write(found)
    lines = catalogue.differences(catalogue.golden(), found)
    assert not lines, "who may do what has changed; if it is right, `make golden` writes it down:\n" + "\n".join(lines)


def test_every_table_is_closed_and_belongs_to_the_owner(found: Found, tables: Found) -> None:
    assert [name for name, table in tables.items() if not table.get("is_closed")] == []
    assert {table["owner"] for table in found["tables"].values()} == {"company_owner"}
    assert found["schemas"] == ["information_schema", "pg_catalog", "public"]


def test_every_verb_that_is_granted_has_a_policy_and_every_policy_a_grant(tables: Found) -> None:
    wrong = []
    for name, table in tables.items():
        policies = {policy: _policy(text) for policy, text in table.get("policies", {}).items()}
        granted = set(_granted(table))
        for role, verb in granted:
            if not any(verb == of and (role in roles or "public" in roles) for of, roles in policies.values()):
                wrong.append(f"{name} {verb}: granted to {role}, and no policy lets a row through")
        for policy, (verb, roles) in policies.items():
            if not any((role, verb) in granted for role in roles) and f"{name} {policy}" not in _EXCEPTIONS["no_grant"]:
                wrong.append(f"{name} {policy}: of a verb that nobody is granted")
    left = [line for line in sorted(wrong) if line.partition(":")[0] not in _EXCEPTIONS["no_policy"]]
    assert not left, "\n".join(left)


def _policy(text: str) -> tuple[str, set[str]]:
    parsed = re.match(r"PERMISSIVE (SELECT|INSERT|UPDATE|DELETE) TO (\S+)", text)
    assert parsed, f"a policy is permissive and of one verb: {text}"
    return parsed[1], set(parsed[2].split(","))


def _granted(table: Found) -> Iterator[tuple[str, str]]:
    for grants in (table.get("acl", {}), *table.get("columns", {}).values()):
        for role, letters in grants.items():
            for letter in letters:
                yield role, _LETTERS[letter]


def test_what_is_granted_goes_to_the_group_roles_alone(found: Found) -> None:
    for name, table in found["tables"].items():
        to = {role for role, _verb in _granted(table)}
        # The functions that make log-ins run as a role of their own.
        assert to <= _GROUPS | ({"company_logins"} if name in _OF_LOGINS else set()), name
        if table["kind"] == "S":
            assert not to, f"{name}: identities need no grant on their sequence"


_OF_LOGINS = {"users", "roles", "role_permissions", "company"}


def test_a_view_asks_in_the_name_of_who_reads_it_and_is_a_barrier(found: Found) -> None:
    for name, view in found["tables"].items():
        if view["kind"] == "v":
            assert {"security_invoker=true", "security_barrier=true"} <= set(view.get("options", ())), name
        assert view["kind"] not in "mf", f"{name}: no policy holds for what is copied or elsewhere"


def test_every_function_looks_in_places_that_are_said_and_temporary_tables_last(found: Found) -> None:
    wrong = []
    for name, function in found["functions"].items():
        if function.get("is_parsed") and not function.get("is_definer"):
            continue  # its words got their meaning when it was made
        path = [item for item in function.get("config", ()) if item.startswith("search_path=")]
        places = path[0].removeprefix("search_path=").strip('"').split(", ") if path else []
        if not places or places[-1] != "pg_temp" or places[0] != "pg_catalog" or not set(places) <= _PLACES:
            wrong.append(name)
    assert wrong == []


_PLACES = {"pg_catalog", "public", "pg_temp"}


def test_nobody_calls_a_function_unless_it_was_given_to_him(found: Found) -> None:
    for name, function in found["functions"].items():
        assert set(function.get("acl", ())) <= _GROUPS | _NO_LOGINS, name
        assert function["language"] in {"plpgsql", "sql"}, name
        if function.get("is_definer"):
            assert function["owner"] in _NO_LOGINS, name
        if function.get("is_trigger"):
            assert set(function.get("acl", ())) <= _NO_LOGINS, f"{name}: its trigger calls it, and nobody else"


_NO_LOGINS = {"company_owner", "company_logins"}


def test_the_roles_are_what_they_were_made_for(found: Found) -> None:
    roles = found["roles"]
    assert {name for name, role in roles.items() if role["rights"]} == {"company_logins", "company_migrator"} | {
        name for name in roles if re.fullmatch(r"company_(u\d+|stranger)", name) and name != "company_u9011"
    }
    assert roles["company_logins"]["rights"] == ["CREATEROLE"]
    assert all(role["rights"] in ([], ["LOGIN"], ["CREATEROLE"]) for role in roles.values())
    assert [name for name, role in roles.items() if "company_owner" in role["in"]] == ["company_migrator"]
    assert [name for name, role in roles.items() if "company_logins" in role["in"]] == []
    for name, role in roles.items():
        if re.fullmatch(r"company_u\d+", name):
            assert len(role["in"]) == (0 if name == "company_u9011" else 2), f"{name}: one group, and who may connect"
            assert not any("admin" in group.removeprefix("callboard_administrator") for group in role["in"])
    assert all(roles[group] == {"rights": [], "in": []} for group in _GROUPS)


def test_the_database_and_its_schema_are_closed_to_strangers(found: Found) -> None:
    assert all(not item.startswith("=") for item in found["database"])
    assert [item.partition("/")[0] for item in found["database"] if "_owner=" not in item] == ["company_users=c"]
    may_make = [item for item in found["schema"] if "C" in item.partition("=")[2].partition("/")[0]]
    assert [item.partition("=")[0] for item in may_make] == ["pg_database_owner"]
    assert [item for item in found["default privileges"] if "=X" in item and "{=X" in item] == []
    assert any(item.startswith("company_owner f ") for item in found["default privileges"])
    assert found["large objects"] == []
    assert found["languages"] == ["c", "internal", "plpgsql", "sql"]
    assert found["extensions"] == ["btree_gist", "pg_trgm", "plpgsql"]
