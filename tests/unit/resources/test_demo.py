"""The demo company's files hang together, and the converter keeps what an instance says."""

import csv
import importlib
import re
import subprocess
import sys
import tomllib
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import phonenumbers
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from app.domain.imports.columns import guess
from app.domain.imports.fields import Kind

DEMO = Path(__file__).parents[3] / "resources" / "demo"
FILLS = "#77AADD #99DDFF #44BB99 #BBCC33 #AAAA00 #EEDD88 #EE8866 #FFAABB #DDDDDD #C6A5E8 #D9B38C"
PALETTE = frozenset(re.findall(r"#\w{6}", FILLS))
HEBREW = re.compile(r"[\u05d0-\u05ea]")
NAMED = (
    "activity_types",
    "activity_states",
    "channels",
    "groups",
    "practices",
    "sites",
    "ticket_statuses",
    "ticket_subtypes",
    "ticket_types",
)
LEVELS = 3
DOMAINS = 2


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, strict=True))
    assert all(None not in row and None not in row.values() for row in found), f"{name}: a row of another width"
    return found


def keys(name: str, column: str = "key") -> set[str]:
    found = [row[column] for row in rows(name)]
    assert len(set(found)) == len(found), f"{name}: a key twice"
    return set(found)


def settings() -> dict[str, object]:
    return tomllib.loads((DEMO / "demo.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def scripts() -> dict[str, ModuleType]:
    """The two scripts as modules, imported as Python does when they are run."""
    sys.path.insert(0, str(DEMO))
    try:
        return {name: importlib.import_module(name) for name in ("convert_roadef", "build")}
    finally:
        sys.path.remove(str(DEMO))


# --- The committed files ---


def test_the_folder_is_small_and_names_no_place_of_a_machine() -> None:
    files = [path for path in DEMO.iterdir() if path.is_file()]

    assert sum(path.stat().st_size for path in files) < 600_000
    for path in files:
        assert not re.search(r"/(work|home|root|tmp|Users)/|[A-Z]:\\", path.read_text(encoding="utf-8")), path.name


def test_each_file_has_the_announced_rows_and_every_key_once() -> None:
    sizes = settings()["sizes"]

    assert isinstance(sizes, dict)
    assert {name: len(rows(name.removesuffix(".csv"))) for name in sizes} == sizes
    for name in ("technicians", "customers", "calls_technicians"):
        keys(name, "external_key")
    keys("technicians", "login")
    keys("calls", "unique_key")


@pytest.mark.parametrize("name", NAMED)
def test_names_are_there_once_in_each_language_and_hebrew_ones_in_hebrew(name: str) -> None:
    found = rows(name)

    for column in ("name_en", "name_it", "name_he"):
        names = [row[column] for row in found]
        assert all(names)
        assert len(set(names)) == len(names)
    assert all(HEBREW.search(row["name_he"]) for row in found)
    assert not any(HEBREW.search(row["name_en"] + row["name_it"]) for row in found)
    keys(name)


def test_activity_types_are_drawn_in_the_palette_and_belong_to_a_practice() -> None:
    types = rows("activity_types")

    assert {row["colour"] for row in types} | {row["colour"] for row in rows("activity_states")} <= PALETTE
    assert {row["practice"] for row in types} == keys("practices")
    assert {row["macro_type"] for row in types} == {"call", "intervention", "appointment"}
    assert all(int(row["expected_minutes"]) % 15 == 0 for row in types)


def test_every_value_of_a_call_has_its_name() -> None:
    calls, planned = rows("calls"), rows("calls_technicians")
    kinds, subkinds, sites = keys("ticket_types"), keys("ticket_subtypes"), keys("sites")

    assert {row["complaint_type"] for row in calls} | {row["type"] for row in planned} == kinds
    assert {row["descriptor"] for row in calls} | {row["sub_type"] for row in planned} == subkinds
    assert {row["borough"] for row in calls} - sites == {"Unspecified"}
    assert {row["site"] for row in [*planned, *rows("customers")]} <= sites
    statuses = {value for row in rows("ticket_statuses") for value in row["source_statuses"].split(";")}
    assert {row["status"] for row in [*calls, *planned]} <= statuses
    assert {row["open_data_channel_type"] for row in calls} | {row["channel"] for row in planned} <= keys("channels")


def test_ticket_types_and_activity_types_tell_the_same() -> None:
    told = {row["key"]: row["activity_type"] for row in rows("ticket_types")}

    sources = {kind: row["key"] for row in rows("activity_types") for kind in row["source_types"].split(";") if kind}
    assert set(told.values()) <= keys("activity_types")
    assert sources.items() <= told.items()
    assert {row["complaint_type"] for row in rows("calls")} == set(sources)


def test_people_sites_and_customers_that_are_named_exist() -> None:
    people, technicians = rows("technicians"), keys("technicians", "external_key")

    assert {row["groups"] for row in people} == keys("groups")
    assert {kind for row in people for kind in filter(None, row["activity_types"].split(";"))} <= keys("activity_types")
    assert {row["role"] for row in people} == {"technician", "back_office", "manager"}
    assert {row["technician"] for row in [*rows("absences"), *rows("presence_rules")]} <= technicians
    assert {row["customer_key"] for row in rows("calls_technicians")} <= keys("customers", "external_key")
    worked = {(row["technician"], row["site"]) for row in rows("presence_rules")}
    assert worked == {
        (row["external_key"], site) for row in people if row["role"] == "technician" for site in row["sites"].split(";")
    }


def test_every_call_can_be_planned_with_somebody_at_its_site() -> None:
    able = {row["external_key"]: set(row["activity_types"].split(";")) for row in rows("technicians")}
    reach = {(row["site"], kind) for row in rows("presence_rules") for kind in able[row["technician"]]}
    kind_of = {row["key"]: row["activity_type"] for row in rows("ticket_types")}
    field = {row["key"] for row in rows("activity_types") if row["schedulable"] == "yes"}

    wanted = {(row["borough"], kind_of[row["complaint_type"]]) for row in rows("calls")}
    wanted |= {(row["site"], row["activity_type"]) for row in rows("calls_technicians")}
    assert {(site, kind) for site, kind in wanted if kind in field and site != "Unspecified"} <= reach
    assert not any(types >= field for types in able.values()), "nobody can do everything, or nothing is ever refused"


def test_presence_rules_are_weeks_without_overlap() -> None:
    slots: dict[tuple[str, str], list[tuple[time, time]]] = {}
    for row in rows("presence_rules"):
        first = datetime.fromisoformat(row["first_day"])
        days = {f"{day:%a}" for day in rrulestr(row["rrule"], dtstart=first).xafter(first, count=14, inc=True)}
        start, end = time.fromisoformat(row["start_time"]), time.fromisoformat(row["end_time"])
        assert start < end
        for day in days:
            slots.setdefault((row["technician"], day), []).append((start, end))

    for found in slots.values():
        ordered = sorted(found)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))


