"""Builds the demo company's drawn files from real data and the pools of build.toml; needed at development time only.

Usage: python resources/demo/build.py NYC311_CSV ROADEF_INSTANCE_DIR [OUT_DIR]

The same sources give the same bytes: Faker is seeded. The files with names in three languages are kept by hand.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

import convert_roadef as roadef
import phonenumbers
from faker import Faker

HERE = Path(__file__).parent
INTERVENTIONS = 150
NYC_COLUMNS = (
    "unique_key",
    "created_date",
    "closed_date",
    "due_date",
    "agency",
    "complaint_type",
    "descriptor",
    "location_type",
    "status",
    "resolution_description",
    "incident_address",
    "incident_zip",
    "borough",
    "open_data_channel_type",
)
WEEK = {"he": ("SU", "MO", "TU", "WE", "TH"), "it": ("MO", "TU", "WE", "TH", "FR")}
MORNING, AFTERNOON, EARLY = ("08:00", "12:00"), ("13:00", "17:00"), ("07:00", "15:00")
CUSTOMERS_OF_DOMAIN = (("person",), ("person",), ("company",), ("person", "company"))
DAYS_TO_DO_IT = {"Urgent": 1, "High": 3, "Medium": 7, "Low": 14}
# As people type them. Italian numbers always carry their country, as an office in Israel needs them.
MOBILES = {
    "he": ("05%-{b}{c}", "05%{b}{c}", "05% {b} {c}", "05%-{b}-{c}", "+972-5%-{b}-{c}", "+9725%{b}{c}"),
    "it": ("+39 3% {b} {c}", "+393%{b}{c}", "0039 3% {b}{c}", "+39 3%-{b}{c}", "+39 3% {b}{c}"),
}
LANDLINES = {
    "he": ("0%-{b}{c}", "(0%) {b}-{c}", "+972 % {b} {c}", "0%{b}{c}"),
    "it": ("+39 0% {b} {c}", "+390%{b}{c}", "0039 0% {b}{c}", "+39-0%-{b}{c}"),
}
CODES = {
    "he": (("0", "2", "3", "4", "8"), ("2", "3", "4", "8", "9")),
    "it": (("20", "28", "33", "38", "39", "47", "48", "49"), ("2", "6", "51", "55", "81")),
}

Row = dict[str, object]
T = TypeVar("T")


@dataclass
class Chance:
    """Everything that is drawn, from one seed; a name or a telephone number is drawn once only."""

    seed: int
    pools: Mapping[str, Any]
    _taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Seed one Faker a language, so that adding to one leaves the other as it was."""
        self._fakers = {"he": Faker("he_IL"), "it": Faker("it_IT")}
        for language, faker in self._fakers.items():
            faker.seed_instance(f"{self.seed}{language}")

    def pick(self, language: str, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.number(language, 0, len(choices) - 1)]

    def number(self, language: str, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self._fakers[language].random_int(low, high))

    def person(self, language: str) -> tuple[str, str]:
        """A name nobody has yet and the same in Latin letters, given name and family name joined by a dot."""
        pool = self.pools[language]

        def draw() -> tuple[str, str]:
            (given, given_latin), (family, family_latin) = (
                self.pick(language, pool[part]) for part in ("given", "family")
            )
            return f"{given} {family}", f"{given_latin}.{family_latin}"

        return self._new(draw, lambda drawn: drawn[0])

    def firm(self, language: str) -> str:
        """A firm's name that no other firm has."""
        pool = self.pools[language]

        def draw() -> str:
            given = self.pick(language, pool["given"])[0]
            family = self.pick(language, pool["family"])[0]
            other = self.pick(language, [pair[0] for pair in pool["family"] if pair[0] != family])
            return str(self.pick(language, pool["firms"])).format(given=given, family=family, family2=other)

        return self._new(draw, str)

    def phone(self, language: str, *, mobile: bool) -> str:
        """A number that is valid in the language's country and that nobody has yet, in one of its usual spellings."""

        def draw() -> str:
            code = self.pick(language, CODES[language][0 if mobile else 1])
            rest = str(self.number(language, 2_000_000, 9_999_999))
            spelling = self.pick(language, (MOBILES if mobile else LANDLINES)[language])
            return spelling.replace("%", code).format(b=rest[:3], c=rest[3:])

        def parsed(typed: str) -> str:
            number = phonenumbers.parse(typed, self.pools[language]["country"])
            return str(number.national_number) if phonenumbers.is_valid_number(number) else ""

        self._taken.add("")
        return self._new(draw, parsed)

    def address(self, language: str, kind: str) -> str:
        """A street and number; the place is the customer's site."""
        pool = self.pools[language]
        return str(pool[kind]).format(
            street=self.pick(language, pool["streets"]),
            number=self.number(language, 1, 120),
            flat=self.number(language, 1, 24),
        )

    def _new(self, draw: Callable[[], T], key: Callable[[T], str]) -> T:
        while key(found := draw()) in self._taken:
            pass
        self._taken.add(key(found))
        return found


