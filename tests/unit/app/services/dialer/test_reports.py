"""The reports: every attempt with its author, what an inspector asks, what is refused; and their files."""

import csv
import zipfile
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from app import i18n
from app.backend import Backend
from app.domain.errors import Refused, UserError
from app.domain.words import Message
from app.models.company import Company
from app.models.customers import Customer
from app.models.dialer import Consent, DoNotCall, QueuedCall, RegisterBatch, RegisterCheck
from app.services.dialer import reports
from app.services.dialer.asked import Asked
from app.services.dialer.exporting import export
from app.services.dialer.reports import REPORTS
from tests.kit.dial_factory import add_attempt, add_campaign, add_customer, add_entry, add_pool, add_span
from tests.kit.factory import add_user
from ui.kit.tasks import Cancelled

HOME = ZoneInfo("Asia/Jerusalem")
NOON = datetime(2026, 11, 23, 12, 30, tzinfo=HOME).astimezone(UTC)
EVIL = ("=1+1", "+972-50-1", "-2+3", "@sum", "\tx", "\rx")


def ago(**length: float) -> datetime:
    return NOON - timedelta(**length)


@pytest.fixture(autouse=True)
def _english():
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture
def office(database):
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        sara = add_user(session, "Sara", "manager")
        dana, avi = (add_user(session, name, "agent") for name in ("Dana", "Avi"))
        campaign = add_campaign(session, "Autumn", dana, avi, checks_register=True)
        pool = add_pool(session, campaign, "North")
        entries = {
            name: add_entry(session, pool, add_customer(session, name)) for name in ("Rossi", "Levi", "Cohen", "Bar")
        }
        return {
            "manager": Backend(database, actor=sara.id, clock=lambda: NOON),
            "database": database,
            "dana": dana,
            "avi": avi,
            "campaign": campaign,
            "pool": pool,
            "entries": entries,
        }


def said(row):
    return [i18n.say(cell) if isinstance(cell, Message) else cell for cell in row.cells]


def told(_done: int, _total: int) -> None:
    """Progress nobody looks at."""


@pytest.mark.row("R-D3")
def test_every_call_note_result_and_skip_stands_in_the_report_with_its_author(office):
    with office["database"].transaction() as session:
        rossi = office["entries"]["Rossi"]
        add_attempt(session, office["dana"], rossi, "Call back", ago(hours=2), note="Ring at ten",
                    answered_at=ago(hours=2, seconds=80), hung_up_at=ago(hours=2, seconds=20), callback_at=ago(hours=1),
                    callback_user_id=office["avi"].id, answers={"rooms": 4, "none": ""})  # fmt: skip
        add_attempt(session, office["avi"], rossi, None, ago(hours=1), kind="skip")
        number = rossi.person
    first = office["manager"].execute(reports.opened, "attempts", Asked())
    newest, oldest = (said(row) for row in first.page.rows)
    assert (newest[1], newest[6], newest[7]) == ("Avi", "Skipped", "")
    assert oldest == [
        ago(hours=2), "Dana", "Autumn", "North", "Rossi", number, "Outgoing call", "Call back", "Ring at ten",
        ago(hours=2, seconds=90), 60, ago(hours=1), "Avi", "rooms: 4",
    ]  # fmt: skip
    assert first.extent.count == 2