def test_most_telephones_are_valid_in_their_country_and_belong_to_one_person() -> None:
    typed = [(row[column], row["country"]) for row in rows("customers") for column in ("phone", "mobile")]
    typed += [(row["phone"], {"he": "IL", "it": "IT"}[row["language"]]) for row in rows("technicians")]
    read, unread = [], []
    for text, country in typed:
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            unread += [text] if text else []
            continue
        assert phonenumbers.is_valid_number(number), text
        assert phonenumbers.region_code_for_number(number) == country, text
        read.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

    assert len(set(read)) == len(read) > 450
    assert len(unread) == 5


def test_people_and_customers_are_hebrew_and_italian_alike() -> None:
    for found in (rows("technicians"), [row for row in rows("customers") if row["name"]]):
        hebrew = [row for row in found if row["language"] == "he"]
        assert len(found) / 3 < len(hebrew) < len(found) * 2 / 3
        for row in found:
            assert bool(HEBREW.search(row["name"])) == (row["language"] == "he"), row["name"]
    assert sum(not row["name"] for row in rows("customers")) == 2
    assert all(row["name"] or row["phone"] for row in rows("customers"))


def test_dates_lie_around_the_base_day() -> None:
    demo = settings()
    base, dated = demo["base_day"], demo["dates"]

    assert isinstance(base, date)
    assert isinstance(dated, dict)
    for name, columns in dated.items():
        for row in rows(name.removesuffix(".csv")):
            for column in filter(row.get, columns):
                assert abs((datetime.fromisoformat(row[column]).date() - base).days) <= 60
    planned = rows("calls_technicians")
    assert all(row["created"] < row["due"] and row["created"] < f"{base}" for row in planned)
    assert any(row["due"] < f"{base}" for row in planned)
    assert any(row["due"] > f"{base}" for row in planned)