def staff(pools: Mapping[str, Any], instance: roadef.Instance) -> list[Row]:
    """The technicians of the instance and the people of the office, with log-ins and what they are enabled for."""
    chance = Chance(2007, pools)
    people = {technician.number: technician for technician in instance.technicians}
    crews = cycle(range(4))
    rows: list[Row] = []
    for index, member in enumerate([*pools["technicians"], *pools["office"]], start=1 - len(pools["technicians"])):
        name, latin = chance.person(member["language"])
        types = _enabled(pools, people[member["number"]], next(crews)) if "number" in member else []
        rows.append(
            {
                "external_key": f"T{member['number']:02}" if "number" in member else f"B{index:02}",
                "name": name,
                "login": latin,
                "phone": chance.phone(member["language"], mobile=True),
                "email": f"{latin}@bridge.example.com",
                "groups": member["group"],
                "sites": ";".join(filter(None, (member.get("home"), member.get("other")))),
                "activity_types": ";".join(types),
                "language": member["language"],
                "role": member.get("role", "technician"),
            }
        )
    return sorted(rows, key=lambda row: (row["role"] != "technician", str(row["external_key"])))


def _enabled(pools: Mapping[str, Any], technician: roadef.Technician, crew: int) -> list[str]:
    """Telephone work by real skill, other trades by crew."""
    types = [
        domain[tier]
        for domain, level in zip(pools["domains"], technician.levels, strict=True)
        for tier, enough in (("low", 2), ("high", 4))
        if level >= enough
    ]
    crews = pools["trades"]["crews"]
    return list(dict.fromkeys([*types, *crews[crew], *crews[(crew + 1) % len(crews)], *pools["trades"]["everyone"]]))


def absences(pools: Mapping[str, Any], instance: roadef.Instance) -> list[Row]:
    """The days off of the instance; its day 1 is the day of loading."""
    languages = {member["number"]: member["language"] for member in pools["technicians"]}
    return [
        {
            "technician": f"T{technician.number:02}",
            "day_offset": day - 1,
            "reason": pools[languages[technician.number]]["day_off"],
        }
        for technician in instance.technicians
        for day in sorted(technician.days_off)
    ]


def presence_rules(pools: Mapping[str, Any], base: datetime) -> list[Row]:
    """When and where each technician is there, as weekly rules that began four weeks before the day of loading."""
    return [
        {
            "technician": f"T{member['number']:02}",
            "site": site,
            "rrule": f"FREQ=WEEKLY;BYDAY={','.join(days)}",
            "first_day": f"{base - timedelta(days=28):%Y-%m-%d}",
            "start_time": start,
            "end_time": end,
        }
        for member in pools["technicians"]
        for site, days, (start, end) in _shifts(member)
    ]


def _shifts(member: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str], tuple[str, str]]]:
    home, other, away = member["home"], member["other"], member["away"]
    week = WEEK[member["language"]]
    at_home = [day for day in week if day not in away]
    if member["shift"] == "early":
        yield home, week, EARLY
        return
    yield home, at_home, MORNING
    yield (other if member["shift"] == "two sites" else home), at_home, AFTERNOON
    if away:
        yield other, away, MORNING
        yield other, away, AFTERNOON
    if member["shift"] == "friday":
        yield home, ("FR",), MORNING


def customers(pools: Mapping[str, Any], count: int) -> list[Row]:
    """Invented people and firms, four of seven Hebrew, a quarter firms, spread over the sites like the calls."""
    chance = Chance(311, pools)
    sites = ["QUEENS"] * 28 + ["BROOKLYN"] * 28 + ["BRONX"] * 22 + ["MANHATTAN"] * 17 + ["STATEN ISLAND"] * 5
    return [
        _customer(chance, "he" if index % 7 in (0, 2, 4, 6) else "it", index, sites) for index in range(1, count + 1)
    ]