def test_a_report_is_narrowed_and_paged_by_key(office, monkeypatch):
    monkeypatch.setattr(reports, "PAGE", 3)
    with office["database"].transaction() as session:
        for number in range(8):
            user = office["dana"] if number % 2 else office["avi"]
            add_attempt(session, user, office["entries"]["Levi"], "No answer", ago(days=number), pool_id=None)
    ask = office["manager"].execute
    first = ask(reports.opened, "attempts", Asked())
    seen, page = list(first.page.rows), first.page
    while page.has_after:
        page = ask(reports.page, "attempts", Asked(), first.extent, page.rows[-1].key)
        seen += page.rows
    assert len(seen) == len({row.id for row in seen}) == first.extent.count == 8
    monkeypatch.setattr(reports, "PAGE", 8)
    assert not ask(reports.opened, "attempts", Asked()).page.has_after
    three_days = Asked(first=date(2026, 11, 21), last=date(2026, 11, 23))
    assert ask(reports.opened, "attempts", three_days).extent.count == 3
    assert ask(reports.opened, "attempts", Asked(user_id=office["dana"].id)).extent.count == 4
    assert ask(reports.opened, "attempts", Asked(pool_id=office["pool"].id)).extent.count == 8
    assert ask(reports.opened, "attempts", Asked(pool_id=office["pool"].id + 1)).extent.count == 0
    assert ask(reports.opened, "attempts", Asked(campaign_id=office["campaign"].id + 1)).page.rows == ()


def test_results_are_summed_by_campaign_pool_and_agent(office, monkeypatch):
    with office["database"].transaction() as session:
        for name in ("Reached", "Reached", "No answer", "Interested"):
            add_attempt(session, office["dana"], office["entries"]["Levi"], name, ago(hours=1))
    rows = office["manager"].execute(reports.opened, "results", Asked()).page.rows
    assert [said(row) for row in rows] == [
        ["Autumn", "North", "Dana", "No answer", "Nobody reached", 1, 25.0],
        ["Autumn", "North", "Dana", "Reached", "Reached", 2, 50.0],
        ["Autumn", "North", "Dana", "Interested", "Success", 1, 25.0],
    ]
    monkeypatch.setattr(reports, "PAGE", 2)
    first = office["manager"].execute(reports.opened, "results", Asked())
    rest = office["manager"].execute(reports.page, "results", Asked(), first.extent, first.page.rows[-1].key)
    assert (first.page.has_after, rest.has_after) == (True, False)
    assert first.page.rows + rest.rows == rows


def test_hours_are_a_row_for_each_agent_and_day_the_newest_first(office):
    with office["database"].transaction() as session:
        add_span(session, office["dana"], "talking", ago(days=2, minutes=10), ago(days=2))
        add_span(session, office["avi"], "paused", ago(minutes=9), ago(minutes=1))
    opened = office["manager"].execute(reports.opened, "hours", Asked())
    assert [said(row) for row in opened.page.rows] == [
        [date(2026, 11, 23), "Avi", 0, 0, 0, 0, 0, 480, 480, 0],
        [date(2026, 11, 21), "Dana", 0, 0, 0, 600, 0, 0, 600, 0],
    ]
    assert opened.extent.count == 3
    coming = Asked(first=date(2026, 11, 23), last=date(2026, 12, 31))
    assert office["manager"].execute(reports.opened, "hours", coming).extent.count == 1, "no row of days to come"


def law(session, office):
    """Calls of every kind the law asks about; who was called wrongly, and why."""
    at, entries = ago(hours=3), office["entries"]
    batch = RegisterBatch(country="IL", name="nov.csv", checked_at=ago(days=3), read_at=ago(days=3))
    late = RegisterBatch(country="IL", name="late.csv", checked_at=ago(days=1), read_at=ago(hours=1))
    old = RegisterBatch(country="IL", name="old.csv", checked_at=ago(days=20), read_at=ago(days=20))
    session.add_all([batch, late, old])
    session.flush()
    for entry, of, is_listed in (
        (entries["Rossi"], batch, False),
        (entries["Levi"], batch, True),
        (entries["Cohen"], old, False),
        (entries["Cohen"], late, False),  # read in after the call: not known when it was made
    ):
        session.add(RegisterCheck(batch_id=of.id, person=entry.person, checked_at=of.checked_at, is_listed=is_listed))
    consented = add_entry(session, office["pool"], add_customer(session, "Consented"))
    session.add(
        Consent(person=consented.person, source="web form", given_at=ago(days=30), expires_at=NOON + timedelta(days=9))
    )
    asked_for = add_entry(session, office["pool"], add_customer(session, "Asked for"))
    add_attempt(session, office["avi"], asked_for, "Call back", ago(days=40), dialled_at=None, callback_at=at)
    foreign = add_entry(session, office["pool"], add_customer(session, "Foreign", "+4930123456"))
    wished = DoNotCall(person=entries["Bar"].person, at=ago(days=1), source="by_hand")
    lifted = DoNotCall(person=entries["Rossi"].person, at=ago(days=9), source="by_hand", lifted_at=ago(days=8))
    session.add_all([wished, lifted])
    session.flush()
    for entry in (*entries.values(), consented, asked_for, foreign):
        add_attempt(session, office["dana"], entry, "Reached", at + timedelta(seconds=90))
    # After the call: of no weight for it.
    session.add(DoNotCall(person=entries["Rossi"].person, at=ago(hours=1), source="call"))
    session.flush()
    return {
        "Levi": "Listed in the register",
        "Cohen": "Not checked against the register in time",
        "Bar": "Does not want to be called",
    }


