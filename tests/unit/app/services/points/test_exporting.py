"""The summary in a file: every cell as any spreadsheet may open it, whole or not at all, on both engines."""

import csv
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product

import psycopg
import pytest
from python_calamine import CalamineWorkbook

from app import i18n
from app.adapters import sheets
from app.adapters.sheets import sheet_file
from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused, UserError
from app.domain.points.asked import Asked, Kind, Slice
from app.models.customers import CustomerPhone
from app.models.processes import Process
from app.services.points import export_rows, report
from app.services.points.exporting import export, headings
from tests.kit.points_office import NOON, PointsOffice
from ui.kit.tasks import Cancelled

NASTY = (
    "=1+1", "+972-50-1", "-2+3", "@sum(A1)", "\tx", "\rx", "-5", "+972501", "-1,5", "-1.2.3", "--1", "+", "-٣", "=",
    "'quoted'", 'say "so"', "two\nlines", "two\r\nlines", "a,b;c", "דוד לוי", "רחל, -כהן", "🎈 party", "\\.", "\\N",
    "100% sure :x %s %(y)s", "_x0041_", "<b>&amp;</b>", "", "NULL", "a\x0bb", "end\n", "x\u2028y",
)  # fmt: skip


@pytest.fixture
def office(database):
    return PointsOffice(database)


def told(_done, _total):
    """Progress nobody looks at."""


def fill(office):
    """Rows with every nasty text in each column of text, and every kind of number."""
    numbers = ("1", "-0.0001", "1000000000", "-12.5", "999999999.9999", "-3", "0.1")
    with office.database.transaction() as session:
        people = [office.dana, office.avi, office.noa]
        for place, (customer, text) in enumerate(product(office.customers, NASTY[:2])):
            session.add(CustomerPhone(customer_id=customer.id, position=place, raw=text))
        for each, name in zip((*office.customers, *people), islice(iter(NASTY), 0, 6), strict=True):
            session.merge(each).name = name
        for stage, name in zip((*office.sale.values(), *office.club.values()), ("=A1", "+x", "'", '"'), strict=True):
            session.merge(stage).name = name
    for place, note in enumerate(NASTY):
        customer = (*office.customers, None)[place % 4]
        points = numbers[place % len(numbers)]
        stage = (*office.sale.values(), *office.club.values())[place % 4]
        office.scored(people[place % 3], customer, stage, NOON - timedelta(days=40 - place), points, points, note)


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_book(path):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def ten(office):
    """The ten columns as pages of the screen have them, the oldest first as in a file."""
    rows = office.all(size=200)[::-1]
    return [[getattr(row, name) for name in report.ReportRow.__slots__[:10]] for row in rows]


@pytest.mark.row("R-P13")
def test_cells_of_a_csv_are_defused_as_all_files_are(office, tmp_path):
    fill(office)
    with sheet_file(tmp_path / "as others.csv", "Points", headings()) as file:
        for row in ten(office):
            file.write(row)
    path, count = export(told, office.sees, Asked(), tmp_path / "points.csv")
    mine, others = read_csv(path), read_csv(tmp_path / "as others.csv")
    assert mine == others
    assert count == len(mine) - 1 == len(NASTY)
    assert mine[0] == list(report.COLUMNS)
    assert [row[7] for row in mine[1:9]] == [  # the note
        "'=1+1",
        "'+972-50-1",
        "'-2+3",
        "'@sum(A1)",
        "'\tx",
        "'\rx",
        "-5",
        "+972501",
    ]
    assert {row[8] for row in mine} >= {"-0.0001", "1000000000", "999999999.9999", "-12.5", "0.1"}
    assert mine[1][5] == "2026-10-14"
    assert path.read_bytes().startswith(b"\xef\xbb\xbfFirst name,")


@pytest.mark.row("R-P13")
def test_a_workbook_has_texts_days_and_exact_numbers(office, tmp_path):
    fill(office)
    i18n.use("he")
    path, count = export(told, office.sees, Asked(), tmp_path / "points.xlsx")
    head, *rows = read_book(path)
    assert head == [heading.title for heading in headings()]
    assert head[5] == "תאריך"
    assert count == len(rows)
    for row, cells in zip(rows, ten(office), strict=True):
        assert [as_read(cell) for cell in row[:8]] == [as_read(cell) for cell in cells[:8]]
        assert row[8:] == [pytest.approx(float(points), rel=1e-15) for points in cells[8:]]
    with zipfile.ZipFile(path) as package:
        inside = package.read("xl/worksheets/sheet1.xml").decode()
    assert 'rightToLeft="1"' in inside
    assert "<v>999999999.9999</v>" in inside
    assert "<f>" not in inside


def as_read(cell):
    """What the reader of workbooks leaves as it is written in the file, and what XML makes of ends of lines."""
    if isinstance(cell, str):
        return cell.replace("_x005F_", "_").replace("_x000D_", "\r").replace("_x000B_", "\x0b")
    return cell


ASKED = (
    Asked(first=date(2026, 11, 1), last=date(2026, 11, 10)),
    Asked(process="100% of O'Neil's :all"),
    Asked(kind=Kind.REVERSED),
    Asked(kind=Kind.SCORED),
    Asked(first=date(2030, 1, 1)),
)