def test_the_importer_knows_the_columns_by_their_headers() -> None:
    def found(kind: Kind, name: str) -> set[str]:
        return set(guess(kind, list(rows(name)[0])).values())

    assert found(Kind.TECHNICIANS, "technicians") >= {"external_key", "name", "login", "phone", "groups", "role"}
    assert found(Kind.TECHNICIANS, "technicians") >= {"activity_types", "email", "language"}
    assert found(Kind.CUSTOMERS, "customers") >= {"external_key", "name", "phones", "email", "address", "site"}
    both = {"external_key", "type", "subtype", "status", "site", "address", "channel", "created", "due"}
    assert found(Kind.CALLS, "calls") >= both | {"closed"}
    assert found(Kind.CALLS, "calls_technicians") >= both | {"customer_key", "activity_type", "minutes", "priority"}


def test_customers_are_drawn_the_same_again(scripts: dict[str, ModuleType]) -> None:
    build = scripts["build"]

    assert build.customers(build.load("build.toml"), 400) == rows("customers")


# --- The converter ---


def instance(folder: Path, *, calls: str = "", techs: str = "", head: str = "tiny 2 3 2 3 0") -> Path:
    """A tiny instance: two domains, three levels, two technicians, three interventions."""
    folder.mkdir(exist_ok=True)
    (folder / "instance").write_text(f"name domains level techs interv abandon\n{head}\n")
    (folder / "tech_list").write_text(techs or "tech d1 d2 dispo\n1 2 0 [ 3 1 ]\n2 1 3 [ ]\n")
    (folder / "interv_list").write_text(
        calls
        or "number time preds prio cost d1_1 d1_2 d1_3 d2_1 d2_2 d2_3\n"
        "1 60 [ ] 1 400 2 1 0 0 0 0 \n2 15 [ 1 ] 4 0 0 0 0 1 1 1\n\n3 92 [ 1 2 ] 2 10 0 0 0 0 0 0\n"
    )
    return folder


