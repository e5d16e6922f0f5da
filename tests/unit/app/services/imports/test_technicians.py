from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.db.database import Database
from app.domain.imports.fields import Kind
from app.models.people import Group, GroupMember, Role, User
from app.models.processes import ActivityType, Enablement
from app.services.imports.report import Report

Import = Callable[..., Report]

LINES = (
    "Matricola,Nome,Email,Ruolo,Squadra,Competenze",
    "T1,Avi Cohen,avi@example.org,tecnico,Nord;Sud,Caldaie",
    "T2,דנה לוי,,,nord,caldaie|Contatori",
    "T3,Avi Cohen,,Agent,,",
)


def users(database: Database) -> list[Any]:
    with database.reading() as session:
        asked = select(User.external_key, User.name, User.login, User.language, Role.code, User.version)
        return [tuple(row) for row in session.execute(asked.join(Role, Role.id == User.role_id).order_by(User.id))]


def links(database: Database, model: Any, name: Any, target: Any) -> set[tuple[str, str]]:
    with database.reading() as session:
        asked = select(User.external_key, name).join(model, model.user_id == User.id).join(target)
        return {tuple(row) for row in session.execute(asked)}


def test_technicians_come_in_with_groups_and_what_they_may_do(import_lines: Import, company: Database) -> None:
    assert import_lines(Kind.TECHNICIANS, *LINES) == Report(3, 3, 0, 0, 0)
    assert users(company) == [
        ("T1", "Avi Cohen", "avi", "it", "technician", 1),
        ("T2", "דנה לוי", "t2", "it", "technician", 1),
        ("T3", "Avi Cohen", "avi.cohen", "it", "agent", 1),
    ]
    assert links(company, GroupMember, Group.name, Group) == {("T1", "Nord"), ("T1", "Sud"), ("T2", "Nord")}
    assert links(company, Enablement, ActivityType.name, ActivityType) == {
        ("T1", "Caldaie"), ("T2", "Caldaie"), ("T2", "Contatori"),
    }  # fmt: skip


def test_groups_and_activity_types_are_found_by_their_keys_too(import_lines: Import, company: Database) -> None:
    with company.transaction() as session:
        session.add_all([ActivityType(name="Caldaie", external_key="boiler"), Group(name="Nord", external_key="N")])
    import_lines(Kind.TECHNICIANS, "key,name,group,skills", "T1,Avi,n,BOILER")
    assert links(company, GroupMember, Group.name, Group) == {("T1", "Nord")}
    assert links(company, Enablement, ActivityType.name, ActivityType) == {("T1", "Caldaie")}


def test_the_same_technicians_again_write_nothing(import_lines: Import, company: Database) -> None:
    import_lines(Kind.TECHNICIANS, *LINES)
    assert import_lines(Kind.TECHNICIANS, *LINES) == Report(3, 0, 0, 3, 0)
    assert import_lines(Kind.TECHNICIANS, "name", "Avi", "Dan") == Report(2, 2, 0, 0, 0)
    assert import_lines(Kind.TECHNICIANS, "name", "Avi", "Dan") == Report(2, 0, 0, 2, 0)


def test_an_update_adds_groups_and_takes_none_away(import_lines: Import, company: Database) -> None:
    import_lines(Kind.TECHNICIANS, *LINES)
    report = import_lines(Kind.TECHNICIANS, "Matricola,Nome,Squadra", "T1,Avi Cohen,Est", "T2,דנה לוי-כהן,")
    assert report == Report(2, 0, 2, 0, 0)
    assert {("T1", "Nord"), ("T1", "Est"), ("T2", "Nord")} <= links(company, GroupMember, Group.name, Group)
    assert users(company)[1][1] == "דנה לוי-כהן"


def test_somebody_made_by_hand_is_known_by_his_login(import_lines: Import, company: Database) -> None:
    with company.transaction() as session:
        role = session.scalars(select(Role.id).where(Role.code == "technician")).one()
        session.add(User(login="avi", name="Avi", role_id=role))
    assert import_lines(Kind.TECHNICIANS, "key,name,login", "T1,Avi Cohen,AVI") == Report(1, 0, 1, 0, 0)
    assert users(company)[0][:3] == ("T1", "Avi Cohen", "avi")


def test_what_must_not_be_is_refused_row_by_row(import_lines: Import, company: Database, tmp_path: Path) -> None:
    with company.transaction() as session:
        administrator = session.scalars(select(Role.id).where(Role.code == "administrator")).one()
        session.add(User(login="boss", name="Boss", role_id=administrator))
    aside = tmp_path / "refused.csv"
    report = import_lines(
        Kind.TECHNICIANS,
        "key,name,login,role,language",
        "T1,Avi,avi,,it",
        "T2,Dan,avi,,it",
        "T3,Eve,eve,administrator,it",
        "T4,Boss,boss,technician,it",
        "T5,Gil,gil,astronaut,it",
        "T6,Hila,hila,,xx",
        "T7,Iris,איריס,,it",
        refused=aside,
    )
    assert report == Report(7, 1, 0, 0, 6)
    reasons = [line.split(",")[1] for line in aside.read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert reasons == [
        "The login avi belongs to Avi.",
        "Administrators are not changed by an import.",
        "Administrators are not changed by an import.",
        "There is no role called “astronaut”.",
        "“xx” is not a language of the program.",
        '"A log-in name has Latin letters',
    ]
    assert [row[1] for row in users(company)] == ["Boss", "Avi"]