def test_a_file_has_what_the_filters_say(office, tmp_path):
    with office.database.transaction() as session:
        session.get_one(Process, office.sale["Won"].process_id).name = "100% of O'Neil's :all"
    for days, stage in product((0, 15, 30), (office.sale["Won"], office.club["Visit"])):
        last = office.scored(office.dana, office.customers[0], stage, NOON - timedelta(days=days))
    office.reverse(last)
    own = (
        Asked(customer_id=office.customers[0].id), Asked(group_id=office.south.id), Asked(worker_id=office.avi.id),
        Asked(stage_id=office.sale["Won"].id),
    )  # fmt: skip
    counts = []
    for asked in (*ASKED, *own):
        text, count = export(told, office.sees, asked, tmp_path / "points.csv")
        book = export(told, office.sees, asked, tmp_path / "points.xlsx")[0]
        assert count == len(read_csv(text)) - 1 == len(read_book(book)) - 1
        assert count == office.sees.execute(report.totals, asked).rows
        counts.append(count)
    assert counts == [2, 3, 1, 6, 0, 7, 7, 0, 3]


@pytest.mark.row("R-P14")
def test_sums_go_to_files_as_they_are_shown(office, tmp_path):
    for days, user in product((0, 30), (office.dana, None)):
        office.scored(user, office.customers[1], office.sale["Won"], NOON - timedelta(days=days), "1.25", "-2")
    names = {}
    for by in Slice:
        shown = office.sees.execute(report.slices, Asked(), by)
        path, count = export(told, office.sees, Asked(), tmp_path / "sums.csv", by)
        head, *lines = read_csv(path)
        assert head[-4:] == [by.value.title(), "Rows", "Customer's points", "Worker's points"]
        assert count == len(lines) == len(shown)
        assert [[int(line[-3]), *map(Decimal, line[-2:])] for line in lines] == [
            [row.rows, row.customer_points, row.worker_points] for row in shown
        ]
        names[by] = [line[:-3] for line in lines]
        book = read_book(export(told, office.sees, Asked(), tmp_path / "sums.xlsx", by)[0])
        assert [row[:-3] for row in book[1:]] == names[by]
        assert [row[-2] for row in book[1:]] == [float(row.customer_points) for row in shown]
    assert names[Slice.MONTH] == [["2026-11"], ["2026-10"]]
    assert names[Slice.STAGE] == [["Sale", "Won"]]
    assert names[Slice.WORKER] == [["Dana"], ["By the machine"]]
    assert names[Slice.CUSTOMER] == [["Levi"]]


def test_an_export_stopped_at_any_moment_leaves_what_was_there(office, tmp_path, monkeypatch):
    monkeypatch.setattr(export_rows, "STRETCH", 2)
    for _number in range(6):
        office.scored(office.dana, office.customers[0], office.sale["Won"])
    for ending, at in product(("csv", "xlsx"), (0, 2, 6)):
        path = tmp_path / f"points.{ending}"
        path.write_text("before")
        steps = []

        def stop(done, total, steps=steps, at=at):
            steps.append((done, total))
            if done >= at:
                raise Cancelled

        with pytest.raises(Cancelled):
            export(stop, office.sees, Asked(), path)
        assert steps == [(done, 6) for done in range(0, at + 1, 2)]
        assert path.read_text() == "before"
        assert list(tmp_path.glob(".*")) == []
        # The connection is as good as before.
        assert export(told, office.sees, Asked(), path)[1] == 6


def test_a_book_that_is_being_packed_can_still_be_stopped(office, tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "_LOOK_EVERY", 1000)
    office.scored(office.dana, office.customers[0], office.sale["Won"])
    steps = []

    def stop(done, total):
        steps.append((done, total))
        if len(steps) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        export(stop, office.sees, Asked(), tmp_path / "points.xlsx")
    assert steps == [(0, 1), (1, 1), (1, 1)]
    assert list(tmp_path.glob("*points*")) == []


def test_a_connection_lost_half_way_begins_the_file_anew(postgresql_url, tmp_path, monkeypatch):
    office = PointsOffice(Database(postgresql_url))
    monkeypatch.setattr(export_rows, "STRETCH", 1)
    for _number in range(3):
        office.scored(office.dana, office.customers[0], office.sale["Won"])
    cut = []

    def cut_once(done, _total):
        if done == 1 and not cut:
            cut.append(done)
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            with psycopg.connect(postgresql_url) as other:
                other.execute(f"{others} AND datname = current_database()")

    path, count = export(cut_once, office.sees, Asked(), tmp_path / "points.xlsx")
    assert cut
    assert count == 3
    assert len(read_book(path)) == 4
    office.database.close()


def test_who_may_see_only_his_own_points_gets_only_those(office, tmp_path):
    office.scored(office.dana, office.customers[0], office.sale["Won"])
    office.scored(office.avi, office.customers[0], office.sale["Won"])
    dana = Backend(office.database, actor=office.dana.id)
    for ending, by in product(("csv", "xlsx"), (None, Slice.WORKER)):
        path = tmp_path / f"points.{ending}"
        with pytest.raises(Refused):
            export(told, dana, Asked(), path, by)
        assert not path.exists()
        assert export(told, dana, Asked(worker_id=office.dana.id), path, by)[1] == 1
        path.unlink()


def test_a_file_that_cannot_be_written_gives_one_clear_message(office, tmp_path):
    for ending in ("csv", "xlsx"):
        with pytest.raises(UserError) as caught:
            export(told, office.sees, Asked(), tmp_path / "gone" / f"points.{ending}")
        assert i18n.say(caught.value.what).startswith(f"The file points.{ending} cannot be written: No such file")