@pytest.mark.row("F8")
def test_the_file_for_the_inspector_shows_what_stood_when_each_number_was_dialled(office):
    with office["database"].transaction() as session:
        wrong = law(session, office)
    ask = office["manager"].execute
    rows = {said(row)[3]: said(row) for row in ask(reports.opened, "inspector", Asked()).page.rows}
    assert len(rows) == 7
    assert {name: row[2] for name, row in rows.items() if row[2]} == wrong
    assert rows["Rossi"][4:8] == ["Dana", "Autumn", ago(days=3), "No"]
    assert rows["Rossi"][11] is None
    assert rows["Cohen"][6] == ago(days=20)
    assert rows["Consented"][8:11] == ["web form", ago(days=30), NOON + timedelta(days=9)]
    assert rows["Asked for"][12] == "Yes"
    assert rows["Bar"][11] == ago(days=1)
    only = ask(reports.opened, "inspector", Asked(), only_wrong=True).page.rows
    assert {said(row)[3]: said(row)[2] for row in only} == wrong
    assert all(row.is_wrong for row in only)


@pytest.mark.row("F8")
def test_who_may_not_be_called_now_is_counted_by_reason_and_listed(office):
    with office["database"].transaction() as session:
        names = {name: entry.id for name, entry in office["entries"].items()}
        for name, values in (
            ("Rossi", {"state": "blocked", "blocked": "REGISTERED", "due_at": NOON}),
            ("Levi", {"state": "blocked", "blocked": "NO_CONSENT"}),
            ("Cohen", {"state": "waiting", "blocked": "GAP", "due_at": NOON + timedelta(hours=1)}),
        ):
            session.execute(update(QueuedCall).where(QueuedCall.id == names[name]).values(**values))
        for name in ("Silent", "Mute"):
            add_entry(session, office["pool"], add_customer(session, name, None))
    opened = office["manager"].execute(reports.opened, "refusals", Asked())
    assert [said(row)[2:] for row in opened.page.rows] == [
        ["Rossi", office["entries"]["Rossi"].person, "Listed in the register", None],
        ["Levi", office["entries"]["Levi"].person, "No valid consent", None],
        ["Cohen", office["entries"]["Cohen"].person, "Called a short while ago", NOON + timedelta(hours=1)],
        ["Silent", None, "No number that can be called", None],
        ["Mute", None, "No number that can be called", None],
    ]
    assert opened.reasons == (("NO_NUMBER", 2), ("GAP", 1), ("NO_CONSENT", 1), ("REGISTERED", 1))


def test_an_agent_reads_no_report(office, tmp_path):
    agent = office["manager"].acting_as(office["dana"].id)
    for code in REPORTS:
        with pytest.raises(Refused):
            agent.execute(reports.opened, code, Asked())
        with pytest.raises(Refused):
            export(told, agent, code, Asked(), tmp_path / f"{code}.csv")
    assert list(tmp_path.glob("*.csv")) == []