def _customer(chance: Chance, language: str, index: int, sites: Sequence[str]) -> Row:
    """One customer; every 60th or so lacks something, as in life."""
    is_firm = index % 4 == 0
    name, email = (chance.firm(language), "") if is_firm else chance.person(language)
    phone = chance.phone(language, mobile=not is_firm)
    if is_firm:
        email = f"office{index}"
    if index % 67 == 0:
        phone = chance.pools[language]["unreadable_phones"][index // 67 % 3]
    has_second = index % (2 if is_firm else 5) == 0
    return {
        "external_key": f"C{index:04}",
        "name": "" if index in (121, 302) else name,
        "kind": "company" if is_firm else "person",
        "phone": "" if index in (77, 155, 290) else phone,
        "mobile": chance.phone(language, mobile=True) if has_second else "",
        "email": f"{email}@example.{'com' if language == 'he' else 'org'}" if index % 3 else "",
        "address": chance.address(language, "shop" if is_firm else chance.pick(language, ("flat", "flat", "house"))),
        "site": chance.pick(language, sites),
        "language": language,
        "country": chance.pools[language]["country"],
    }


def interventions(
    pools: Mapping[str, Any], instance: roadef.Instance, clients: Sequence[Row], base: datetime
) -> list[Row]:
    """The first interventions of the instance as calls of invented customers; what follows another has its customer."""
    chance = Chance(29, pools)
    free = {kind: [row for row in clients if row["kind"] == kind and row["name"]] for kind in ("person", "company")}
    names = _english_names()
    rows: list[Row] = []
    by_number: dict[int, tuple[Row, datetime]] = {}
    for call in instance.interventions[:INTERVENTIONS]:
        domain, level = call.skill() or (1, 1)
        trade = pools["domains"][domain - 1]
        tier = trade["low"] if level <= 2 else trade["high"]
        if call.after:
            client, opened = by_number[call.after[0]]
        else:
            pool = free[chance.pick("it", CUSTOMERS_OF_DOMAIN[domain - 1])]
            client = pool.pop(chance.number("it", 0, len(pool) - 1))
            minute = chance.number("it", 8 * 4, 17 * 4) * 15
            opened = base - timedelta(days=chance.number("it", 1, 9)) + timedelta(minutes=minute)
        by_number[call.number] = client, opened
        rows.append(_intervention(chance, call, client, opened, (trade["type"], tier, names[tier])))
    return rows


def _intervention(
    chance: Chance, call: roadef.Intervention, client: Row, opened: datetime, trade: tuple[str, str, str]
) -> Row:
    kind, activity_type, subtype = trade
    language = str(client["language"])
    words = chance.pools[language]
    priority = roadef.PRIORITIES[call.priority]
    due = datetime.combine(opened.date() + timedelta(days=DAYS_TO_DO_IT[priority]), time(17))
    keys = ", ".join(f"I{number:03}" for number in call.after)
    return {
        "external_key": f"I{call.number:03}",
        "customer_key": client["external_key"],
        "type": kind,
        "sub_type": subtype,
        "activity_type": activity_type,
        "subject": chance.pick(language, words["symptoms"][activity_type]),
        "description": words["after"].format(keys=keys) if keys else "",
        "priority": priority,
        "status": "Open",
        "expected_minutes": call.minutes,
        "technicians_needed": call.team(),
        "site": client["site"],
        "address": client["address"],
        "channel": chance.pick(language, ("PHONE", "PHONE", "PHONE", "ONLINE", "EMAIL")),
        "created": f"{opened:%Y-%m-%d %H:%M}",
        "due": f"{due:%Y-%m-%d %H:%M}",
    }


def _english_names() -> dict[str, str]:
    with (HERE / "activity_types.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row["name_en"] for row in csv.DictReader(file)}


def service_requests(source: Path) -> list[Row]:
    """The real service requests under their own headers, with the columns a call can use."""
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if missing := set(NYC_COLUMNS) - set(reader.fieldnames or ()):
            raise roadef.BadInstance(f"{source}: columns are missing: {', '.join(sorted(missing))}.")
        return [{column: row[column] for column in NYC_COLUMNS} for row in reader]


def load(name: str) -> dict[str, Any]:
    """One of this folder's TOML files."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def build(nyc311: Path, roadef_folder: Path, target: Path) -> dict[str, int]:
    """Write the drawn files; return how many rows each has. Refuses what demo.toml does not announce."""
    pools, demo = load("build.toml"), load("demo.toml")
    base = datetime.combine(demo["base_day"], time())
    instance = roadef.read(roadef_folder)
    clients = customers(pools, demo["sizes"]["customers.csv"])
    tables = {
        "technicians.csv": staff(pools, instance),
        "absences.csv": absences(pools, instance),
        "presence_rules.csv": presence_rules(pools, base),
        "customers.csv": clients,
        "calls.csv": service_requests(nyc311),
        "calls_technicians.csv": interventions(pools, instance, clients, base),
    }
    sizes = {name: len(rows) for name, rows in tables.items()}
    if sizes != demo["sizes"]:
        raise roadef.BadInstance(f"demo.toml announces {demo['sizes']}, the sources give {sizes}.")
    for name, rows in tables.items():
        roadef.write_csv(target / name, list(rows[0]), rows)
    return sizes


def main(arguments: Sequence[str]) -> int:
    """Run the command; 0 when all files were written, 1 with one sentence when not."""
    if len(arguments) not in (2, 3):
        sys.stderr.write("Usage: python resources/demo/build.py NYC311_CSV ROADEF_INSTANCE_DIR [OUT_DIR]\n")
        return 1
    source, folder, target = (*map(Path, arguments), HERE)[:3]
    try:
        sizes = build(source, folder, target)
    except (roadef.BadInstance, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{name}: {count}\n" for name, count in sizes.items())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
