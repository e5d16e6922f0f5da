import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.backend import Backend
from app.bus import RowsChanged
from app.db.database import Database
from app.domain.errors import Refused, UserError
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.models.changes import ChangeLog
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.people import Role, User
from app.models.places import Site
from app.services.imports.report import Report
from app.services.imports.run import run_import
from app.services.imports.sheets import open_sheet

Import = Callable[..., Report]

CUSTOMERS = (
    "Codice,Nome,Telefono,Email,Zona",
    "C1,Anna Rossi,02 12345678; 347 1234567,anna@example.org,Nord",
    "C2,,chiedere al custode,,nord",
    "C3,דוד לוי,+972 52 1234567,,",
)


def customers(database: Database) -> list[tuple[str | None, str, str | None, str | None, int]]:
    with database.reading() as session:
        asked = select(Customer.external_key, Customer.name, Customer.email, Site.name, Customer.version)
        rows = session.execute(asked.outerjoin(Site, Site.id == Customer.site_id).order_by(Customer.id))
        return list(rows)


def phones(database: Database, key: str) -> list[tuple[str, str | None, bool]]:
    with database.reading() as session:
        asked = select(CustomerPhone.raw, CustomerPhone.e164, CustomerPhone.is_suspect)
        rows = session.execute(
            asked.join(Customer).where(Customer.external_key == key).order_by(CustomerPhone.position)
        )
        return list(rows)


def test_customers_come_in_with_their_sites_and_numbers(import_lines: Import, company: Database) -> None:
    assert import_lines(Kind.CUSTOMERS, *CUSTOMERS) == Report(3, 3, 0, 0, 0)
    assert customers(company) == [
        ("C1", "Anna Rossi", "anna@example.org", "Nord", 1),
        ("C2", "", None, "Nord", 1),
        ("C3", "דוד לוי", None, None, 1),
    ]
    assert phones(company, "C1") == [
        ("02 12345678", "+390212345678", False),
        ("347 1234567", "+393471234567", False),
    ]
    assert phones(company, "C2") == [("chiedere al custode", None, True)]


def test_the_same_file_again_writes_nothing(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CUSTOMERS, *CUSTOMERS)
    with company.reading() as session:
        logged = session.scalar(select(func.max(ChangeLog.seq)))
    assert import_lines(Kind.CUSTOMERS, *CUSTOMERS) == Report(3, 0, 0, 3, 0)
    with company.reading() as session:
        assert session.scalar(select(func.max(ChangeLog.seq))) == logged


def test_a_changed_row_updates_what_it_says_and_leaves_the_rest(import_lines: Import, company: Database) -> None:
    import_lines(Kind.CUSTOMERS, *CUSTOMERS)
    report = import_lines(
        Kind.CUSTOMERS, "Codice,Nome,Telefono", "C1,Anna Verdi,347 7654321", "C3,דוד לוי,+972521234567"
    )
    assert report == Report(2, 0, 2, 0, 0)
    assert customers(company)[0] == ("C1", "Anna Verdi", "anna@example.org", "Nord", 2)
    assert phones(company, "C1") == [("347 7654321", "+393477654321", False)]
    with company.reading() as session:
        found = session.scalars(select(Customer.external_key).where(Customer.search.contains("3477654321"))).all()
    assert found == ["C1"]


@pytest.mark.parametrize("lines", [
    ("Nome,Telefono", "Anna,02 12345678", "Anna,02 87654321", ",347 1234567", "Dan,"),
    ("Nome", "Anna", "Dan"),
    ("Telefono", "02 12345678", "al custode"),
])  # fmt: skip
def test_rows_without_a_key_are_known_by_name_and_number(import_lines: Import, lines: tuple[str, ...]) -> None:
    many = len(lines) - 1
    assert import_lines(Kind.CUSTOMERS, *lines) == Report(many, many, 0, 0, 0)
    assert import_lines(Kind.CUSTOMERS, *lines) == Report(many, 0, 0, many, 0)


