"""Wishes, registers and consents: what they make of the queue, and files that are not what they should be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused, UserError
from app.models.company import Company
from app.models.dialer import DoNotCall, QueuedCall, RegisterBatch, RegisterCheck
from app.services.dialer import consents, numbers, registers, wishes
from app.services.dialer.numbers import FileReport
from app.services.dialer.registers import Answer
from app.services.imports.sheets import Sheet, open_sheet
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_user

ROSSI, LEVI = "+972501234567", "+972521234567"


@pytest.fixture
def office(database: Database) -> Backend:
    """A company in Israel; two customers in a campaign that asks the register; the administrator acts."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        boss = add_user(session, "Dana", "administrator")
        add_user(session, "Avi", "agent")
        pool = add_pool(session, add_campaign(session, "Spring"))
        for person in (ROSSI, LEVI):
            add_entry(session, pool, add_customer(session, f"At {person}", person))
        return Backend(database, actor=boss.id)


def blocked(backend: Backend) -> dict[str | None, str | None]:
    with backend.database.reading() as session:
        return {row.person: row.blocked for row in session.scalars(select(QueuedCall))}


def sheet_of(tmp_path: Path, *lines: str, name: str = "answer.csv") -> Sheet:
    path = tmp_path / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return open_sheet(path)


@pytest.mark.row("R-D24", "U36")
@pytest.mark.parametrize("typed", ["050-123 4567", "+972 (0)50-1234567", "\u200f050\u200e1234567", "٠٥٠١٢٣٤٥٦٧"])
def test_a_wish_in_any_form_holds_at_once_and_only_an_administrator_lifts_it(office: Backend, typed: str):
    with office.database.transaction() as session:
        avi = Backend(office.database, actor=add_user(session, "Noa", "agent").id)
    wish = avi.execute(wishes.add, typed, reason="asked  for it")
    assert blocked(office) == {ROSSI: "DO_NOT_CALL", LEVI: None}
    with pytest.raises(Refused) as twice:
        avi.execute(wishes.add, ROSSI)
    assert twice.value.code == "TAKEN"
    with pytest.raises(Refused) as forbidden:
        avi.execute(wishes.lift, wish, "he called back")
    assert forbidden.value.code == "FORBIDDEN"
    with pytest.raises(Refused, match="Say why"):
        office.execute(wishes.lift, wish, "  ")
    office.execute(wishes.lift, wish, "a mistake")
    assert blocked(office) == {ROSSI: None, LEVI: None}
    row = office.execute(wishes.page).rows[0]
    assert (row.person, row.customer, row.reason, row.lifted_reason) == (
        ROSSI,
        f"At {ROSSI}",
        "asked for it",
        "a mistake",
    )
    assert (row.by, row.lifted_by) == ("Noa", "Dana")
    with pytest.raises(Refused, match="lifted already"):
        office.execute(wishes.lift, wish, "again")
    office.execute(wishes.add, typed)
    assert len(office.execute(wishes.page).rows) == 2, "what stood there stays on record"


@pytest.mark.row("R-D24")
def test_a_wish_for_one_campaign_leaves_the_others_alone(office: Backend):
    with office.database.transaction() as session:
        other = add_campaign(session, "Autumn")
        add_entry(session, add_pool(session, other), add_customer(session, "Elsewhere", "+972541234567"))
        other_id = other.id
    office.execute(wishes.add, "0541234567", campaign_id=other_id)
    assert blocked(office)["+972541234567"] == "DO_NOT_CALL"
    office.execute(wishes.add, "0501234567", campaign_id=other_id)
    assert blocked(office)[ROSSI] is None
    assert [row.campaign for row in office.execute(wishes.page, campaign_id=other_id).rows] == ["Autumn", "Autumn"]
    assert office.execute(wishes.page, campaign_id=other_id + 99).rows == ()


@pytest.mark.parametrize("typed", ["", "12345", "call me", "+999 123456789", "050-CALL-NOW"])
def test_what_is_no_number_is_refused_with_the_reason(office: Backend, typed: str):
    with pytest.raises(Refused) as refusal:
        office.execute(wishes.add, typed)
    assert refusal.value.code == "NUMBER"
    assert office.execute(wishes.page).rows == ()