# --- Files


def evil(office):
    with office["database"].transaction() as session:
        for number, note in enumerate(EVIL):
            add_attempt(session, office["dana"], office["entries"]["Rossi"], "Reached", ago(hours=9 - number),
                        note=note, answered_at=ago(hours=9 - number, seconds=62),
                        hung_up_at=ago(hours=9 - number))  # fmt: skip
        session.execute(update(Customer).where(Customer.name == "Rossi").values(name='דוד, =\x01"לוי'))


def test_a_csv_file_has_no_formula_and_opens_in_any_spreadsheet(office, tmp_path):
    evil(office)
    path, count = export(told, office["manager"], "attempts", Asked(), tmp_path / "calls.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        heads, *rows = list(csv.reader(file))
    assert heads[:2] == ["Finished", "Agent"]
    assert (count, len(rows)) == (6, 6)
    assert [row[8] for row in rows] == [f"'{note}" for note in EVIL]
    assert rows[0][0] == f"{ago(hours=9).astimezone(HOME):%Y-%m-%d %H:%M:%S}"
    assert (rows[0][4], rows[0][10]) == ('דוד, =\x01"לוי', "0:01:02")
    assert list(tmp_path.glob(".*")) == []


def test_a_workbook_has_real_dates_and_numbers_and_texts_that_are_no_formulas(office, tmp_path):
    evil(office)
    i18n.use("he")
    path, _count = export(told, office["manager"], "attempts", Asked(), tmp_path / "calls.xlsx")
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    rows = sheet.to_python()[1:]
    assert [row[8] for row in rows] == list(EVIL)
    assert rows[0][0] == ago(hours=9).astimezone(HOME).replace(tzinfo=None)
    assert rows[0][10] in (timedelta(seconds=62), pytest.approx(62 / 86400))
    with zipfile.ZipFile(path) as package:
        inside = package.read("xl/worksheets/sheet1.xml").decode()
    assert 'rightToLeft="1"' in inside
    assert "<f>" not in inside


def test_every_report_can_be_written_both_ways(office, tmp_path):
    evil(office)
    with office["database"].transaction() as session:
        law(session, office)
        add_span(session, office["dana"], "talking", ago(minutes=10), ago(minutes=5))
    for code, report in REPORTS.items():
        book = export(told, office["manager"], code, Asked(), tmp_path / f"{code}.xlsx")[0]
        text, count = export(told, office["manager"], code, Asked(), tmp_path / f"{code}.csv")
        lines = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
        assert lines[0] == [column.title for column in report.columns]
        with text.open(encoding="utf-8-sig", newline="") as file:
            assert len(lines) == count + 1 == len(list(csv.reader(file)))


def test_a_long_report_is_read_in_stretches(office, tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.dialer.exporting.STRETCH", 4)
    evil(office)
    steps = []
    export(lambda done, total: steps.append((done, total)), office["manager"], "attempts", Asked(), tmp_path / "a.csv")
    assert steps == [(0, 6), (4, 6), (1, 1)]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("at", [0, 1])
def test_a_cancelled_export_leaves_what_was_there(office, tmp_path, ending, at):
    evil(office)
    path = tmp_path / f"calls.{ending}"
    path.write_text("before")

    def stop(done: int, _total: int) -> None:
        if done == at:
            raise Cancelled

    with pytest.raises(Cancelled):
        export(stop, office["manager"], "attempts", Asked(), path)
    assert [each.name for each in tmp_path.iterdir() if not each.name.startswith("callboard")] == [path.name]
    assert path.read_text() == "before"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_that_cannot_be_written_gives_one_clear_message(office, tmp_path, ending):
    with pytest.raises(UserError) as caught:
        export(told, office["manager"], "attempts", Asked(), tmp_path / "no such folder" / f"calls.{ending}")
    assert i18n.say(caught.value.what).startswith(f"The file calls.{ending} cannot be written")
    assert "No such file" in i18n.say(caught.value.what)