def test_bad_rows_are_set_aside_and_the_good_ones_go_in(
    import_lines: Import, company: Database, tmp_path: Path
) -> None:
    aside = tmp_path / "refused.csv"
    report = import_lines(
        Kind.CUSTOMERS,
        "Codice,Nome,Email",
        "C1,Anna,anna@example.org",
        "C2,,",
        "C3,Dan,at home",
        "C1,Anna again,",
        'C4,Eve,"=cmd()@x.y"',
        "C5,Gil,gil@example.org,more,and more",
        "C6,Hila,",
        refused=aside,
    )
    assert report == Report(7, 2, 0, 0, 5)
    assert [row[0] for row in customers(company)] == ["C1", "C6"]
    rows = list(csv.reader(aside.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0] == ["Line", "Reason", "Codice", "Nome", "Email"]
    assert rows[1] == ["3", "A customer needs a name or a phone.", "C2", "", ""]
    assert rows[2] == ["4", "“at home” is not a mail address.", "C3", "Dan", "at home"]
    assert rows[3] == ["5", "The same key is already on line 2.", "C1", "Anna again", ""]
    assert rows[4][4] == "'=cmd()@x.y"
    assert rows[5][0] == "7"
    assert [path.name for path in tmp_path.glob("refused*")] == ["refused.csv"]


def test_what_the_database_itself_refuses_does_not_stop_the_rest(import_lines: Import, company: Database) -> None:
    with company.transaction() as session:
        if company.is_sqlite:
            session.connection().exec_driver_sql(
                "CREATE TRIGGER nobody BEFORE INSERT ON customers WHEN NEW.name = 'Nobody' "
                "BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        else:
            session.connection().exec_driver_sql("ALTER TABLE customers ADD CHECK (name <> 'Nobody')")
    report = import_lines(Kind.CUSTOMERS, "Nome,Zona", "Anna,Nord", "Nobody,Sud", "Dan,Nord", "Eve,Sud")
    assert report == Report(4, 3, 0, 0, 1)
    assert [row[1::2] for row in customers(company)] == [("Anna", "Nord"), ("Dan", "Nord"), ("Eve", "Sud")]


def test_a_dry_run_counts_and_keeps_nothing(import_lines: Import, company: Database, tmp_path: Path) -> None:
    aside = tmp_path / "refused.csv"
    assert import_lines(Kind.CUSTOMERS, *CUSTOMERS, "C4,,", dry_run=True, refused=aside) == Report(4, 3, 0, 0, 1)
    assert customers(company) == []
    assert len(aside.read_text(encoding="utf-8-sig").splitlines()) == 2
    with company.reading() as session:
        assert session.scalar(select(func.count()).select_from(Site)) == 0


def test_a_folder_that_is_not_there_is_told_before_anything_is_read(
    import_lines: Import, company: Database, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"refused\.csv cannot be written"):
        import_lines(Kind.CUSTOMERS, *CUSTOMERS, refused=tmp_path / "nowhere" / "refused.csv")
    assert customers(company) == []


class Stop(Exception):
    pass


def test_stopping_leaves_the_database_as_it_was(import_lines: Import, company: Database, tmp_path: Path) -> None:
    told: list[int] = []

    def progress(done: int, total: int) -> None:
        told.append(done * 100 // total)
        if len(told) == 15:
            raise Stop

    lines = ["Codice,Nome", *(f"C{number},Anna {number}" for number in range(3000))]
    with pytest.raises(Stop):
        import_lines(Kind.CUSTOMERS, *lines, progress=progress, refused=tmp_path / "refused.csv")
    assert told == sorted(told)
    assert customers(company) == []
    assert not list(tmp_path.glob("refused*"))


@pytest.mark.parametrize("bad", ['C9,"never closed', "C9,An\0na", f"C9,{'x' * 40_000}"])
def test_a_file_that_breaks_on_its_way_leaves_the_database_as_it_was(
    import_lines: Import, company: Database, bad: str
) -> None:
    lines = ["Codice,Nome", *(f"C{number},Anna {number}" for number in range(2500)), bad]
    with pytest.raises(UserError):
        import_lines(Kind.CUSTOMERS, *lines)
    assert customers(company) == []


def test_only_who_may_import_imports_and_the_desktop_is_told(company: Database, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(CUSTOMERS), encoding="utf-8")
    sheet = open_sheet(path)
    mapping = columns.guess(Kind.CUSTOMERS, sheet.headers)
    with company.transaction() as session:
        roles = dict(session.execute(select(Role.code, Role.id)).all())
        agent = User(login="gil", name="Gil", role_id=roles["agent"])
        manager = User(login="dana", name="Dana", role_id=roles["manager"])
        session.add_all([agent, manager])
        session.flush()
        agent_id, manager_id = agent.id, manager.id
    backend = Backend(company)
    heard: list[RowsChanged] = []
    backend.bus.subscribe(RowsChanged, heard.append)
    with pytest.raises(Refused):
        backend.acting_as(agent_id).execute(run_import, Kind.CUSTOMERS, sheet, mapping)
    backend.acting_as(manager_id).execute(run_import, Kind.CUSTOMERS, sheet, mapping)
    assert heard == [RowsChanged("customers", None)]


def test_times_are_the_companys(import_lines: Import, company: Database) -> None:
    with company.transaction() as session:
        session.get_one(Company, 1).time_zone = "Asia/Jerusalem"
    from app.models.tickets import Ticket

    import_lines(Kind.CALLS, "key,type,created", "1,Boiler,27/05/2024 10:00")
    with company.reading() as session:
        assert session.scalar(select(Ticket.opened_at)) == datetime(2024, 5, 27, 7, tzinfo=UTC)


def test_refused_rows_never_replace_the_file_they_come_from(company: Database, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("Name\nAnna\n", encoding="utf-8")
    sheet = open_sheet(path)
    with pytest.raises(UserError, match="cannot replace"):
        Backend(company).execute(
            run_import, Kind.CUSTOMERS, sheet, columns.guess(Kind.CUSTOMERS, sheet.headers), refused=path
        )
    assert path.read_text(encoding="utf-8") == "Name\nAnna\n"
    assert customers(company) == []