@pytest.mark.row("R-D24")
def test_a_file_of_wishes_goes_in_whole_its_bad_rows_come_back_with_reasons(office: Backend, tmp_path: Path):
    office.execute(wishes.add, LEVI)
    lines = ("who,phone", "Rossi,050-1234567", "twice,+972501234567", "known,0521234567", "short,123", "none,")
    sheet = sheet_of(tmp_path, *lines)
    column = numbers.number_column(sheet)
    assert column == 1
    aside = tmp_path / "refused.csv"
    report = office.execute(wishes.add_file, sheet, column, refused=aside)
    assert report == FileReport(read=5, added=1, known=2, refused=2)
    told = aside.read_text(encoding="utf-8-sig").splitlines()
    assert told[0] == "Line,Reason,who,phone"
    assert told[1].startswith("5,“123” is not a telephone number")
    assert blocked(office)[ROSSI] == "DO_NOT_CALL"
    with pytest.raises(UserError, match="Not one row"):
        office.execute(wishes.add_file, sheet, 0)
    assert len(office.execute(wishes.page).rows) == 2


def test_the_list_of_wishes_comes_by_pages_and_is_searched(office: Backend):
    with office.database.transaction() as session:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        session.add_all(DoNotCall(person=f"+9725500000{at:02}", source="file", at=moment) for at in range(25))
    office.execute(wishes.add, ROSSI)
    start = office.execute(wishes.page, limit=10)
    assert (start.rows[0].person, start.has_before, start.has_after) == (ROSSI, False, True)
    after = office.execute(wishes.page, after=start.rows[-1].id, limit=10)
    assert after.rows[0].id == start.rows[-1].id - 1
    assert office.execute(wishes.page, before=after.rows[0].id, limit=10).rows == start.rows
    assert office.execute(wishes.page, at_end=True, limit=5).rows[-1].person == "+972550000000"
    assert [row.person for row in office.execute(wishes.page, "050-1234567").rows] == [ROSSI]
    assert [row.person for row in office.execute(wishes.page, f"at {ROSSI}").rows] == [ROSSI]
    assert [row.person for row in office.execute(wishes.page, "0-5500 00007").rows] == ["+972550000007"]


# --- Registers


@pytest.fixture
def asking(office: Backend) -> Backend:
    """The campaign asks the register, and nothing was asked yet."""
    from app.models.dialer import Campaign
    from app.services.dialer import standing

    with office.database.transaction() as session:
        session.scalars(select(Campaign)).one().checks_register = True
        session.flush()
        standing.settle(session)
    assert blocked(office) == {ROSSI: "REGISTER_OLD", LEVI: "REGISTER_OLD"}
    return office


def test_numbers_go_out_and_the_answer_frees_or_blocks_them(asking: Backend, tmp_path: Path):
    path = tmp_path / "ask.csv"
    assert asking.execute(registers.export_numbers, "IL", path) == 2
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [ROSSI, LEVI]
    before = datetime.now(UTC) - timedelta(days=1)
    sheet = sheet_of(
        tmp_path, "מספר טלפון;רשום", "050-1234567;כן", "0521234567;לא", "12;לא", "+390612345678;no", "0539;?"
    )
    answer = Answer("IL", before, 0, registers.listed_column(sheet))
    report = asking.execute(registers.read_answer, sheet, answer, refused=tmp_path / "refused.csv")
    assert report == FileReport(read=5, added=2, known=0, refused=3, listed=1)
    assert blocked(asking) == {ROSSI: "REGISTERED", LEVI: None}
    rule = next(row for row in asking.execute(registers.list_rules) if row.country == "IL")
    assert (rule.days, rule.numbers, rule.too_old) == (15, 2, 0)
    batch = asking.execute(registers.list_batches)[0]
    assert (batch.name, batch.by, batch.count, batch.listed, batch.checked_at) == ("answer.csv", "Dana", 2, 1, before)
    assert asking.execute(registers.export_numbers, "IL", path) == 0
    asking.execute(registers.save_rule, "IL", rule.version, 1)
    assert blocked(asking) == {ROSSI: "REGISTER_OLD", LEVI: "REGISTER_OLD"}
    with pytest.raises(UserError):
        asking.execute(registers.save_rule, "IL", rule.version, 30)


