"""Imports by people who have logged in to a server by themselves, with no more than their role's rights."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.backend import Backend
from app.domain.errors import Refused
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.services.imports.mappings import list_mappings, save_mapping
from app.services.imports.report import Report
from app.services.imports.run import run_import
from app.services.imports.sheets import open_sheet
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user
from tests.kit.servers import PASSWORD, Server

CUSTOMERS = "key,name,phone,site\nC1,Anna,02 12345678,Nord\nC2,Dan,,Sud\n"
CALLS = "key,customer,type,subtype,status,site\n1,C1,Boiler,Leaks,Open,Est\n2,,Meter,,Escalated,Nord\n"
TECHNICIANS = "key,name,group,skills\nT1,Avi,North,Boiler\n"

Run = Callable[[Backend, Kind, str], Report]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Import a text."""

    def imported(backend: Backend, kind: Kind, text: str) -> Report:
        path = tmp_path / "rows.csv"
        path.write_text(text, encoding="utf-8")
        sheet = open_sheet(path)
        return backend.execute(run_import, kind, sheet, columns.guess(kind, sheet.headers))

    return imported


def login(server: Server, role: str) -> str:
    """A new user of a role, who can log in."""
    with server.as_administrator() as backend:
        roles = {row.code: row.id for row in backend.execute(list_roles)}
        draft = UserDraft(name=role, login=role, role_id=roles[role])
        made = backend.execute(save_user, draft, password=PASSWORD)
    assert made.db_role is not None
    return made.db_role


@pytest.mark.row("R-X1")
def test_the_back_office_imports_customers_and_calls_but_no_colleagues(server: Server, run: Run) -> None:
    with server.as_user(login(server, "back_office")) as backend:
        assert run(backend, Kind.CUSTOMERS, CUSTOMERS) == Report(2, 2, 0, 0, 0)
        assert run(backend, Kind.CUSTOMERS, CUSTOMERS.replace("Anna", "Anna Rossi")) == Report(2, 0, 1, 1, 0)
        assert run(backend, Kind.CALLS, CALLS) == Report(2, 2, 0, 0, 0)
        assert run(backend, Kind.CALLS, CALLS) == Report(2, 0, 0, 2, 0)
        backend.execute(save_mapping, Kind.CALLS, "Partner", ["a"], {0: "type"})
        backend.execute(save_mapping, Kind.CALLS, "Partner", ["b"], {0: "type"})
        assert backend.execute(list_mappings, Kind.CALLS) == ("Partner",)
        with pytest.raises(Refused):
            run(backend, Kind.TECHNICIANS, TECHNICIANS)


def test_an_administrator_imports_technicians_and_an_agent_nothing(server: Server, run: Run) -> None:
    with server.as_administrator() as backend:
        assert run(backend, Kind.TECHNICIANS, TECHNICIANS) == Report(1, 1, 0, 0, 0)
        assert run(backend, Kind.TECHNICIANS, TECHNICIANS.replace("Avi", "Avi Cohen")) == Report(1, 0, 1, 0, 0)
    with server.as_user(login(server, "agent")) as backend, pytest.raises(Refused):
        run(backend, Kind.CUSTOMERS, CUSTOMERS)