def run(*arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEMO / "convert_roadef.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=80, check=False)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_converter_writes_what_the_instance_says(tmp_path: Path) -> None:
    done = run(instance(tmp_path / "in"), tmp_path / "out")

    assert (done.returncode, done.stderr) == (0, "")
    first, second, third = table(tmp_path / "out" / "calls.csv")
    assert (first["activity_type"], first["priority"], first["technicians_needed"]) == (
        "Domain 1 level 2",
        "Urgent",
        "2",
    )
    assert first["description"] == "Needs 1 x Domain 1 level 2; 2 x Domain 1 level 1. Outsourcing costs 400."
    assert (second["activity_type"], second["priority"]) == ("Domain 2 level 3", "Low")
    assert third["activity_type"] == "General"
    assert "After tiny-1, tiny-2." in third["description"]
    one, two = table(tmp_path / "out" / "technicians.csv")
    assert one["activity_types"] == "General;Domain 1 level 1;Domain 1 level 2"
    assert two["activity_types"].split(";")[-1] == "Domain 2 level 3"
    absences = [(row["technician"], row["day_offset"]) for row in table(tmp_path / "out" / "absences.csv")]
    assert absences == [("tiny-T1", "0"), ("tiny-T1", "2")]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"head": "tiny 2 3 2 9 0"}, "promises 9 interventions, but 3 were found"),
        ({"head": "tiny 2 three 2 3 0"}, "five whole numbers"),
        ({"techs": "tech d1 d2 dispo\n1 2 [ ]\n2 1 3 [ ]\n"}, "tech_list, line 2: expected a number, 2 levels"),
        ({"techs": "tech d1 d2 dispo\n1 2 7 [ ]\n2 1 3 [ ]\n"}, "a level must be from 0 to 3"),
        ({"techs": "tech d1 d2 dispo\n1 2 1 [ ]\n1 1 3 [ ]\n"}, "two technicians have the same number"),
        ({"calls": "h\n1 60 [ ] 1 400 0 0\n"}, "interv_list, line 2: expected 6 skill columns"),
        ({"calls": "h\n1 0 [ ] 1 400 0 0 0 0 0 0\n"}, "the duration must be more than 0"),
        ({"calls": "h\n1 60 [ ] 5 400 0 0 0 0 0 0\n"}, "the priority must be from 1 to 4"),
        ({"calls": "h\n1 60 [ x ] 1 400 0 0 0 0 0 0\n"}, "only whole numbers"),
        ({"calls": "h\n1 60 1 400 0 0 0 0 0 0\n"}, "one list in square brackets"),
        (
            {"calls": "h\n1 60 [ 9 ] 1 400 0 0 0 0 0 0\n", "head": "tiny 2 3 2 1 0"},
            "comes after one that does not exist",
        ),
    ],
)
def test_a_bad_instance_gets_one_sentence_and_no_files(tmp_path: Path, parts: dict[str, str], said: str) -> None:
    done = run(instance(tmp_path / "in", **parts), tmp_path / "out")

    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_missing_binary_or_unwritable_place_is_said_in_one_sentence(tmp_path: Path) -> None:
    good = instance(tmp_path / "in")
    binary = instance(tmp_path / "binary")
    (binary / "tech_list").write_bytes(b"\xff\xfe\x00")

    for arguments in ((tmp_path / "none", tmp_path / "out"), (binary, tmp_path / "out"), (good, good / "instance"), ()):
        done = run(*arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


needs = st.lists(st.integers(0, 5), min_size=LEVELS, max_size=LEVELS).map(lambda found: sorted(found, reverse=True))
interventions = st.lists(
    st.tuples(st.integers(1, 600), st.integers(1, 4), st.lists(needs, min_size=DOMAINS, max_size=DOMAINS)), max_size=12
)
skills = st.lists(st.lists(st.integers(0, LEVELS), min_size=DOMAINS, max_size=DOMAINS), min_size=1, max_size=6)


@given(calls=interventions, people=skills)
def test_durations_stay_and_exactly_the_skilled_are_enabled(
    scripts: dict[str, ModuleType],
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[tuple[int, int, list[list[int]]]],
    people: list[list[int]],
) -> None:
    folder = tmp_path_factory.mktemp("instance")
    instance(
        folder,
        head=f"any {DOMAINS} {LEVELS} {len(people)} {len(calls)} 0",
        techs="h\n" + "".join(f"{n} {' '.join(map(str, row))} [ ]\n" for n, row in enumerate(people, start=1)),
        calls="h\n"
        + "".join(
            f"{n} {minutes} [ ] {priority} 0 {' '.join(str(cell) for row in wanted for cell in row)}\n"
            for n, (minutes, priority, wanted) in enumerate(calls, start=1)
        ),
    )
    scripts["convert_roadef"].convert(folder, folder / "out")

    written = table(folder / "out" / "calls.csv")
    assert [int(row["expected_minutes"]) for row in written] == [minutes for minutes, _, _ in calls]
    able = [set(row["activity_types"].split(";")) for row in table(folder / "out" / "technicians.csv")]
    for row in written:
        if match := re.fullmatch(r"Domain (\d) level (\d)", row["activity_type"]):
            domain, level = int(match[1]) - 1, int(match[2])
            assert [row["activity_type"] in types for types in able] == [one[domain] >= level for one in people]