def test_a_list_of_the_listed_is_held_against_what_was_asked(asking: Backend, tmp_path: Path):
    asked = sheet_of(tmp_path, "number", ROSSI, LEVI, name="ask.csv")
    listed = sheet_of(tmp_path, "number", "0501234567")
    moment = datetime.now(UTC) - timedelta(minutes=5)
    with pytest.raises(UserError, match="does not say which"):
        asking.execute(registers.read_answer, listed, Answer("IL", moment, 0))
    other = sheet_of(tmp_path, "number", "+972531111111", name="other.csv")
    with pytest.raises(UserError, match="Not one number"):
        asking.execute(registers.read_answer, listed, Answer("IL", moment, 0, asked=other))
    assert blocked(asking) == {ROSSI: "REGISTER_OLD", LEVI: "REGISTER_OLD"}
    report = asking.execute(registers.read_answer, listed, Answer("IL", moment, 0, asked=asked))
    assert (report.added, report.listed) == (2, 1)
    assert blocked(asking) == {ROSSI: "REGISTERED", LEVI: None}


def test_a_file_of_the_wrong_columns_is_one_message_and_changes_nothing(asking: Backend, tmp_path: Path):
    sheet = sheet_of(tmp_path, "colour,size", "red,12", "blue,13")
    assert (numbers.number_column(sheet), registers.listed_column(sheet)) == (None, None)
    moment = datetime.now(UTC) - timedelta(minutes=5)
    for answer in (Answer("IL", moment, 0, 1), Answer("IL", moment, 5, 1), Answer("IL", moment, 0, 7)):
        with pytest.raises(UserError, match=r"Not one row|No column"):
            asking.execute(registers.read_answer, sheet, answer, refused=tmp_path / "refused.csv")
    assert not (tmp_path / "refused.csv").exists()
    good = sheet_of(tmp_path, "number,listed", f"{ROSSI},no", name="good.csv")
    with pytest.raises(Refused, match="in the future"):
        asking.execute(registers.read_answer, good, Answer("IL", datetime.now(UTC) + timedelta(hours=1), 0, 1))
    with pytest.raises(UserError, match="no register"):
        asking.execute(registers.read_answer, good, Answer("FR", moment, 0, 1))
    with asking.database.reading() as session:
        assert not session.scalars(select(RegisterBatch.id)).all()
        assert not session.scalars(select(RegisterCheck.id)).all()
    assert blocked(asking) == {ROSSI: "REGISTER_OLD", LEVI: "REGISTER_OLD"}


# --- Consents


def test_a_consent_passes_the_register_until_it_ends_or_is_withdrawn(asking: Backend):
    now = datetime.now(UTC)
    given = asking.execute(
        consents.give, "050-1234567", source="form on the site", expires_at=now + timedelta(days=365)
    )
    assert blocked(asking) == {ROSSI: None, LEVI: "REGISTER_OLD"}
    row = asking.execute(consents.page, "0501234567").rows[0]
    assert (row.customer, row.source, row.by) == (f"At {ROSSI}", "form on the site", "Dana")
    asking.execute(consents.withdraw, given)
    assert blocked(asking) == {ROSSI: "REGISTER_OLD", LEVI: "REGISTER_OLD"}
    assert asking.execute(consents.page).rows[0].withdrawn_at is not None
    with pytest.raises(Refused, match="withdrawn already"):
        asking.execute(consents.withdraw, given)
    for code, source, given_in, days in (
        ("SOURCE", " ", 0, 1),
        ("EXPIRES_AT", "x", 0, -1),
        ("GIVEN_AT", "x", 1, 2),
    ):
        begin, end = now + timedelta(days=given_in), now + timedelta(days=days)
        with pytest.raises(Refused) as refusal:
            asking.execute(consents.give, ROSSI, source=source, expires_at=end, given_at=begin)
        assert refusal.value.code == code
